/** What a container of an image starts, as far as the Dockerfile says it itself. */
import { chainBefore } from "./chain.ts";
import type { Facts, Instruction, OtherInstruction, Stage } from "./facts.ts";

/** The words of ENTRYPOINT, else of CMD, in force at a stage's end; undefined: the base image decides. */
export function startOf(facts: Facts, stage: Stage): OtherInstruction | undefined {
  const chain = chainOf(facts, stage);
  const last = (keyword: string): OtherInstruction | undefined =>
    chain.findLast((it): it is OtherInstruction => it.kind === "other" && it.keyword === keyword);
  return last("ENTRYPOINT") ?? last("CMD");
}

/** All instructions of a stage and of those it starts from. */
export function chainOf(facts: Facts, stage: Stage): readonly Instruction[] {
  const last = stage.instructions.at(-1);
  return last === undefined ? [] : [...chainBefore(facts, last), last].filter((it) => !it.onbuild);
}

/** Sources of what says how a container starts. */
export const startsIn = (facts: Facts, stage: Stage): string =>
  ["ENTRYPOINT", "CMD"]
    .map((keyword) => chainOf(facts, stage).findLast((it) => it.keyword === keyword)?.source ?? "")
    .join("\n");

/** The last stage of an image that ships and that nothing else is built on. */
export const finalStages = (facts: Facts): readonly Stage[] =>
  facts.stages.filter(
    (stage) => stage.shipped && !facts.stages.some((other) => other.shipped && other.parent === stage.index),
  );
