/**
 * Splits a Dockerfile into its instructions by BuildKit's line rules: parser directives, comments, escape
 * character, continued lines, heredocs.
 *
 * Invariant: never fails; chunks are in order, do not overlap, and hold every character that is not white
 * space or a comment.
 */
import { commonEnds } from "../text/common-ends.ts";
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

/** One instruction's text. All offsets are relative to its start. */
export interface ChunkText {
  readonly source: string;
  /** The instruction's own line, without heredoc bodies. */
  readonly logical: LogicalText;
  readonly heredocs: readonly Heredoc[];
}

/** One instruction's lines. */
export interface Chunk {
  readonly at: Span;
  /** Stays the same object while versions of a text have the instruction in common. */
  readonly text: ChunkText;
  /** Whole lines: from where its first one begins to where the next one does. */
  readonly lines: Span;
  /** The file ended before the instruction did, so that what is added to the file belongs to it. */
  readonly open: boolean;
}

export interface CommentLine {
  /** From `#` to the end of the line. */
  readonly at: Span;
}

export interface SplitDockerfile {
  readonly text: string;
  readonly escape: EscapeCharacter;
  readonly chunks: readonly Chunk[];
  /** Every comment line, also those inside continued instructions and the parser directives. */
  readonly comments: readonly CommentLine[];
  /** How many chunks at both ends are those of the earlier version that was given. */
  readonly kept: { readonly before: number; readonly after: number };
}

interface Line {
  readonly start: number;
  /** Without the line break. */
  readonly text: string;
  /** Where the next line begins. */
  readonly next: number;
}

const heredocKeywords = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\b/i;
const byteOrderMark = "\uFEFF";

/** `past`: an earlier version of the text; what they have in common is not split again. */
export function splitDockerfile(text: string, past?: SplitDockerfile): SplitDockerfile {
  const escapeCharacter = escapeOf(text);
  return new Splitter(text, escapeCharacter, past?.escape === escapeCharacter ? past : undefined).split();
}

class Splitter {
  readonly #text: string;
  readonly #escape: EscapeCharacter;
  readonly #past: SplitDockerfile | undefined;
  readonly #comments: CommentLine[] = [];
  readonly #chunks: Chunk[] = [];

  constructor(text: string, escapeCharacter: EscapeCharacter, past: SplitDockerfile | undefined) {
    this.#text = text;
    this.#escape = escapeCharacter;
    this.#past = past;
  }

  split(): SplitDockerfile {
    const text = this.#text;
    const ends = this.#past === undefined ? undefined : commonEnds(this.#past.text, text);
    let position = this.#takeFirst(ends?.before ?? 0);
    const before = this.#chunks.length;
    let after = 0;
    while (position < text.length) {
      if (ends !== undefined && position >= text.length - ends.after) {
        after = this.#takeRest(position);
        if (after > 0) break;
      }
      const line = lineAt(text, position);
      if (isBlank(line.text)) position = line.next;
      else if (isComment(line.text)) {
        this.#comments.push(commentOf(line));
        position = line.next;
      } else position = this.#readChunk(line);
    }
    return {
      text,
      escape: this.#escape,
      chunks: this.#chunks,
      comments: this.#comments,
      kept: { before, after },
    };
  }

