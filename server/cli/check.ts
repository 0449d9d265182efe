import { resolve, sep } from "node:path";
import { type CheckedDocument, checkJson } from "../../core/report/check-json.ts";
import { checkText } from "../../core/report/check-text.ts";
import { type Severity, severities } from "../../core/rules/rule.ts";
import type { Command } from "./arguments.ts";
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
    const document = await bench.read(input);
    if (console.signal.aborted) return exits.interrupted;
    if (typeof document === "string") troubles.push(document);
    else opened.set(checked(bench, document), document);
  }
  console.progress("");
  const documents = [...opened.keys()];
  await console.out(
    format === "json"
      ? `${JSON.stringify(
          checkJson(documents, (document, path) => otherText(console.directory, opened.get(document), path)),
          undefined,
          2,
        )}\n`
      : `${checkText(documents, console.paint)}\n`,
  );
  for (const it of troubles) console.trouble(it);
  if (troubles.length > 0) return exits.trouble;
  return failOn !== undefined && documents.some((it) => reaches(it, failOn)) ? exits.broken : exits.fine;
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
function otherText(
  directory: string,
  opened: Opened | undefined,
  path: string,
): { path: string; text: string } {
  const ignoreFile = opened?.world.context?.ignoreFile;
  return {
    path:
      opened?.contextPath === undefined
        ? path.split(sep).join("/")
        : shownPath(directory, resolve(opened.contextPath, path)),
    text: ignoreFile?.path === path ? ignoreFile.text : "",
  };
}
