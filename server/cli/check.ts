import { resolve, sep } from "node:path";
import {
  type CheckedDocument,
  type CheckedImage,
  checkJson,
  type OtherFiles,
  type OtherText,
} from "../../core/report/check-json.ts";
import { checkMarkdown } from "../../core/report/check-markdown.ts";
import { checkSarif } from "../../core/report/check-sarif.ts";
import { checkText } from "../../core/report/check-text.ts";
import { type Severity, severities } from "../../core/rules/rule.ts";
import type { RuleChoices } from "../../core/rules/settings.ts";
import { atMost } from "../engine/at-most.ts";
import { troubleText } from "../engine/trouble-text.ts";
import { readVersion } from "../engine/version.ts";
import type { CheckFormat, Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { type Input, inputsOf, shownPath } from "./inputs.ts";
import { measuredIn } from "./measured-image.ts";
import { whyBroken } from "./unreadable.ts";
import { type Opened, Workbench } from "./workbench.ts";

/** While one waits for the disk, others are read. A package index is asked for one document at a time. */
const readAtOnce = 16;

export async function check(
  { paths, image, packageIndex, format, choices, failOn }: Extract<Command, { kind: "check" }>,
  console: Console,
): Promise<Exit> {
  const found = await inputsOf(paths, console.directory, console.signal);
  if (!found.ok) {
    console.trouble(found.message);
    return exits.trouble;
  }
  const troubles = [...found.troubles];
  const bench = await Workbench.open(console, { packageIndex });
  /** A text instead: why there is no document. Undefined: stopped. */
  const read = async (input: Input): Promise<Opened | string | undefined> => {
    if (console.signal.aborted) return undefined;
    console.progress(input.shown);
    try {
      return await bench.read(input);
    } catch (cause) {
      return leftOut(input, cause);
    }
  };
  const first: Opened[] = [];
  const known = [...found.inputs];
  for (let asked = 0; asked < known.length; ) {
    const inputs = known.slice(asked);
    asked = known.length;
    for (const document of await atMost(packageIndex === undefined ? readAtOnce : 1, inputs, read)) {
      if (document === undefined) continue;
      if (typeof document === "string") troubles.push(document);
      else {
        first.push(document);
        known.push(...ignoreFileOf(document, known, console.directory));
      }
    }
    if (console.signal.aborted) return exits.interrupted;
  }
  console.progress("");
  let documents: readonly Opened[] = first;
  let measured: CheckedImage | undefined;
  if (image !== undefined) {
    const result = await measuredIn(image, documents, bench, console);
    if (result === undefined) return exits.interrupted;
    if (typeof result === "string") troubles.push(result);
    else {
      documents = result.documents;
      measured = result.image;
      if (result.note !== undefined) console.trouble(result.note);
    }
  }
  troubles.push(...documents.flatMap(readInPart), ...bench.indexTroubles);
  const opened = new Map<CheckedDocument, Opened>();
  for (const it of documents) {
    try {
      opened.set(checked(bench, it, choices, format), it);
    } catch (cause) {
      troubles.push(leftOut(it.input, cause));
    }
  }
  const worthListing = [...opened].flatMap(([it, { input }]) => (isWorthListing(it, input) ? [it] : []));
  // Where there is nothing else, that was what there is to look at.
  const listed = worthListing.length > 0 ? worthListing : [...opened.keys()];
  const others: OtherFiles = {
    ofFix: (document, path) => otherText(console.directory, opened.get(document), path),
    shown: (path) => shownPath(console.directory, path),
  };
  await console.out(`${await reportIn(format, listed, others, measured, console)}\n`);
  for (const it of [...bench.notes, ...troubles]) console.trouble(it);
  if (troubles.length > 0) return exits.trouble;
  return failOn !== undefined && listed.some((it) => reaches(it, failOn)) ? exits.broken : exits.fine;
}

/** The ignore file of a Dockerfile that was named alone: what its lines let through is copied by that Dockerfile. */
function ignoreFileOf(
  { input, contextPath, world }: Opened,
  known: readonly Input[],
  directory: string,
): readonly Input[] {
  const file = world.context?.ignoreFile;
  if (input.named !== true || contextPath === undefined || file === undefined) return [];
  const path = resolve(contextPath, file.path);
  if (known.some((it) => it.path === path)) return [];
  return [{ path, shown: shownPath(directory, path), kind: "dockerignore", folder: input.folder }];
}

/** An ignore file that nobody named is listed for its findings alone. */
const isWorthListing = ({ findings }: CheckedDocument, { kind, named }: Input): boolean =>
  kind !== "dockerignore" || named === true || findings.length > 0;

/** What is said about such a file is of the part that could be read. */
function readInPart({ input, text, faithful, reading }: Opened): readonly string[] {
  if (!faithful) return [`${input.shown} is not UTF-8; it is read as if it were`];
  return reading.python?.project.broken === true
    ? [`${input.shown} is no valid TOML${whyBroken(text)}; only what can be read of it is checked`]
    : [];
}

/** A fault of ours in one file must not cost the user the findings of the others. */
const leftOut = ({ shown }: Input, cause: unknown): string =>
  `${shown} is left out, this is a bug of Plimsoll: ${troubleText(cause)}`;

async function reportIn(
  format: CheckFormat,
  documents: readonly CheckedDocument[],
  others: OtherFiles,
  image: CheckedImage | undefined,
  { paint, home }: Console,
): Promise<string> {
  switch (format) {
    case "text":
      return checkText(documents, paint, image);
    case "json":
      return JSON.stringify(checkJson(documents, others, image), undefined, 2);
    case "sarif":
      return JSON.stringify(checkSarif(documents, others, await readVersion(home), image), undefined, 2);
    case "markdown":
      return checkMarkdown(documents, image);
  }
}

function checked(
  bench: Workbench,
  { input, text, reading, world }: Opened,
  choices: RuleChoices,
  format: CheckFormat,
): CheckedDocument {
  const findings = bench.judge.findings(reading, world, choices);
  // What people read shows the best fix of each finding, what programs read all of them.
  const most = format === "text" || format === "markdown" ? 1 : undefined;
  return {
    path: input.shown,
    text,
    lines: reading.lines,
    findings: findings.map((finding) => ({
      finding,
      fixes: bench.judge.fixes(reading, world, choices, finding, most),
    })),
  };
}

/** Severities are listed worst first. */
const reaches = (document: CheckedDocument, least: Severity): boolean =>
  document.findings.some(({ finding }) => severities.indexOf(finding.severity) <= severities.indexOf(least));

/** Fixes name other files by their place in the build context; the ignore file came with it. */
function otherText(directory: string, opened: Opened | undefined, path: string): OtherText {
  const ignoreFile = opened?.world.context?.ignoreFile;
  return {
    path:
      opened?.contextPath === undefined
        ? path.split(sep).join("/")
        : shownPath(directory, resolve(opened.contextPath, path)),
    text: ignoreFile?.path === path ? ignoreFile.text : "",
  };
}