  /** Takes the chunks that lie wholly in the common beginning; answers where to go on. */
  #takeFirst(common: number): number {
    const first = this.#text.startsWith(byteOrderMark) ? 1 : 0;
    if (this.#past === undefined) return first;
    const { chunks, comments, text } = this.#past;
    const isKept = (it: Chunk | undefined): boolean =>
      it !== undefined && it.lines.end <= common && !it.open && text.charCodeAt(it.lines.end - 1) === 10;
    let [low, high] = [0, chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isKept(chunks[middle])) low = middle + 1;
      else high = middle;
    }
    const position = chunks[low - 1]?.lines.end;
    if (position === undefined) return first;
    for (let index = 0; index < low; index += 1) {
      const chunk = chunks[index];
      if (chunk !== undefined) this.#chunks.push(chunk);
    }
    for (const it of comments) {
      if (it.at.start >= position) break;
      this.#comments.push(it);
    }
    return position;
  }

  /** Takes the chunks of the common end, if one of them begins in this line; answers how many. */
  #takeRest(position: number): number {
    if (this.#past === undefined) return 0;
    const { chunks, comments, text } = this.#past;
    const delta = this.#text.length - text.length;
    let [low, high] = [0, chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((chunks[middle]?.lines.start ?? 0) < position - delta) low = middle + 1;
      else high = middle;
    }
    if (chunks[low]?.lines.start !== position - delta) return 0;
    const moved = (it: Span): Span => ({ start: it.start + delta, end: it.end + delta });
    for (let index = low; index < chunks.length; index += 1) {
      const it = chunks[index];
      if (it === undefined) break;
      this.#chunks.push(
        delta === 0 ? it : { at: moved(it.at), text: it.text, lines: moved(it.lines), open: it.open },
      );
    }
    for (const it of comments) {
      if (it.at.start >= position - delta) this.#comments.push(delta === 0 ? it : { at: moved(it.at) });
    }
    return chunks.length - low;
  }

  /** Reads the instruction that begins in a line; answers where the line after it begins. */
  #readChunk(first: Line): number {
    const text = this.#text;
    const start = first.start + (first.text.length - first.text.trimStart().length);
    const pieces: Span[] = [];
    let next = first.start;
    let end = start;
    let open = true;
    while (open && next < text.length) {
      const line = lineAt(text, next);
      next = line.next;
      if (line.start > first.start && isBlank(line.text)) continue;
      if (line.start > first.start && isComment(line.text)) {
        this.#comments.push(commentOf(line));
        continue;
      }
      const length = continuedLength(line.text, this.#escape);
      open = length !== undefined;
      pieces.push({
        start: Math.max(line.start, start),
        end: line.start + (length ?? line.text.length),
      });
      end = line.start + line.text.trimEnd().length;
    }
    // From here on nothing refers to the whole text, which the next version replaces.
    const joined = joinedOf(text, pieces);
    const heredocs: Heredoc[] = [];
    if (joined.includes("<<") && heredocKeywords.test(joined)) {
      for (const opening of heredocOpenings(joined)) {
        const bodyStart = next;
        let bodyEnd = bodyStart;
        let terminated = false;
        while (next < text.length && !terminated) {
          const line = lineAt(text, next);
          terminated = (opening.chomp ? line.text.replace(/^\t+/, "") : line.text) === opening.name;
          end = line.start + line.text.trimEnd().length;
          next = line.next;
          if (!terminated) bodyEnd = next;
        }
        open ||= !terminated;
        const body = { start: bodyStart - start, end: bodyEnd - start };
        heredocs.push({ name: opening.name, quoted: opening.quoted, body, terminated });
      }
    }
    end = Math.max(end, start);
    const source = this.#past === undefined ? text.slice(start, end) : ownCopy(text.slice(start, end));
    const logical = new LogicalText(
      pieces.map((it) => ({
        text: source.slice(it.start - start, it.end - start),
        start: it.start - start,
      })),
    );
    const lines = { start: first.start, end: next };
    this.#chunks.push({ at: { start, end }, text: { source, logical, heredocs }, lines, open });
    return next;
  }
}

/** A slice keeps the whole text alive that it was cut from; between versions of a document that adds up. */
const ownCopy = (slice: string): string => slice.split("").join("");

const joinedOf = (text: string, pieces: readonly Span[]): string =>
  pieces.map((it) => text.slice(it.start, it.end)).join("");

function lineAt(text: string, start: number): Line {
  const feed = text.indexOf("\n", start);
  const end = feed === -1 ? text.length : feed;
  const withoutReturn = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  return { start, text: text.slice(start, withoutReturn), next: feed === -1 ? text.length : feed + 1 };
}

const isBlank = (line: string): boolean => line.trim() === "";
const isComment = (line: string): boolean => line.trimStart().startsWith("#");

function commentOf(line: Line): CommentLine {
  const start = line.start + (line.text.length - line.text.trimStart().length);
  return { at: { start, end: line.start + line.text.trimEnd().length } };
}

/** Directives stand before everything else, one a line; the first line that is none ends them. */
function escapeOf(text: string): EscapeCharacter {
  for (let at = text.startsWith(byteOrderMark) ? 1 : 0; at < text.length; ) {
    const line = lineAt(text, at);
    at = line.next;
    const directive = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/.exec(line.text);
    if (directive === null) break;
    if (directive[1]?.toLowerCase() === "escape") return directive[2] === "`" ? "`" : "\\";
  }
  return "\\";
}

/** Where the line's continuation character stands; undefined when the instruction ends here. */
function continuedLength(line: string, escapeCharacter: EscapeCharacter): number | undefined {
  let end = line.length;
  while (end > 0 && (line.charAt(end - 1) === " " || line.charAt(end - 1) === "\t")) end -= 1;
  if (end === 0 || line.charAt(end - 1) !== escapeCharacter) return undefined;
  // A doubled escape character is an escaped one, not a continuation.
  return line.charAt(end - 2) === escapeCharacter ? undefined : end - 1;
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
  for (const match of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])+/g)) yield match[0];
}
