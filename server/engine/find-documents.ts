import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type DocumentKind, documentKindOf } from "../../core/document-kind.ts";
import { troubleText } from "./trouble-text.ts";

export interface FoundDocument {
  readonly path: string;
  readonly kind: DocumentKind;
}

export interface Search {
  /** In the order of their paths, whatever order the file system has. */
  readonly documents: readonly FoundDocument[];
  /** Folders that could not be read. */
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
}

/** Version control and installed packages hold other people's files. */
const passedBy = new Set([".git", "node_modules"]);

/**
 * The documents of ours below a folder. Links are not followed, so the search ends. It stops quietly when
 * the signal is aborted or `most` folders were read.
 */
export async function findDocuments(
  folder: string,
  { signal, most = Number.POSITIVE_INFINITY }: { signal?: AbortSignal; most?: number } = {},
): Promise<Search> {
  const documents: FoundDocument[] = [];
  const troubles: { path: string; why: string }[] = [];
  const waiting = [folder];
  let read = 0;
  while (signal?.aborted !== true && read < most) {
    const here = waiting.pop();
    if (here === undefined) break;
    read += 1;
    let entries: Dirent[];
    try {
      entries = await readdir(here, { withFileTypes: true });
    } catch (cause) {
      troubles.push({ path: here, why: troubleText(cause) });
      continue;
    }
    if (here !== folder && isVirtualEnvironment(entries)) continue;
    for (const it of entries) {
      const path = join(here, it.name);
      if (it.isDirectory()) {
        if (!passedBy.has(it.name)) waiting.push(path);
      } else if (it.isFile()) {
        const kind = documentKindOf(it.name);
        if (kind !== undefined) documents.push({ path, kind });
      }
    }
  }
  return {
    documents: documents.sort(byPath),
    troubles: troubles.sort(byPath),
  };
}

const isVirtualEnvironment = (entries: readonly Dirent[]): boolean =>
  entries.some((it) => it.name === "pyvenv.cfg" && it.isFile());

const byPath = (a: { path: string }, b: { path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
