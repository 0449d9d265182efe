/** Lines of a text by offset, for edits and comments that speak in lines. */
import type { Span } from "./span.ts";

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Start of the line after the one that holds `offset`. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  return feed === -1 ? text.length : feed + 1;
}

/** Start of the line above the one that begins at `start`. */
export function previousLine(text: string, start: number): number | undefined {
  return start === 0 ? undefined : lineStart(text, start - 1);
}

/** The line that a comment at `offset` stands above: the next one that is no comment; an empty line ends the block. */
export function lineBelowComment(text: string, offset: number): Span | undefined {
  for (let start = nextLine(text, offset); start < text.length; ) {
    const end = nextLine(text, start);
    const line = text.slice(start, end).trim();
    if (line === "") return undefined;
    if (!line.startsWith("#")) return { start, end };
    start = end;
  }
  return undefined;
}

export const lineBreakOf = (text: string): string => (/\r\n/.test(text.slice(0, 2_000)) ? "\r\n" : "\n");
