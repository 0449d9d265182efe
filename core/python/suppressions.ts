/** Suppression comments of pyproject.toml and requirements files: above a requirement, or at the end of its line. */
import { suppressionsAmong } from "../text/line-suppressions.ts";
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
