/**
 * The findings of documents as SARIF 2.1.0, for code hosts and viewers.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 *
 * Invariant: lines and columns count from 1, columns in UTF-16 units, as `columnKind` says.
 */
import { rules } from "../rules/index.ts";
import type { Severity } from "../rules/rule.ts";
import { howKnown, sizeLabel } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import { LineIndex } from "../text/line-index.ts";
import type { Span } from "../text/span.ts";
import type { CheckedDocument, CheckedImage, OtherFiles } from "./check-json.ts";
import { sizeJson } from "./size-json.ts";

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

export function checkSarif(
  documents: readonly CheckedDocument[],
  others: OtherFiles,
  version: string,
  image: CheckedImage | undefined,
): object {
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Plimsoll",
            version,
            rules: rules.map(({ id, summary, docs, peers }) => ({
              id,
              shortDescription: { text: summary },
              help: { text: docs.trim(), markdown: docs.trim() },
              properties: { peers: [...peers] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        artifacts: documents.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: documents.flatMap((document, index) =>
          document.findings.map((it) => resultOf(document, index, it, others)),
        ),
        ...(image === undefined ? {} : { properties: { image } }),
      },
    ],
  };
}

function resultOf(
  document: CheckedDocument,
  index: number,
  { finding, fixes }: CheckedDocument["findings"][number],
  others: OtherFiles,
): object {
  const { lines, path } = document;
  const locationOf = (at: Span): object => ({
    artifactLocation: { uri: uriOf(path), index },
    region: regionOf(lines, at),
  });
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex((it) => it.id === finding.rule),
    level: levels[finding.severity],
    message: {
      text: `${finding.what} (${sizeLabel(finding.saving)}). ${finding.why} ${howKnown(finding.saving)}`,
    },
    locations: [{ physicalLocation: locationOf(finding.at) }],
    relatedLocations: [
      ...(finding.related ?? []).map(({ at, message }) => ({ place: locationOf(at), message })),
      ...(finding.elsewhere ?? []).map(({ file, at, message }) => ({
        place: {
          artifactLocation: { uri: uriOf(others.shown(file.path)) },
          region: regionOf(file.lines, at),
        },
        message,
      })),
    ].map(({ place, message }, id) => ({ id, physicalLocation: place, message: { text: message } })),
    fixes: fixes.map((fix) => ({
      description: { text: fix.title },
      artifactChanges: [
        ...(fix.edits.length === 0 ? [] : [changeOf(path, lines, fix.edits)]),
        ...(fix.otherFiles ?? []).map((it) => {
          const other = others.ofFix(document, it.path);
          return changeOf(other.path, new LineIndex(it.create ? "" : other.text), it.edits);
        }),
      ],
      properties: { safety: fix.safety },
    })),
    properties: { severity: finding.severity, saving: sizeJson(finding.saving) },
  };
}

const changeOf = (path: string, lines: LineIndex, edits: readonly Edit[]): object => ({
  artifactLocation: { uri: uriOf(path) },
  replacements: edits.map(({ at, insert }) => ({
    deletedRegion: regionOf(lines, at),
    ...(insert === "" ? {} : { insertedContent: { text: insert } }),
  })),
});

function regionOf(lines: LineIndex, at: Span): object {
  const [start, end] = [lines.positionAt(at.start), lines.positionAt(at.end)];
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** A reference relative to the working directory; file names may hold any character. */
const uriOf = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
