/** What two stages have in common because they start from the same layers. */
import type { CopyInstruction, Facts, Instruction, Stage } from "./facts.ts";

export interface Common {
  /** The stage, or the image that both start from. */
  readonly name: string;
  /** Where the stages part. */
  readonly stage: Stage | undefined;
  /** Instructions of the one stage and of the other that the other does not have. */
  readonly apart: readonly Instruction[];
}

/** Between the stage that a COPY takes from, as it ends, and its own, up to the COPY. */
export function commonOf(facts: Facts, copy: CopyInstruction): Common | undefined {
  if (copy.fromStage === undefined) return undefined;
  const theirs = ancestry(facts, copy.fromStage);
  const ours = ancestry(facts, copy.stage);
  const stage = ours.find((it) => theirs.includes(it));
  const own = (all: readonly Stage[]): readonly Instruction[] =>
    all
      .slice(0, stage === undefined ? all.length : all.indexOf(stage))
      .flatMap((it) => it.instructions.filter((one) => one.keyword !== "FROM" && !one.onbuild));
  const apart = [...own(theirs), ...own(ours).filter((it) => it.index < copy.index)];
  if (stage !== undefined) return { name: stage.name ?? `stage ${stage.index}`, stage, apart };
  const [a, b] = [theirs.at(-1), ours.at(-1)];
  const image = a?.baseImage;
  if (image === undefined || image === "scratch" || image !== b?.baseImage) return undefined;
  // Another platform is another image.
  return platformOf(a) === platformOf(b) ? { name: image, stage: undefined, apart } : undefined;
}

const platformOf = (stage: Stage | undefined): string | undefined => stage?.from.flags[0]?.value;

/** The stage and those it starts from, nearest first. */
function ancestry(facts: Facts, index: number): readonly Stage[] {
  const res: Stage[] = [];
  for (let at: number | undefined = index; at !== undefined; ) {
    const stage: Stage | undefined = facts.stages[at];
    if (stage === undefined || res.includes(stage)) break;
    res.push(stage);
    at = stage.parent;
  }
  return res;
}
