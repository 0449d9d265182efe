/**
 * The edits that make two stages of one: what builds stays in the first, what runs starts anew from another image and
 * takes the result.
 *
 * Each answer is undefined where it is not provable that the second stage gets all that it had, but for what it is
 * told to leave out.
 */
import { applyEdits, type Edit, insertAt } from "../text/edit.ts";
import { lineBreakOf, nextLine } from "../text/lines.ts";
import { bringsLibrary, isBuildPackage } from "../tools/build-packages.ts";
import type { Effect, Manager } from "../tools/effect.ts";
import type { World } from "../world.ts";
import { replaceWords } from "./edits.ts";
import type { CopyInstruction, Facts, Instruction, RunInstruction, Stage } from "./facts.ts";
import { programsOf } from "./purpose.ts";
import { makesAccount } from "./users.ts";

export interface StageSplit {
  readonly stage: Stage;
  /** The last instruction that stays in the building stage. */
  readonly last: Instruction;
  /** Image of the running stage, as it is written. */
  readonly image: string;
  /** RUNs whose results `result` takes; undefined: those of all that neither install packages nor make accounts. */
  readonly taken?: readonly RunInstruction[];
  /** COPYs of the building stage that are done in the running one as well. */
  copies(copy: CopyInstruction): boolean;
  /** RUNs of the building stage that are done in the running one as they stand. */
  repeats?(run: RunInstruction): boolean;
  /** What the running stage installs where the building one has these packages of headers; undefined: nobody can tell. */
  libraries(headers: readonly string[], manager: Manager): readonly string[] | undefined;
  /** Who installs and builds also runs: the running stage has the same USER at the same place. */
  readonly keepsUser?: boolean;
  /** Lines that end the building stage. */
  readonly finish?: readonly string[];
  /** Lines of the running stage that take the result of the stage of that name. */
  result(builder: string): readonly string[];
}

export function splitEdits(facts: Facts, split: StageSplit): readonly Edit[] | undefined {
  const { stage, last } = split;
  if (isUsed(facts, stage) || stage.parent !== undefined) return undefined;
  const builder = ["build", "builder", "build-stage"].find((name) =>
    facts.stages.every((it) => it.name !== name || it === stage),
  );
  if (builder === undefined) return undefined;
  const before = stage.instructions.filter((it) => it !== stage.from && it.index <= last.index);
  const after = stage.instructions.filter((it) => it.index > last.index);
  const repeated = repeatedLines(facts, before, after, split);
  const named = nameEdits(facts, stage, builder);
  if (repeated === undefined || named === undefined || after.length === 0) return undefined;
  const eol = lineBreakOf(facts.text);
  const name = stage.name === undefined || stage.name === builder ? "" : ` AS ${stage.name}`;
  const platform = stage.from.flags.map(({ at }) => `${facts.text.slice(at.start, at.end)} `).join("");
  const lines = [`FROM ${platform}${split.image}${name}`, ...repeated, ...split.result(builder)];
  const finish = (split.finish ?? []).map((it) => `${it}${eol}`).join("");
  return [...named, insertAt(nextLine(facts.text, last.at.end), `${finish}${eol}${lines.join(eol)}${eol}`)];
}

/** Something else is built from it. */
const isUsed = (facts: Facts, stage: Stage): boolean =>
  facts.stages.some((it) => it.parent === stage.index) ||
  facts.instructions.some(
    (it) =>
      (it.kind === "copy" && it.fromStage === stage.index) ||
      (it.kind === "run" && it.mounts.some(({ fromStage }) => fromStage === stage.index)),
  );

function nameEdits(facts: Facts, { from, name }: Stage, builder: string): readonly Edit[] | undefined {
  const [image, , alias] = from.words;
  if (image === undefined || name === builder) return name === builder ? [] : undefined;
  return alias === undefined
    ? [insertAt(image.at.end, ` AS ${builder}`)]
    : facts.text.slice(alias.at.start, alias.at.end) === alias.text
      ? [{ at: alias.at, insert: builder }]
      : undefined;
}

const settings = new Set([
  "ENV",
  "WORKDIR",
  "LABEL",
  "EXPOSE",
  "VOLUME",
  "STOPSIGNAL",
  "SHELL",
  "HEALTHCHECK",
]);
const starts = new Set(["CMD", "ENTRYPOINT"]);
/** Variables that only compilers and installers read. */
const ofBuilds = /^(?:GO[A-Z0-9]*|CGO_\w+|CARGO_\w+|RUST\w*|PIP_\w+|MAVEN_\w+|GRADLE_\w+|DEBIAN_FRONTEND)$/;

