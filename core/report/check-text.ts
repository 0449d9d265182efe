/**
 * The findings of documents for people at a terminal, lines and columns counted from 1.
 *
 * Invariant: a total never mixes how its numbers are known.
 */
import type { Severity } from "../rules/rule.ts";
import { type Bytes, bytesLabel, sumOf } from "../size/bytes.ts";
import { estimated, howKnown, type Size, sizeLabel } from "../size/size.ts";
import type { CheckedDocument, CheckedFinding } from "./check-json.ts";

type Ink = "red" | "yellow" | "blue" | "dim" | "bold";
export type PaintText = (ink: Ink, text: string) => string;

const inks: Readonly<Record<Severity, Ink>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "dim",
};

export function checkText(documents: readonly CheckedDocument[], paint: PaintText): string {
  const told = documents.filter((it) => it.findings.length > 0);
  const blocks = told.map((it) =>
    [paint("bold", it.path), ...it.findings.flatMap((found) => linesOf(it, found, paint)), ""].join("\n"),
  );
  return [...blocks, totalOf(documents, told.length)].join("\n");
}

function linesOf(document: CheckedDocument, { finding, fixes }: CheckedFinding, paint: PaintText): string[] {
  const { line, character } = document.lines.positionAt(finding.at.start);
  const place = `${line + 1}:${character + 1}`.padEnd(7);
  const severity = paint(inks[finding.severity], finding.severity.padEnd(11));
  const said = `${finding.what} (${sizeLabel(finding.saving)})`;
  return [
    `  ${place} ${severity} ${said} ${paint("dim", `[${finding.rule}]`)}`,
    `          ${paint("dim", `${finding.why} ${howKnown(finding.saving)}`)}`,
    ...fixes
      .slice(0, 1)
      .map((it) => `          fix: ${it.title}${it.safety === "review" ? " (review)" : ""}`),
  ];
}

function totalOf(documents: readonly CheckedDocument[], told: number): string {
  const findings = documents.flatMap((it) => it.findings.map(({ finding }) => finding));
  const files = counted(documents.length, "file");
  if (findings.length === 0) return `No findings in ${files}.`;
  const where = documents.length === 1 ? "" : ` in ${told} of ${files}`;
  return `${counted(findings.length, "finding")}${where}; ${savingsOf(findings.map((it) => it.saving))}.`;
}

/** "2.83 MB measured, ~180–210 MB estimated, 1 of unknown size" */
function savingsOf(savings: readonly Size[]): string {
  const exact: Bytes[] = [];
  const low: Bytes[] = [];
  const high: Bytes[] = [];
  let unknown = 0;
  for (const it of savings) {
    if (it.kind === "measured") exact.push(it.bytes);
    else if (it.kind === "estimated") {
      low.push(it.low);
      high.push(it.high);
    } else unknown += 1;
  }
  const parts: string[] = [];
  if (exact.length > 0) parts.push(`${bytesLabel(sumOf(exact))} measured`);
  if (low.length > 0) parts.push(`${sizeLabel(estimated(sumOf(low), sumOf(high), ""))} estimated`);
  if (unknown > 0) parts.push(`${unknown} of unknown size`);
  return parts.join(", ");
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
