/**
 * Edits of TOML that leave the rest as it is: comments, order, quotes, indentation, line breaks, trailing commas.
 *
 * Invariant: every answer parses where the text did, and changes nothing but what it names.
 */
import { type Edit, insertAt, removeAt } from "../text/edit.ts";
import { lineBreakOf, lineStart, nextLine } from "../text/lines.ts";
import type { TomlDocument, TomlList, TomlNode, TomlSection } from "./toml/nodes.ts";

/** Appends a text to a list in the list's own style; `value` is what the text means, not how it is quoted. */
export function addToList(text: string, list: TomlList, value: string): readonly Edit[] {
  const last = list.items.at(-1);
  if (last === undefined) return intoEmpty(text, list, quoted(value, '"'));
  const item = quoted(value, text.charAt(last.at.start) === "'" ? "'" : '"');
  const comma = commaAfter(text, last, list);
  const alone = startsItsLine(text, last);
  if (!alone) return [insertAt(last.at.end, `, ${item}`)];
  const indent = text.slice(lineStart(text, last.at.start), last.at.start);
  const lineEnd = endOfLine(text, comma ?? last.at.end - 1);
  const close = list.at.end - 1;
  const newLine = `${lineBreakOf(text)}${indent}${item}${comma === undefined ? "" : ","}`;
  const separator = comma === undefined ? [insertAt(last.at.end, ",")] : [];
  // The closing bracket may stand on the last item's own line.
  return lineEnd > close
    ? [insertAt(comma === undefined ? last.at.end : comma + 1, `${comma === undefined ? "," : ""}${newLine}`)]
    : [...separator, insertAt(lineEnd, newLine)];
}

/** Takes one item out, with its comma and, where it has a line of its own, that line and the comment on it. */
export function removeFromList(text: string, list: TomlList, index: number): readonly Edit[] {
  const item = list.items[index];
  if (item === undefined) return [];
  const [before, after] = [list.items[index - 1], list.items[index + 1]];
  const comma = commaAfter(text, item, list);
  const end = comma === undefined ? item.at.end : comma + 1;
  const line = lineStart(text, item.at.start);
  const rest = text.slice(end, endOfLine(text, end));
  const ownLine =
    startsItsLine(text, item) && /^[ \t]*(?:#.*)?$/.test(rest) && endOfLine(text, end) < list.at.end;
  if (ownLine) {
    // A list without a trailing comma keeps none.
    const orphan =
      after === undefined && comma === undefined && before !== undefined
        ? commaAfter(text, before, list)
        : undefined;
    return [
      ...(orphan === undefined ? [] : [removeAt({ start: orphan, end: orphan + 1 })]),
      removeAt({ start: line, end: nextLine(text, end) }),
    ];
  }
  if (after !== undefined && !/\n/.test(text.slice(item.at.end, after.at.start))) {
    return [removeAt({ start: item.at.start, end: after.at.start })];
  }
  const between = before === undefined ? "#" : text.slice(before.at.end, item.at.start);
  if (before !== undefined && !between.includes("#") && (after === undefined || !between.includes("\n"))) {
    return [removeAt({ start: before.at.end, end: item.at.end })];
  }
  return [removeAt({ start: item.at.start, end })];
}

/** Appends a table with its lines (`key = value`) to the end of the text, an empty line above. */
export function addTable(text: string, header: string, lines: readonly string[]): Edit {
  const feed = lineBreakOf(text);
  const before =
    text === "" || text.endsWith("\n\n") || text.endsWith("\n\r\n")
      ? ""
      : text.endsWith("\n")
        ? feed
        : `${feed}${feed}`;
  return insertAt(text.length, `${before}${[header, ...lines].join(feed)}${feed}`);
}

/** Adds `key = value` below the last entry of a table that has a header. */
export function addEntry(text: string, section: TomlSection, line: string): Edit {
  const end = endOfLine(text, Math.max(section.at.end - 1, section.headerAt.end - 1));
  return insertAt(end, `${lineBreakOf(text)}${line}`);
}

/** The first table with this path; of `[[…]]` the first element. */
export const sectionAt = (document: TomlDocument, ...path: readonly string[]): TomlSection | undefined =>
  document.sections.find(
    (it) => it.path.length === path.length && it.path.every((key, index) => key === path[index]),
  );

/** A TOML string; a literal one where the value allows it and `'` is asked for. */
export function quoted(value: string, quote: '"' | "'"): string {
  if (quote === "'" && !/['\p{Cc}]/u.test(value)) return `'${value}'`;
  const escaped = value.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, (it) => {
    return `\\u${(it.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

function intoEmpty(text: string, list: TomlList, item: string): readonly Edit[] {
  const inside = text.slice(list.at.start + 1, list.at.end - 1);
  if (!/\n/.test(inside)) return [{ at: { start: list.at.start + 1, end: list.at.end - 1 }, insert: item }];
  const closing = lineStart(text, list.at.end - 1);
  const indent = /^[ \t]*/.exec(text.slice(closing))?.[0] ?? "";
  return [insertAt(closing, `${indent}    ${item},${lineBreakOf(text)}`)];
}

/** Offset of the comma that follows an item, comments passed by; undefined: there is none. */
function commaAfter(text: string, item: TomlNode, list: TomlList): number | undefined {
  for (let at = item.at.end; at < list.at.end - 1; at += 1) {
    const character = text.charAt(at);
    if (character === ",") return at;
    if (character === "#") at = endOfLine(text, at) - 1;
    else if (!/\s/.test(character)) return undefined;
  }
  return undefined;
}

const startsItsLine = (text: string, { at }: TomlNode): boolean =>
  /^[ \t]*$/.test(text.slice(lineStart(text, at.start), at.start)) && at.start > 0;

/** Before the line break, `\r\n` too. */
function endOfLine(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  if (feed === -1) return text.length;
  return text.charAt(feed - 1) === "\r" && feed > offset ? feed - 1 : feed;
}
