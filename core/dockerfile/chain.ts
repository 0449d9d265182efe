/** Chains: which instructions lie below and above one in the images that are built from it. */
import type { PackageBase } from "../size/package-sizes.ts";
import type { Manager } from "../tools/effect.ts";
import type { Facts, Instruction, Stage } from "./facts.ts";

/** Instructions whose layers lie below this one's, lowest first: earlier ones of its stage and of its ancestors. */
export function chainBefore(facts: Facts, instruction: Instruction): readonly Instruction[] {
  const res: Instruction[] = [];
  const seen = new Set<number>();
  for (let at: number | undefined = instruction.stage; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const stage: Stage | undefined = facts.stages[at];
    if (stage === undefined) break;
    res.unshift(...stage.instructions.filter((it) => it.index < instruction.index && !it.onbuild));
    at = stage.parent;
  }
  return res;
}

/** Shipped instructions whose layers lie above this one's in at least one shipped stage. */
export const chainAfter = (facts: Facts, instruction: Instruction): readonly Instruction[] =>
  facts.shipped.filter((it) => it.index > instruction.index && chainBefore(facts, it).includes(instruction));

/** What is installed already where an instruction runs: its base image, and what earlier instructions brought. */
export function packageBaseAt(facts: Facts, instruction: Instruction, manager: Manager): PackageBase {
  const alsoInstalled = chainBefore(facts, instruction).flatMap((it) =>
    it.kind !== "run"
      ? []
      : it.commands.flatMap((command) =>
          command.runs === "never"
            ? []
            : (command.effects ?? []).flatMap((effect) =>
                effect.kind === "install" && effect.manager === manager
                  ? effect.packages.flatMap(({ name }) => name ?? [])
                  : [],
              ),
        ),
  );
  return { image: facts.stages[instruction.stage]?.baseImage, manager, alsoInstalled };
}
