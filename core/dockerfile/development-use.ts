/** What becomes of packages of development after their install: later steps may use them, or take them away. */
import { chainAfter } from "./chain.ts";
import type { Command, Facts, RunInstruction } from "./facts.ts";
import { runsTests } from "./mentions.ts";
import { removesModules } from "./node-project.ts";
import { deletes } from "./paths.ts";

/** A later step builds, runs a script of the project or its tests. */
export function mayBeUsedLater(facts: Facts, run: RunInstruction, command: Command): boolean {
  const later = [
    ...run.commands.slice(run.commands.indexOf(command) + 1).filter((it) => it.runs !== "never"),
    ...facts.instructions.flatMap((it) =>
      it.kind === "run" && it.stage === run.stage && it.index > run.index ? it.commands : [],
    ),
    ...chainAfter(facts, run).flatMap((it) =>
      it.kind === "run" && it.stage !== run.stage ? it.commands : [],
    ),
    ...inTakingStages(facts, run),
  ];
  return (
    later.some((it) => it.effects?.some(({ kind }) => kind === "build") || isScript(it)) ||
    facts.instructions.some(
      (it) => it.stage === run.stage && it.index > run.index && it.kind === "run" && runsTests(it),
    )
  );
}

/** What runs in other stages after they took files of the stage of this RUN. */
const inTakingStages = (facts: Facts, run: RunInstruction): readonly Command[] =>
  facts.instructions.flatMap((copy) =>
    copy.kind === "copy" && copy.fromStage === run.stage
      ? facts.instructions.flatMap((it) =>
          it.kind === "run" && it.stage === copy.stage && it.index > copy.index ? it.commands : [],
        )
      : [],
  );

/** `npm run build`, `pytest`: what a script of the project needs, nobody can tell. */
const isScript = (command: Command): boolean =>
  command.effects?.every(({ kind }) => kind === "uncache" || kind === "nothing") !== true &&
  ["npm", "yarn", "pnpm", "bun", "npx", "node", "pytest", "tox", "nox"].includes(
    command.words[0]?.text ?? "",
  );

/** The same RUN, or a later one of a stage whose result is only copied from, takes them away again. */
export function takenAwayLater(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  folders: readonly string[],
): boolean {
  const same = run.commands.slice(run.commands.indexOf(command) + 1);
  const others = facts.shipped.includes(run)
    ? []
    : facts.instructions.flatMap((it) =>
        it.kind === "run" && it.stage === run.stage && it.index > run.index ? it.commands : [],
      );
  return [...same, ...others].some(
    (it) =>
      it.runs !== "never" &&
      (removesModules(it) ||
        it.effects?.some(
          (effect) =>
            effect.kind === "project-prune" ||
            (effect.kind === "remove" &&
              folders.some((folder) => effect.paths.some(({ path }) => deletes(path, folder)))) ||
            (effect.kind === "project-install" && effect.development !== true),
        )),
  );
}
