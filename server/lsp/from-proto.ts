/** From LSP's words to ours. Whatever a client sends is checked here; what does not fit is undefined. */
import { fileURLToPath } from "node:url";
import type { Range } from "vscode-languageserver/node";
import type { Span } from "../../core/text/span.ts";
import type { OpenDocument } from "./open-documents.ts";

/** The path of a `file:` URI; undefined for documents that are on no disk. */
export function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    // Another scheme, or no URI at all: the document has a text and no place.
    return undefined;
  }
}

/** A name to recognise the document by, also where it has no path. */
export function nameOf(uri: string): string {
  const path = uri.replace(/[?#].*$/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

export const spanFrom = (document: OpenDocument, range: Range): Span => ({
  start: document.offsetAt(range.start),
  end: document.offsetAt(range.end),
});

/** Finds a finding again: carried in `diagnostic.data`, so that the server has nothing to remember. */
export interface FindingKey {
  readonly version: number;
  readonly rule: string;
  readonly at: Span;
}

export function findingKeyFrom(data: unknown): FindingKey | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { version, rule, start, end }: { version?: unknown; rule?: unknown; start?: unknown; end?: unknown } =
    data;
  if (typeof version !== "number" || typeof rule !== "string") return undefined;
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  return { version, rule, at: { start, end } };
}
