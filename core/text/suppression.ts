/**
 * Suppression comments: `# plimsoll: ignore[rule-id] reason` and `# plimsoll: ignore-file[rule-id] reason`.
 *
 * Invariant: a comment silences the named rules and no other, in its scope and nowhere else.
 */
import { lineStart, nextLine } from "./lines.ts";
import type { Span } from "./span.ts";

/** One rule named by a comment. */
export interface Suppression {
  /** The whole comment, from `#` to the end of the line. */
  readonly at: Span;
  readonly rule: string;
  readonly ruleAt: Span;
  readonly reason: string;
  /** Where findings of the rule are silenced: the whole file, a part of it, or nowhere (a comment above nothing). */
  readonly scope: "file" | Span | undefined;
  /** Nothing but white space stands before the comment on its line. */
  readonly ownLine: boolean;
  /** What goes when the comment goes: its line, or its end of a line. */
  readonly lineAt: Span;
  readonly rulesInComment: number;
}

/** What a comment asks for, before it is known what it stands above. */
export type SuppressionComment = Omit<Suppression, "scope"> & { readonly wholeFile: boolean };

const pattern = /#[ \t]*plimsoll:[ \t]*ignore(-file)?\[([^\]\r\n]*)\][ \t]*([^\r\n]*)/g;

/** Every suppression comment of a text by its form alone, in order; a list of rules gives one each. */
export function suppressionComments(text: string): readonly SuppressionComment[] {
  if (!text.includes("plimsoll:")) return [];
  const res: SuppressionComment[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, file, names = "", reason = ""] = match;
    const lineFrom = lineStart(text, match.index);
    const end = match.index + whole.trimEnd().length;
    const ownLine = text.slice(lineFrom, match.index).replace("\uFEFF", "").trim() === "";
    const rules = [...names.matchAll(/[^\s,]+/g)];
    const shared = {
      at: { start: match.index, end },
      reason: reason.trim(),
      wholeFile: file !== undefined,
      ownLine,
      lineAt: ownLine
        ? { start: text.charAt(lineFrom) === "\uFEFF" ? lineFrom + 1 : lineFrom, end: nextLine(text, end) }
        : { start: text.slice(0, match.index).trimEnd().length, end },
      rulesInComment: rules.length,
    };
    const namesStart = match.index + whole.indexOf("[") + 1;
    for (const name of rules) {
      const start = namesStart + name.index;
      res.push({ ...shared, rule: name[0], ruleAt: { start, end: start + name[0].length } });
    }
  }
  return res;
}

export const suppresses = (it: Suppression, rule: string, at: Span): boolean =>
  it.rule === rule &&
  it.scope !== undefined &&
  (it.scope === "file" || (it.scope.start <= at.start && at.start < it.scope.end));
