/** The findings of documents as a report in Markdown: a table of waste for each of them, heaviest first. */
import { howKnown, middleOf, sizeLabel } from "../size/size.ts";
import { type CheckedDocument, type CheckedFinding, type CheckedImage, imageLabel } from "./check-json.ts";
import { counted, savingsLabel } from "./savings.ts";

export function checkMarkdown(
  documents: readonly CheckedDocument[],
  image: CheckedImage | undefined,
): string {
  const told = documents.filter((it) => it.findings.length > 0);
  const silent = documents.filter((it) => it.findings.length === 0);
  const all = told.flatMap((it) => it.findings.map(({ finding }) => finding.saving));
  const blocks = ["# What need not be in the image"];
  if (image !== undefined) blocks.push(`Layers were measured in ${inline(imageLabel(image))}.`);
  if (documents.length === 0) return [...blocks, "No file could be looked at."].join("\n\n");
  if (all.length === 0)
    return [...blocks, `Nothing was found in ${counted(documents.length, "file")}.`].join("\n\n");
  if (told.length > 1)
    blocks.push(
      `${counted(all.length, "finding")} in ${counted(told.length, "file")}: **${savingsLabel(all)}**.`,
    );
  for (const it of told) blocks.push(...sectionOf(it));
  if (silent.length > 0)
    blocks.push(`Nothing was found in ${silent.map(({ path }) => code(path)).join(", ")}.`);
  return blocks.join("\n\n");
}

function sectionOf(document: CheckedDocument): readonly string[] {
  const weight = ({ finding }: CheckedFinding): number => middleOf(finding.saving) ?? -1;
  const findings = [...document.findings].sort((a, b) => weight(b) - weight(a));
  const lineOf = ({ finding }: CheckedFinding): number => document.lines.lineAt(finding.at.start) + 1;
  const total = savingsLabel(findings.map(({ finding }) => finding.saving));
  const rows = findings.map((it) =>
    rowOf([
      String(lineOf(it)),
      `${it.finding.what} (${code(it.finding.rule)})`,
      sizeLabel(it.finding.saving),
      it.fixes[0] === undefined ? "read why below" : titleOf(it.fixes[0]),
    ]),
  );
  const reasons = findings.map(
    (it) => `- Line ${lineOf(it)}: ${inline(`${it.finding.why} ${howKnown(it.finding.saving)}`)}`,
  );
  return [
    `## ${code(document.path)}`,
    `${counted(findings.length, "finding")}, **${total}**.`,
    [
      rowOf(["Line", "What is there", "Bytes", "What to do"]),
      "| ---: | --- | ---: | --- |",
      ...rows,
      rowOf(["", "**Total**", `**${total}**`, ""]),
    ].join("\n"),
    ["Why, and how the numbers are known:", "", ...reasons].join("\n"),
  ];
}

const titleOf = ({ title, safety }: { readonly title: string; readonly safety: string }): string =>
  safety === "review" ? `${title} (review)` : title;

const rowOf = (cells: readonly string[]): string => `| ${cells.map(inline).join(" | ")} |`;

/** One line, with nothing that ends a cell or begins markup of its own. */
const inline = (text: string): string =>
  text.replace(/[\r\n]+/g, " ").replace(/[|<]/g, (it) => (it === "|" ? "\\|" : "&lt;"));

const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;
