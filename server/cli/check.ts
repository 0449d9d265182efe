import { resolve, sep } from "node:path";
import { type CheckedDocument, checkJson, type OtherText } from "../../core/report/check-json.ts";
import { checkMarkdown } from "../../core/report/check-markdown.ts";
import { checkSarif } from "../../core/report/check-sarif.ts";
import { checkText } from "../../core/report/check-text.ts";
import { type Severity, severities } from "../../core/rules/rule.ts";
import { troubleText } from "../engine/trouble-text.ts";
import { readVersion } from "../engine/version.ts";
import type { CheckFormat, Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { inputsOf, shownPath } from "./inputs.ts";
import { choices, type Opened, Workbench } from "./workbench.ts";

export async function check(
  { paths, format, failOn }: Extract<Command, { kind: "check" }>,
  console: Console,
): Promise<Exit> {
  const found = await inputsOf(paths, console.directory, console.signal);
  if (!found.ok) {
    console.trouble(found.message);
    return exits.trouble;
  }
  const troubles = [...found.troubles];
  const bench = await Workbench.open(console);
  const opened = new Map<CheckedDocument, Opened>();
  for (const input of found.inputs) {
    console.progress(input.shown);
    try {
      const document = await bench.read(input);
      if (typeof document === "string") troubles.push(document);
      else opened.set(checked(bench, document), document);
    } catch (cause) {
      // A fault of ours in one file must not cost the user the findings of the others.
      troubles.push(`${input.shown} is left out, this is a bug of Plimsoll: ${troubleText(cause)}`);
    }
    if (console.signal.aborted) return exits.interrupted;
  }
  console.progress("");
  const documents = [...opened.keys()];
  const otherOf = (document: CheckedDocument, path: string): OtherText =>
    otherText(console.directory, opened.get(document), path);
  await console.out(`${await reportIn(format, documents, otherOf, console)}\n`);
  for (const it of troubles) console.trouble(it);
  if (troubles.length > 0) return exits.trouble;
  return failOn !== undefined && documents.some((it) => reaches(it, failOn)) ? exits.broken : exits.fine;
}

async function reportIn(
  format: CheckFormat,
  documents: readonly CheckedDocument[],
  otherOf: (document: CheckedDocument, path: string) => OtherText,
  { paint, home }: Console,
): Promise<string> {
  switch (format) {
    case "text":
      return checkText(documents, paint);
    case "json":
      return JSON.stringify(checkJson(documents, otherOf), undefined, 2);
    case "sarif":
      return JSON.stringify(checkSarif(documents, otherOf, await readVersion(home)), undefined, 2);
    case "markdown":
      return checkMarkdown(documents);
  }
}

function checked(bench: Workbench, { input, text, reading, world }: Opened): CheckedDocument {
  const findings = bench.judge.findings(reading, world, choices);
  return {
    path: input.shown,
    text,
    lines: reading.lines,
    findings: findings.map((finding) => ({
      finding,
      fixes: bench.judge.fixes(reading, world, choices, finding),
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
