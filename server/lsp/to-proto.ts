/** From ours to LSP's words. The only file that builds LSP ranges, diagnostics and edits. */
import { pathToFileURL } from "node:url";
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Hover,
  type InlayHint,
  MarkupKind,
  type Range,
  type TextEdit,
} from "vscode-languageserver/node";
import type { Hint } from "../../core/hints.ts";
import { messageOf } from "../../core/message.ts";
import type { RatedFinding } from "../../core/rules/check.ts";
import type { Severity } from "../../core/rules/rule.ts";
import { bytes, bytesLabel } from "../../core/size/bytes.ts";
import type { Edit } from "../../core/text/edit.ts";
import { LineIndex } from "../../core/text/line-index.ts";
import { containsSpan, type Span } from "../../core/text/span.ts";
import type { OpenDocument } from "./open-documents.ts";

export const source = "plimsoll";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export const uriOf = (path: string): string => pathToFileURL(path).href;

export const rangeOf = (document: OpenDocument, at: Span): Range => ({
  start: document.positionAt(at.start),
  end: document.positionAt(at.end),
});

/** `pageOf` names the page that explains a rule, where there is one. */
export function diagnosticOf(
  document: OpenDocument,
  it: RatedFinding,
  pageOf: (rule: string) => string | undefined,
): Diagnostic {
  const page = pageOf(it.rule);
  const res: Diagnostic = {
    range: rangeOf(document, it.at),
    severity: severities[it.severity],
    code: it.rule,
    source,
    message: messageOf(it),
    data: { version: document.version, rule: it.rule, start: it.at.start, end: it.at.end },
  };
  if (page !== undefined) res.codeDescription = { href: page };
  if (goes(it)) res.tags = [DiagnosticTag.Unnecessary];
  const related = relatedTo(document, it);
  if (related.length > 0) res.relatedInformation = related;
  return res;
}

const relatedTo = (
  document: OpenDocument,
  { related = [], elsewhere = [] }: RatedFinding,
): DiagnosticRelatedInformation[] => [
  ...related.map(({ at, message }) => ({
    location: { uri: document.uri, range: rangeOf(document, at) },
    message,
  })),
  ...elsewhere.map(({ file, at, message }) => ({
    location: { uri: uriOf(file.path), range: rangeIn(file.lines, at) },
    message,
  })),
];

const rangeIn = (lines: LineIndex, at: Span): Range => ({
  start: lines.positionAt(at.start),
  end: lines.positionAt(at.end),
});

/** The one diagnostic of a document that is too large to be read. */
export const tooLargeDiagnostic = (document: OpenDocument): Diagnostic => ({
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  severity: DiagnosticSeverity.Information,
  source,
  message: `This file has ${bytesLabel(bytes(document.text.length))} of text; Plimsoll does not analyze more than 2 MB.`,
});

/** Whether the first thing to do about it is to remove the very words it sits on. */
const goes = (it: RatedFinding): boolean =>
  it.fixes[0]?.edits.some(({ at, insert }) => insert === "" && containsSpan(at, it.at)) === true;

export const hoverFrom = (document: OpenDocument, at: Span, markdown: string): Hover => ({
  range: rangeOf(document, at),
  contents: { kind: MarkupKind.Markdown, value: markdown },
});

export const inlayHintOf = (document: OpenDocument, it: Hint): InlayHint => ({
  position: document.positionAt(it.at),
  label: it.label,
  tooltip: { kind: MarkupKind.Markdown, value: it.tooltip },
  paddingLeft: true,
});

export const textEditOf = (document: OpenDocument, { at, insert }: Edit): TextEdit => ({
  range: rangeOf(document, at),
  newText: insert,
});

/** Edits of a file that is not open: `text` is what is on the disk, or empty for a new file. */
export function textEditsOf(text: string, edits: readonly Edit[]): TextEdit[] {
  const lines = new LineIndex(text);
  return edits.map(({ at, insert }) => ({
    range: rangeIn(lines, at),
    newText: insert,
  }));
}
