/** The words of a finding for a list of problems and for a hover. */
import type { Hint } from "./hints.ts";
import type { RatedFinding } from "./rules/check.ts";
import { howKnown, middleOf, type Size, sizeLabel } from "./size/size.ts";
import type { Span } from "./text/span.ts";

/** "What (size). Why." */
export const messageOf = (it: RatedFinding): string => `${headOf(it)}${inParentheses(it.saving)}. ${it.why}`;

/** What is there, as the beginning of a sentence. */
export const headOf = ({ what, nameFirst }: RatedFinding): string =>
  nameFirst === true ? what : what.charAt(0).toUpperCase() + what.slice(1);

/**
 * Markdown for the place of an offset: how the savings of findings on it are known, the size of what stands there, and
 * what it is made of. What is found stands in the diagnostic, which editors show beside it; a finding is named only
 * where there is more than one, and on its related places, which have no diagnostic.
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
    const isNamed = under.length > 1 || !holds(first.at, offset);
    const parts = [...under.map((it) => markdownOf(it, isNamed)), hint?.tooltip ?? "", contributors()];
    return { at, markdown: parts.filter((it) => it !== "").join("\n\n---\n\n") };
  }
  if (hint === undefined) return undefined;
  const parts = [hint.tooltip, hint.ofInstruction === true ? contributors() : ""];
  return { at: hint.covers, markdown: parts.filter((it) => it !== "").join("\n\n") };
}

function markdownOf(it: RatedFinding, isNamed: boolean): string {
  const known = middleOf(it.saving) === 0 ? "" : howKnown(it.saving);
  const name = isNamed ? `**${headOf(it)}**${inParentheses(it.saving)}` : "";
  return [name, known].filter((part) => part !== "").join("\n\n");
}

/** A finding that is not about bytes (a comment) shows none. */
const inParentheses = (size: Size): string =>
  size.kind === "measured" && size.bytes === 0 ? "" : ` (${sizeLabel(size)})`;

const holds = (at: Span, offset: number): boolean => at.start <= offset && offset <= at.end;
