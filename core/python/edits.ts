/**
 * Edits of Python documents that leave comments, order, quoting and spacing of the rest alone.
 *
 * Each answers undefined where it cannot be done so.
 */
import { type Edit, insertAt, removeAt } from "../text/edit.ts";
import { lineBreakOf, lineStart, nextLine } from "../text/lines.ts";
import type { GroupId, PythonProject, Requirement } from "./project.ts";

/** Takes a requirement away: its line where it stands alone there, else the element with one comma. */
export function removeRequirement(text: string, { at }: Requirement): Edit {
  const start = lineStart(text, at.start);
  const end = nextLine(text, at.end);
  const before = text.slice(start, at.start);
  const after = text.slice(at.end, end);
  if (before.trim() === "" && /^[ \t]*,?[ \t]*(?:#[^\n]*)?\r?\n?$/.test(after))
    return removeAt({ start, end });
  const comma = /^\s*,[ \t]*/.exec(text.slice(at.end));
  if (comma !== null) return removeAt({ start: at.start, end: at.end + comma[0].length });
  const leading = /,\s*$/.exec(text.slice(0, at.start));
  return removeAt({ start: at.start - (leading?.[0].length ?? 0), end: at.end });
}

/** Adds an element at the end of a group's list; a new `[dependency-groups]` table where there is none. */
export function addToGroup(
  text: string,
  project: PythonProject,
  group: Extract<GroupId, `group:${string}`>,
  element: string,
): Edit | undefined {
  const header = project.headers.find((it) => it.group === group);
  const eol = lineBreakOf(text);
  if (header === undefined) {
    if (/^\s*\[dependency-groups\]/m.test(text)) {
      const table = /^[ \t]*\[dependency-groups\][^\n]*\n/m.exec(text);
      return table === null
        ? undefined
        : insertAt(table.index + table[0].length, `${nameOf(group)} = [${element}]${eol}`);
    }
    const gap = text.endsWith("\n") || text === "" ? "" : eol;
    return insertAt(
      text.length,
      `${gap}${eol}[dependency-groups]${eol}${nameOf(group)} = [${eol}    ${element},${eol}]${eol}`,
    );
  }
  const body = text.slice(header.bodyAt.start, header.bodyAt.end);
  if (!body.startsWith("[") || !body.endsWith("]")) return undefined;
  const members = project.requirements.filter(
    (it) => it.at.start > header.bodyAt.start && it.at.end < header.bodyAt.end,
  );
  const last = members.at(-1);
  if (last === undefined) {
    return body.slice(1, -1).trim() === "" ? insertAt(header.bodyAt.start + 1, element) : undefined;
  }
  const line = lineStart(text, last.at.start);
  const indent = text.slice(line, last.at.start);
  const comma = /^[ \t]*,/.exec(text.slice(last.at.end));
  if (indent.trim() !== "") {
    return insertAt(
      last.at.end + (comma?.[0].length ?? 0),
      `${comma === null ? "," : ""} ${element}${comma === null ? "" : ","}`,
    );
  }
  // A comma behind a comment's line would be part of the comment.
  if (comma === null) return insertAt(last.at.end, `,${eol}${indent}${element}`);
  return insertAt(nextLine(text, last.at.end), `${indent}${element},${eol}`);
}

const nameOf = (group: string): string => group.slice(group.indexOf(":") + 1);

/** Text behind everything else, with an empty line before it. */
export function appendBlock(text: string, lines: readonly string[]): Edit {
  const eol = lineBreakOf(text);
  const gap = text.endsWith("\n") || text === "" ? "" : eol;
  return insertAt(text.length, `${gap}${eol}${lines.join(eol)}${eol}`);
}

/** Lines below the header of a table that is there. */
export function insertBelowHeader(text: string, header: RegExp, lines: readonly string[]): Edit | undefined {
  const match = header.exec(text);
  if (match === null) return undefined;
  const eol = lineBreakOf(text);
  return insertAt(nextLine(text, match.index + match[0].length), lines.map((it) => `${it}${eol}`).join(""));
}
