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

/** Programs that start another one and wait for it. */
const initPrograms = /(?:^|\/)(?:tini|dumb-init|catatonit)$/;

/**
 * The command that a container starts with, ENTRYPOINT and CMD together, without an init program and `exec`; undefined
 * where the base image or a word that cannot be decided has a say.
 */
export function startCommand(facts: Facts, stage: Stage): readonly string[] | undefined {
  const chain = chainOf(facts, stage);
  const last = (keyword: string): OtherInstruction | undefined =>
    chain.findLast((it): it is OtherInstruction => it.kind === "other" && it.keyword === keyword);
  const [entry, cmd] = [last("ENTRYPOINT"), last("CMD")];
  const isList = (it: OtherInstruction): boolean => /^\w+\s*\[/.test(it.source);
  // The shell form of ENTRYPOINT takes no arguments.
  const parts = entry === undefined ? [cmd] : isList(entry) ? [entry, cmd] : [entry];
  if (parts.length === 2 && cmd !== undefined && !isList(cmd)) return undefined;
  const words = parts.flatMap((it) => it?.words ?? []).map(({ text }) => text);
  const texts = words.flatMap((it) => (it === undefined || /\s/.test(it) ? [] : [it]));
  if (texts.length === 0 || texts.length !== words.length) return undefined;
  if (initPrograms.test(texts[0] ?? "")) {
    const program = texts.findIndex((it, index) => index > 0 && !it.startsWith("-"));
    return program === -1 ? undefined : texts.slice(program);
  }
  return texts[0] === "exec" ? texts.slice(1) : texts;
}
