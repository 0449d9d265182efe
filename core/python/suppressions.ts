/** Suppression comments of pyproject.toml and requirements files: above a requirement, or at the end of its line. */
import { lineBelowComment, lineStart } from "../text/lines.ts";
import { type Suppression, suppressionComments } from "../text/suppression.ts";
import { tomlComments } from "./toml/parse.ts";

export function pyprojectSuppressions(text: string): readonly Suppression[] {
  const found = suppressionComments(text);
  if (found.length === 0) return [];
  const comments = new Set(tomlComments(text));
  return suppressionsAmong(
    text,
    found.filter((it) => comments.has(it.at.start)),
  );
}

/** pip takes `#` for a comment at the beginning of a line or after white space. */
export const requirementsSuppressions = (text: string): readonly Suppression[] =>
  suppressionsAmong(
    text,
    suppressionComments(text).filter((it) => it.ownLine || /\s/.test(text.charAt(it.at.start - 1))),
  );

function suppressionsAmong(
  text: string,
  found: ReturnType<typeof suppressionComments>,
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
