import type { Command, Facts, Instruction } from "../../../core/dockerfile/facts.ts";

/** Facts as plain data, every lazy part worked out, so that two of them can be compared. */
export const plainFacts = (facts: Facts): unknown => ({
  escape: facts.escape,
  foreign: facts.foreign,
  comments: facts.comments.map((it) => facts.text.slice(it.at.start, it.at.end)),
  stages: facts.stages.map(({ from, instructions, environment: _, ...it }) => ({
    ...it,
    from: from.index,
    instructions: instructions.map(({ index }) => index),
  })),
  instructions: facts.instructions.map(plainInstruction),
  shipped: facts.shipped.map(({ index }) => index),
  below: facts.instructions.map((it) => facts.chains.before(it).map(({ index }) => index)),
});

function plainInstruction(it: Instruction): unknown {
  const { kind, keyword, at, keywordAt, source, index, stage, onbuild, flags } = it;
  const base = { kind, keyword, at, keywordAt, source, index, stage, onbuild, flags };
  switch (it.kind) {
    case "run": {
      const { form, mounts, opaque, appendAt, flagAt } = it;
      return { ...base, form, mounts, opaque, appendAt, flagAt, commands: it.commands.map(plainCommand) };
    }
    case "copy": {
      const { from, fromStage, sources, destination, destinationPath, heredoc } = it;
      return { ...base, from, fromStage, sources, destination, destinationPath, heredoc };
    }
    case "other":
      return { ...base, words: it.words, opaque: it.opaque };
  }
}

const plainCommand = (it: Command): unknown => {
  const { at, words, runs, effects, directory, redirects, piped, removeAt } = it;
  return { at, words, runs, effects, directory, redirects, piped, removeAt };
};
