/** Words that no value is known for, and that yet name one thing: the same variables in the same stage. */
import { chainBefore } from "./chain.ts";
import type { Command, CopyInstruction, Facts, RunInstruction, Word } from "./facts.ts";
import { withoutSlash } from "./paths.ts";

export interface CopiedWord {
  readonly word: Word;
  readonly copy: CopyInstruction;
}

/** Words of a command that are written like the one source of an earlier COPY into the command's own folder. */
export function copiedBySameWord(facts: Facts, run: RunInstruction, command: Command): readonly CopiedWord[] {
  const { directory } = command;
  if (directory === undefined) return [];
  const copies = chainBefore(facts, run).filter(
    (it): it is CopyInstruction =>
      it.kind === "copy" &&
      it.stage === run.stage &&
      it.from === undefined &&
      it.sources.length === 1 &&
      it.destinationPath?.endsWith("/") === true &&
      withoutSlash(it.destinationPath) === withoutSlash(directory),
  );
  return command.words.flatMap((word) => {
    const name = word.text === undefined ? nameOf(facts, word) : undefined;
    // The script may give it a value of its own.
    if (name === undefined || new RegExp(`\\b${name}=|\\bread\\b`).test(run.source)) return [];
    const copy = copies.findLast(({ sources: [only] }) => only !== undefined && nameOf(facts, only) === name);
    return copy === undefined ? [] : [{ word, copy }];
  });
}

/** Of a word that is one variable and nothing else. */
const nameOf = ({ text }: Facts, { at }: Word): string | undefined =>
  /^"?\$\{?([A-Za-z_]\w*)\}?"?$/.exec(text.slice(at.start, at.end))?.[1];