function repeatedLines(
  facts: Facts,
  before: readonly Instruction[],
  after: readonly Instruction[],
  split: StageSplit,
): readonly string[] | undefined {
  const lines: { readonly it: Instruction; readonly text: string }[] = [];
  for (const it of before) {
    if (it.onbuild || it.triggered) return undefined;
    if (it.kind === "copy") {
      if (split.copies(it)) lines.push({ it, text: it.source });
    } else if (it.kind === "run") {
      const text = split.repeats?.(it) === true ? it.source : repeatedRun(facts, it, split);
      if (text === undefined) return undefined;
      if (text !== "") lines.push({ it, text });
    } else if (it.keyword === "ENV") {
      const names = it.words.map(({ text }) => text?.split("=")[0] ?? "");
      if (!names.every((name) => ofBuilds.test(name))) lines.push({ it, text: it.source });
    } else if (it.keyword === "USER" && split.keepsUser === true) {
      lines.push({ it, text: it.source });
    } else if (settings.has(it.keyword) || starts.has(it.keyword) || it.keyword === "ARG") {
      lines.push({ it, text: it.source });
    } else return undefined;
  }
  const texts = [...lines.map(({ text }) => text), ...after.map(({ source }) => source)];
  return lines.flatMap(({ it, text }) => {
    if (it.keyword !== "ARG") return [text];
    const name = it.kind === "other" ? (it.words[0]?.text?.split("=")[0] ?? "") : "";
    const isRead = texts.some((other) => other !== text && new RegExp(`\\$\\{?${name}\\b`).test(other));
    return isRead ? [text] : [];
  });
}

/** The RUN as the running stage needs it: "" not at all, undefined: nobody can tell. */
function repeatedRun(facts: Facts, run: RunInstruction, split: StageSplit): string | undefined {
  const { taken } = split;
  if (taken?.includes(run) === true) return "";
  if (run.opaque !== undefined) return undefined;
  // Empty folders cost nothing, and a program may want them.
  if (programsOf(run).every((it) => it === "mkdir")) return run.source;
  const effects = run.commands.flatMap((it) => it.effects ?? []);
  const isKnown = run.commands.every((it) => it.effects !== undefined);
  const installs = effects.some(({ kind }) => kind === "install");
  const accounts = run.commands.some(makesAccount);
  if (!installs && !accounts) return taken === undefined ? "" : undefined;
  if (!isKnown || !effects.every(isQuiet)) return undefined;
  return installs ? withoutBuildPackages(facts, run, split) : run.source;
}

/** What leaves nothing that a later instruction of the building stage alone would want. */
const isQuiet = ({ kind }: Effect): boolean =>
  ["install", "cache", "uncache", "remove", "nothing", "add-user"].includes(kind);

function withoutBuildPackages(facts: Facts, run: RunInstruction, split: StageSplit): string | undefined {
  const edits: Edit[] = [];
  let left = 0;
  let isEmptied = false;
  for (const command of run.commands) {
    for (const effect of command.effects ?? []) {
      if (effect.kind !== "install") continue;
      if (effect.packages.some(({ name }) => name === undefined)) return undefined;
      const gone = effect.packages.filter(({ name }) => name !== undefined && isBuildPackage(name));
      const headers = gone.flatMap(({ name = "" }) => (bringsLibrary(name) ? [name] : []));
      const libraries = headers.length === 0 ? [] : split.libraries(headers, effect.manager);
      if (libraries === undefined) return undefined;
      left += effect.packages.length - gone.length + libraries.length;
      if (gone.length === 0) continue;
      const words = gone.map(({ word }) => word);
      const replaced = replaceWords(facts, command.words, words, libraries);
      if (replaced === undefined && libraries.length > 0) return undefined;
      // An install that lost all its packages is not a command any more.
      isEmptied ||= gone.length === effect.packages.length && libraries.length === 0;
      if (command.runs !== "always") return undefined;
      edits.push(...(replaced ?? []));
    }
  }
  if (left === 0) return "";
  if (isEmptied) return undefined;
  const { start, end } = run.at;
  const moved = edits.map(({ at, insert }) => ({
    at: { start: at.start - start, end: at.end - start },
    insert,
  }));
  return applyEdits(facts.text.slice(start, end), moved);
}

/** The libraries of headers where the running stage starts from that image. */
export const librariesIn =
  ({ packageSizes }: World, image: string | undefined): StageSplit["libraries"] =>
  (headers, manager) =>
    packageSizes?.runTimeLibraries({ headers, base: { image, manager } });
