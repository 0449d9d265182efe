/** Suppression comments of documents whose units are lines: above a line, or at its end. */
import { lineBelowComment, lineStart } from "./lines.ts";
import type { Suppression, SuppressionComment } from "./suppression.ts";

export function suppressionsAmong(
  text: string,
  found: readonly SuppressionComment[],
): readonly Suppression[] {
  const top = topOf(text);
  return found.map(({ wholeFile, ...it }) => {
    const scope = wholeFile
      ? it.at.start < top
        ? ("file" as const)
        : undefined
      : it.ownLine
        ? lineBelowComment(text, it.at.end)
        : { start: lineStart(text, it.at.start), end: it.at.start };
    return { ...it, scope };
  });
}

/** Where the first line begins that is neither empty nor a comment. */
function topOf(text: string): number {
  const match = /^(?!\uFEFF?[ \t]*(?:#|\r?$))/m.exec(text);
  return match?.index ?? text.length;
}
