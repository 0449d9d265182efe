import { realpath } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { diffText } from "../../core/report/diff-text.ts";
import type { FixAllResult } from "../../core/rules/fix-all.ts";
import type { RuleChoices } from "../../core/rules/settings.ts";
import { regularText } from "../engine/regular-file.ts";
import { type Replacement, replaceFiles } from "../engine/replace-file.ts";
import { troubleText } from "../engine/trouble-text.ts";
import type { Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { exists, type Input, inputsOf, isInside, shownPath } from "./inputs.ts";
import { type Opened, Workbench } from "./workbench.ts";

/** Every round removes findings; the bound is for the unforeseen. */
const mostRounds = 10;

interface Changed extends Replacement {
  readonly shown: string;
  /** Undefined: the file is new. */
  readonly before: string | undefined;
}

export async function fix(
  { paths, review, dryRun, choices }: Extract<Command, { kind: "fix" }>,
  console: Console,
): Promise<Exit> {
  const found = await inputsOf(paths, console.directory, console.signal);
  if (!found.ok) {
    console.trouble(found.message);
    return exits.trouble;
  }
  const troubles = [...found.troubles];
  const bench = await Workbench.open(console);
  let applied = 0;
  let waiting: readonly Input[] = found.inputs;
  // An ignore file that changed may serve several Dockerfiles, so all are asked again.
  for (let round = 0; waiting.length > 0 && round < mostRounds; round += 1) {
    let shared = false;
    const readable: Input[] = [];
    for (const input of waiting) {
      if (console.signal.aborted) return exits.interrupted;
      console.progress(input.shown);
      const fixed = await fixOne(bench, input, { review, dryRun, choices }, console);
      console.progress("");
      if (typeof fixed === "string") {
        troubles.push(fixed);
        continue;
      }
      readable.push(input);
      applied += fixed.applied;
      shared ||= fixed.shared;
      if (fixed.report !== "") await console.out(fixed.report);
    }
    waiting = shared && !dryRun ? readable : [];
  }
  await console.out(`${totalOf(applied, dryRun, review)}\n`);
  for (const it of troubles) console.trouble(it);
  if (troubles.length > 0) return exits.trouble;
  return dryRun && applied > 0 ? exits.broken : exits.fine;
}

/** A text instead: why nothing was changed. */
async function fixOne(
  bench: Workbench,
  input: Input,
  { review, dryRun, choices }: { review: boolean; dryRun: boolean; choices: RuleChoices },
  console: Console,
): Promise<{ applied: number; shared: boolean; report: string } | string> {
  const opened = await bench.read(input);
  if (typeof opened === "string") return opened;
  const result = bench.judge.fixAll(opened.reading, opened.world, choices, { review });
  if (result.applied.length === 0) return { applied: 0, shared: false, report: "" };
  const changed = await changesOf(opened, result, console.directory);
  if (typeof changed === "string") return changed;
  if (!dryRun) {
    try {
      await replaceFiles(changed);
    } catch (cause) {
      return `cannot write ${input.shown}: ${troubleText(cause)}`;
    }
    bench.forget();
  }
  return {
    applied: result.applied.length,
    shared: result.otherFiles.length > 0 || input.kind === "dockerignore",
    report: reportOf(input, result, changed, dryRun, console),
  };
}

async function changesOf(
  { input, text, faithful, contextPath }: Opened,
  result: FixAllResult,
  directory: string,
): Promise<Changed[] | string> {
  if (!faithful) return `${input.shown} is not UTF-8, so it is left as it is`;
  if (!isInside(input.folder, input.path)) {
    return `${input.shown} leads out of ${shownPath(directory, input.folder)}, so it is left as it is`;
  }
  const res: Changed[] = [];
  for (const { path, create, text: after } of result.otherFiles) {
    const other = await otherFile(contextPath, path, create, directory);
    if (typeof other === "string") return other;
    res.push({ ...other, text: after });
  }
  if (result.text !== text)
    res.push({ path: input.path, shown: input.shown, before: text, text: result.text });
  return res;
}

/** The file itself, links resolved; never one outside the build context. */
async function otherFile(
  contextPath: string | undefined,
  path: string,
  create: boolean,
  directory: string,
): Promise<Omit<Changed, "text"> | string> {
  if (contextPath === undefined) return `${path} has no known place, so nothing is changed`;
  const place = resolve(contextPath, path);
  const shown = shownPath(directory, place);
  try {
    const context = await realpath(contextPath);
    const real = create
      ? join(await realpath(dirname(place)), relative(dirname(place), place))
      : await realpath(place);
    if (!isInside(context, real)) return `${shown} leads out of the build context, so nothing is changed`;
    if (create && (await exists(real))) return `${shown} is there already, so nothing is changed`;
    return { path: real, shown, before: create ? undefined : await regularText(real) };
  } catch (cause) {
    return `cannot read ${shown}: ${troubleText(cause)}`;
  }
}

function reportOf(
  input: Input,
  result: FixAllResult,
  changed: readonly Changed[],
  dryRun: boolean,
  { paint }: Console,
): string {
  const lines = result.applied.map(
    ({ title, rule, safety }) =>
      `  ${title}${safety === "review" ? " (review)" : ""} ${paint("dim", `[${rule}]`)}`,
  );
  const others = changed.filter((it) => it.path !== input.path).map((it) => it.shown);
  const head = others.length === 0 ? input.shown : `${input.shown} (with ${others.join(", ")})`;
  const diffs = dryRun ? changed.map((it) => diffText(it.shown, it.before, it.text, paint)).join("\n") : "";
  return `${[paint("bold", head), ...lines].join("\n")}\n${diffs === "" ? "" : `\n${diffs}`}\n`;
}

function totalOf(applied: number, dryRun: boolean, review: boolean): string {
  if (applied === 0) return review ? "Nothing to fix." : "Nothing to fix safely.";
  const count = `${applied} ${applied === 1 ? "fix" : "fixes"}`;
  return dryRun ? `${count} would be applied; nothing was changed.` : `${count} applied.`;
}
