/**
 * The findings of documents for people at a terminal, lines and columns counted from 1.
 *
 * Invariant: a total never mixes how its numbers are known.
 */
import type { Severity } from "../rules/rule.ts";
import { howKnown, sizeLabel } from "../size/size.ts";
import { type CheckedDocument, type CheckedFinding, type CheckedImage, imageLabel } from "./check-json.ts";
import { counted, savingsLabel } from "./savings.ts";

type Ink = "red" | "yellow" | "blue" | "dim" | "bold";
export type PaintText = (ink: Ink, text: string) => string;

const inks: Readonly<Record<Severity, Ink>> = {
  error: "red",
  warning: "yellow",
  information: "blue",
  hint: "dim",
};

export function checkText(
  documents: readonly CheckedDocument[],
  paint: PaintText,
  image: CheckedImage | undefined,
): string {
  const told = documents.filter((it) => it.findings.length > 0);
  const blocks = told.map((it) =>
    [paint("bold", it.path), ...it.findings.flatMap((found) => linesOf(it, found, paint)), ""].join("\n"),
  );
  const measured = image === undefined ? [] : [`Layers were measured in ${imageLabel(image)}.`];
  return [...blocks, totalOf(documents, told.length), ...measured].join("\n");
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
  if (documents.length === 0) return "No file could be looked at.";
  const findings = documents.flatMap((it) => it.findings.map(({ finding }) => finding));
  const files = counted(documents.length, "file");
  if (findings.length === 0) return `No findings in ${files}.`;
  const where = documents.length === 1 ? "" : ` in ${told} of ${files}`;
  return `${counted(findings.length, "finding")}${where}; ${savingsLabel(findings.map((it) => it.saving))}.`;
}
