/** What an ignore file says, and what is known of the builds that read it. */

import { isFromContext } from "../dockerfile/copied.ts";
import type { CopyInstruction, Facts } from "../dockerfile/facts.ts";
import { type Bytes, sumOf } from "../size/bytes.ts";
import { estimated, measured, type Size, unknownSize } from "../size/size.ts";
import { suppressionsAmong } from "../text/line-suppressions.ts";
import type { OtherFile, OtherPlace } from "../text/other-file.ts";
import type { Span } from "../text/span.ts";
import { type Suppression, suppressionComments } from "../text/suppression.ts";
import type { BuildContext, ContextEntry } from "./build-context.ts";
import { IgnoreRules } from "./ignore-rules.ts";

export interface IgnoreText {
  readonly text: string;
  readonly rules: IgnoreRules;
}

/** A Dockerfile whose context an ignore file narrows. */
export interface IgnoringBuild {
  readonly file: OtherFile;
  readonly facts: Facts;
}

/** Around an ignore file. */
export interface IgnorePlace {
  /** Relative to the context. */
  readonly path: string;
  readonly context: BuildContext;
  /** Dockerfiles that are built under it, as far as they are known. */
  readonly builds: readonly IgnoringBuild[];
  /** No build reads it: a Dockerfile beside it has another context. For people. */
  readonly unread: { readonly dockerfile: string; readonly context: string } | undefined;
}

export interface IgnoreFacts extends IgnoreText {
  /** Under the file's text as it is. */
  readonly context: BuildContext;
  readonly builds: readonly IgnoringBuild[];
  readonly unread: IgnorePlace["unread"];
}

export const readIgnoreText = (text: string): IgnoreText => ({ text, rules: new IgnoreRules(text) });

export const ignoreFactsOf = (read: IgnoreText, place: IgnorePlace): IgnoreFacts => ({
  ...read,
  context: place.context.withIgnore({ path: place.path, text: read.text }),
  builds: place.builds,
  unread: place.unread,
});

export interface CopiedEntries {
  /** Largest first. */
  readonly paths: readonly string[];
  readonly size: Size;
  /** The lines that take them. */
  readonly copies: readonly OtherPlace[];
}

/** What COPY takes of these entries in any build; undefined: none of them is copied. */
export function copiedOf(
  { context, builds }: Pick<IgnoreFacts, "context" | "builds">,
  entries: readonly Pick<ContextEntry, "path" | "kind">[],
): CopiedEntries | undefined {
  if (entries.length === 0) return undefined;
  if (builds.length === 0) {
    return {
      paths: entries.map(({ path }) => path),
      size: unknownSize("no Dockerfile is known that copies it"),
      copies: [],
    };
  }
  const taking = builds.flatMap(({ file, facts }) =>
    facts.shipped.flatMap((it) =>
      it.kind === "copy" && isFromContext(it)
        ? [{ file, at: it.keywordAt, taken: takenBy(it, context) }]
        : [],
    ),
  );
  const copied = entries.flatMap(({ path }): { path: string; bytes: Bytes }[] => {
    if (!taking.some(({ taken }) => isTaken(path, taken))) return [];
    const [entry] = context.matches(escaped(path));
    return entry === undefined || entry.taken.files === 0 ? [] : [{ path, bytes: entry.taken.bytes }];
  });
  if (copied.length === 0) return undefined;
  const copies = taking.filter(({ taken }) => copied.some(({ path }) => isTaken(path, taken)));
  const sum = sumOf(copied.map((it) => it.bytes));
  return {
    paths: copied.toSorted((a, b) => b.bytes - a.bytes).map(({ path }) => path),
    size: context.complete
      ? measured(sum, `files of the build context (${context.foundBy})`)
      : estimated(sum, sum, "the part of the build context that was read, at least"),
    copies: copies.map(({ file, at }) => ({ file, at })),
  };
}

const takenBy = ({ sources }: CopyInstruction, context: BuildContext): ReadonlySet<string> =>
  new Set(sources.flatMap(({ text }) => context.matches(text ?? "").map(({ path }) => path)));

function isTaken(path: string, taken: ReadonlySet<string>): boolean {
  if (taken.has("") || taken.has(path)) return true;
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    if (taken.has(path.slice(0, at))) return true;
  }
  return false;
}

/** As a COPY source that means this very path. */
const escaped = (path: string): string => path.replace(/[*?[\\]/g, "\\$&");

/** A comment begins a line; white space before it would make it a pattern. */
export const ignoreSuppressions = (text: string): readonly Suppression[] =>
  suppressionsAmong(
    text,
    suppressionComments(text).filter(
      ({ at }) => at.start === 0 || /[\n\uFEFF]/.test(text.charAt(at.start - 1)),
    ),
  );

/** The text of a line without what stands around it. */
export const lineText = ({ text }: IgnoreText, at: Span): string => text.slice(at.start, at.end);
