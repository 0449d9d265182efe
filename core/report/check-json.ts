/**
 * The findings of documents as `plimsoll check --format json` prints them (docs/command-line.md).
 *
 * Invariant: field names never change meaning; lines and characters count from 0.
 */

import type { ImageIdentity } from "../image/analysis.ts";
import type { OfferedFix } from "../judge.ts";
import type { RatedFinding } from "../rules/check.ts";
import type { Edit } from "../text/edit.ts";
import { LineIndex } from "../text/line-index.ts";
import type { Span } from "../text/span.ts";
import { sizeJson } from "./size-json.ts";

export interface CheckedDocument {
  /** As it is shown: relative to the working directory, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly findings: readonly CheckedFinding[];
}

export interface CheckedFinding {
  readonly finding: RatedFinding;
  /** Verified; what may be offered. */
  readonly fixes: readonly OfferedFix[];
}

/** The image in which sizes were measured. */
export interface CheckedImage extends ImageIdentity {
  /** That made it, as it is shown. */
  readonly dockerfile: string;
  /** The Dockerfile's lines and the image's history are not the same. */
  readonly changed: boolean;
}

/** "image api:1, built from docker/api.Dockerfile" */
export const imageLabel = ({ reference, dockerfile, changed }: CheckedImage): string =>
  `image ${reference}, built from ${dockerfile}${changed ? " before it changed" : ""}`;

/** Another file that a fix changes: how it is shown, and its text before. */
export interface OtherText {
  readonly path: string;
  readonly text: string;
}

/** How files beside the documents are named. */
export interface OtherFiles {
  /** A file that a fix names relative to the build context of a document. */
  readonly ofFix: (document: CheckedDocument, path: string) => OtherText;
  /** A full path as it is shown. */
  readonly shown: (path: string) => string;
}

export function checkJson(
  documents: readonly CheckedDocument[],
  others: OtherFiles,
  image: CheckedImage | undefined,
): object {
  return {
    ...(image === undefined ? {} : { image }),
    documents: documents.map((document) => ({
      path: document.path,
      findings: document.findings.map(({ finding, fixes }) => ({
        rule: finding.rule,
        severity: finding.severity,
        range: rangeOf(document.lines, finding.at),
        what: finding.what,
        why: finding.why,
        saving: sizeJson(finding.saving),
        related: [
          ...(finding.related ?? []).map(({ at, message }) => ({
            path: document.path,
            range: rangeOf(document.lines, at),
            message,
          })),
          ...(finding.elsewhere ?? []).map(({ file, at, message }) => ({
            path: others.shown(file.path),
            range: rangeOf(file.lines, at),
            message,
          })),
        ],
        fixes: fixes.map((it) => ({
          title: it.title,
          safety: it.safety,
          edits: [
            ...it.edits.map((edit) => editJson(document.lines, edit)),
            ...(it.otherFiles ?? []).flatMap(({ path, create, edits }) => {
              const other = others.ofFix(document, path);
              const lines = new LineIndex(create ? "" : other.text);
              return edits.map((edit) => ({
                path: other.path,
                ...(create ? { create } : {}),
                ...editJson(lines, edit),
              }));
            }),
          ],
        })),
      })),
    })),
  };
}

const rangeOf = (lines: LineIndex, at: Span): object => ({
  start: lines.positionAt(at.start),
  end: lines.positionAt(at.end),
});

const editJson = (lines: LineIndex, { at, insert }: Edit): object => ({
  range: rangeOf(lines, at),
  newText: insert,
});
