/**
 * Splits a Dockerfile into its instructions by BuildKit's line rules: parser directives, comments, escape
 * character, continued lines, heredocs.
 *
 * Invariant: never fails; chunks are in order, do not overlap, and hold every character that is not white
 * space or a comment.
 */
import type { Span } from "../text/span.ts";
import { LogicalText } from "./logical-text.ts";

export type EscapeCharacter = "\\" | "`";

export interface Heredoc {
  readonly name: string;
  /** `<<"NAME"`: the body is taken as it stands. */
  readonly quoted: boolean;
  /** Body without the terminator line, relative to the chunk. */
  readonly body: Span;
  readonly terminated: boolean;
}

/** One instruction's lines. All offsets but `at` are relative to `at.start`. */
export interface Chunk {
  readonly at: Span;
  readonly source: string;
  /** The instruction's own line, without heredoc bodies. */
  readonly logical: LogicalText;
  readonly heredocs: readonly Heredoc[];
}

export interface CommentLine {
  /** From `#` to the end of the line. */
  readonly at: Span;
  readonly text: string;
}

export interface SplitDockerfile {
  readonly escape: EscapeCharacter;
  readonly chunks: readonly Chunk[];
  /** Every comment line, also those inside continued instructions and the parser directives. */
  readonly comments: readonly CommentLine[];
}

interface Line {
  readonly start: number;
  /** Without the line break. */
  readonly text: string;
}

const heredocKeywords = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\b/i;
const byteOrderMark = "\uFEFF";

export function splitDockerfile(text: string): SplitDockerfile {
  const lines = linesOf(text);
  const escapeCharacter = escapeOf(lines);
  const comments: CommentLine[] = [];
  const chunks: Chunk[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = lines[index];
    if (line === undefined) break;
    if (isBlank(line.text)) index += 1;
    else if (isComment(line.text)) {
      comments.push(commentOf(line));
      index += 1;
    } else index = readChunk(lines, index, escapeCharacter, text, chunks, comments);
  }
  return { escape: escapeCharacter, chunks, comments };
}

/** Reads the instruction that begins at line `from`; answers the index of the line after it. */
function readChunk(
  lines: readonly Line[],
  from: number,
  escapeCharacter: EscapeCharacter,
  text: string,
  chunks: Chunk[],
  comments: CommentLine[],
): number {
  const first = lines[from];
  if (first === undefined) return from + 1;
  const start = first.start + (first.text.length - first.text.trimStart().length);
  const pieces: { text: string; start: number }[] = [];
  let index = from;
  let end = start;
  for (let open = true; open && index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) break;
    if (index > from && isBlank(line.text)) continue;
    if (index > from && isComment(line.text)) {
      comments.push(commentOf(line));
      continue;
    }
    const skipped = index === from ? start - line.start : 0;
    const content = continuedContent(line.text, escapeCharacter);
    open = content !== undefined;
    const piece = (content ?? line.text).slice(skipped);
    pieces.push({ text: piece, start: line.start + skipped - start });
    end = line.start + line.text.trimEnd().length;
  }
  const logical = new LogicalText(pieces);
  const heredocs: Heredoc[] = [];
  if (heredocKeywords.test(logical.text)) {
    for (const opening of heredocOpenings(logical.text)) {
      const bodyStart = lines[index]?.start ?? text.length;
      let bodyEnd = bodyStart;
      let terminated = false;
      for (; index < lines.length && !terminated; index += 1) {
        const line = lines[index];
        if (line === undefined) break;
        terminated = (opening.chomp ? line.text.replace(/^\t+/, "") : line.text) === opening.name;
        end = line.start + line.text.trimEnd().length;
        if (!terminated) bodyEnd = lines[index + 1]?.start ?? text.length;
      }
      const body = { start: bodyStart - start, end: bodyEnd - start };
      heredocs.push({ name: opening.name, quoted: opening.quoted, body, terminated });
    }
  }
  end = Math.max(end, start);
  chunks.push({ at: { start, end }, source: text.slice(start, end), logical, heredocs });
  return index;
}

function linesOf(text: string): Line[] {
  const res: Line[] = [];
  let start = text.startsWith(byteOrderMark) ? 1 : 0;
  while (start <= text.length) {
    const feed = text.indexOf("\n", start);
    const end = feed === -1 ? text.length : feed;
    const withoutReturn = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    res.push({ start, text: text.slice(start, withoutReturn) });
    if (feed === -1) break;
    start = feed + 1;
  }
  return res;
}

const isBlank = (line: string): boolean => line.trim() === "";
const isComment = (line: string): boolean => line.trimStart().startsWith("#");

function commentOf(line: Line): CommentLine {
  const start = line.start + (line.text.length - line.text.trimStart().length);
  const text = line.text.trim();
  return { at: { start, end: start + text.length }, text };
}

/** Directives stand before everything else, one a line; the first line that is none ends them. */
function escapeOf(lines: readonly Line[]): EscapeCharacter {
  for (const line of lines) {
    const directive = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/.exec(line.text);
    if (directive === null) break;
    if (directive[1]?.toLowerCase() === "escape") return directive[2] === "`" ? "`" : "\\";
  }
  return "\\";
}

/** The line without its continuation character; undefined when the instruction ends here. */
function continuedContent(line: string, escapeCharacter: EscapeCharacter): string | undefined {
  const trimmed = line.replace(/[ \t]+$/, "");
  if (!trimmed.endsWith(escapeCharacter)) return undefined;
  // A doubled escape character is an escaped one, not a continuation.
  if (trimmed.length > 1 && trimmed.at(-2) === escapeCharacter) return undefined;
  return trimmed.slice(0, -1);
}

interface Opening {
  readonly name: string;
  readonly quoted: boolean;
  readonly chomp: boolean;
}

/** Words of the form `<<NAME`, `<<-NAME`, `3<<"NAME"` outside quotes. */
function heredocOpenings(logical: string): Opening[] {
  const res: Opening[] = [];
  for (const word of bareWords(logical)) {
    const match = /^\d*<<(-?)(["']?)([^<"'\s]+)\2$/.exec(word);
    if (match?.[3] !== undefined)
      res.push({ name: match[3], quoted: match[2] !== "", chomp: match[1] === "-" });
  }
  return res;
}

/** White-space separated words, quotes kept and respected. */
function* bareWords(text: string): Generator<string> {
  if (!text.includes("<<")) return;
  for (const match of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])+/g)) yield match[0];
}
