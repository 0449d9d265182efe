/** The words of a finding for a list of problems and for a hover. */
import type { Hint } from "./hints.ts";
import type { RatedFinding } from "./rules/check.ts";
import { howKnown, middleOf, type Size, sizeLabel } from "./size/size.ts";
import type { Span } from "./text/span.ts";

/** "What (size). Why." */
export const messageOf = ({ what, why, saving }: RatedFinding): string =>
  `${capitalised(what)}${inParentheses(saving)}. ${why}`;

/**
 * Markdown for the place of an offset: findings on it, the size of what stands there, and what it is made of. Why a finding
 * is one stands in its diagnostic, which editors show beside it.
 */
export function hoverOf(
  findings: readonly RatedFinding[],
  hints: readonly Hint[],
  offset: number,
  contributors: () => string,
): { readonly at: Span; readonly markdown: string } | undefined {
  const hint = hints
    .filter((it) => holds(it.covers, offset))
    .sort((a, b) => a.covers.end - a.covers.start - (b.covers.end - b.covers.start))[0];
  const under = findings.filter(
    (it) => holds(it.at, offset) || it.related?.some(({ at }) => holds(at, offset)),
  );
  const [first] = under;
  if (first !== undefined) {
    const at = holds(first.at, offset)
      ? first.at
      : (first.related?.find((it) => holds(it.at, offset))?.at ?? first.at);
    const parts = [...under.map(markdownOf), hint?.tooltip ?? "", contributors()];
    return { at, markdown: parts.filter((it) => it !== "").join("\n\n---\n\n") };
  }
  if (hint === undefined) return undefined;
  const parts = [hint.tooltip, hint.ofInstruction === true ? contributors() : ""];
  return { at: hint.covers, markdown: parts.filter((it) => it !== "").join("\n\n") };
}

function markdownOf({ what, saving, rule }: RatedFinding): string {
  const known = middleOf(saving) === 0 ? "" : `\n\n${howKnown(saving)}`;
  return `**${capitalised(what)}**${inParentheses(saving)}${known}\n\n\`${rule}\``;
}

/** A finding that is not about bytes (a comment) shows none. */
const inParentheses = (size: Size): string =>
  size.kind === "measured" && size.bytes === 0 ? "" : ` (${sizeLabel(size)})`;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const holds = (at: Span, offset: number): boolean => at.start <= offset && offset <= at.end;
