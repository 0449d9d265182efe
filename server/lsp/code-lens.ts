/** Code lenses: what the parts of a document weigh, and what of it can go. */
import type { CodeLens } from "vscode-languageserver/node";
import { headOf } from "../../core/message.ts";
import type { RatedFinding } from "../../core/rules/check.ts";
import { howKnown, sizeLabel } from "../../core/size/size.ts";
import { largestFirst, type Part, type Row, removable } from "../../core/summary/part.ts";
import { analyzeImageCommand, listContributorsCommand } from "../../protocol/commands.ts";
import type {
  ContributorRow,
  ContributorsList,
  ContributorsParams,
  ContributorsResult,
} from "../../protocol/requests.ts";
import type { Desk } from "./desk.ts";
import type { OpenDocument } from "./open-documents.ts";
import { rangeOf } from "./to-proto.ts";

export function codeLensesOf(desk: Desk, document: OpenDocument, ownCommands: boolean): CodeLens[] {
  const res: CodeLens[] = [];
  for (const part of desk.partsOf(document)) {
    const range = rangeOf(document, part.at);
    const lens = (title: string, list: ContributorsList): CodeLens => ({
      range,
      command: {
        title,
        command: listContributorsCommand,
        arguments: [{ uri: document.uri, part: part.id, list }],
      },
    });
    res.push(lens(part.weight, "weights"));
    const less = removable(part);
    if (less !== undefined) res.push(lens(`To remove: ${less}`, "findings"));
    if (part.id === "file" && document.kind === "dockerfile" && ownCommands) {
      res.push({ range, command: { title: "Analyze Image…", command: analyzeImageCommand } });
    }
  }
  return res;
}

export function contributorsOf(
  desk: Desk,
  document: OpenDocument,
  { part: id, list }: ContributorsParams,
): ContributorsResult {
  const part = desk.partsOf(document).find((it) => it.id === id);
  if (part === undefined) return null;
  return list === "findings"
    ? { title: `${part.name}: ${removable(part) ?? "nothing to remove"}`, rows: findingRows(document, part) }
    : { title: part.weight, rows: part.rows().map((it) => weightRow(document, it)) };
}

const weightRow = (document: OpenDocument, { name, size, note, at }: Row): ContributorRow => ({
  name,
  size: sizeLabel(size),
  detail: note === "" ? howKnown(size) : `${note}. ${howKnown(size)}`,
  range: at === undefined ? null : rangeOf(document, at),
});

const findingRows = (document: OpenDocument, { findings }: Part): readonly ContributorRow[] =>
  largestSavingFirst(findings).map((it) => ({
    name: headOf(it),
    size: sizeLabel(it.saving),
    detail: `${it.rule}. ${howKnown(it.saving)}`,
    range: rangeOf(document, it.at),
  }));

const largestSavingFirst = (findings: readonly RatedFinding[]): readonly RatedFinding[] =>
  largestFirst(findings.map((finding) => ({ finding, size: finding.saving }))).map((it) => it.finding);
