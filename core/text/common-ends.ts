/** How much two versions of a text have in common at their beginning and at their end. */
export interface CommonEnds {
  /** Characters. */
  readonly before: number;
  /** Characters, not overlapping `before` in either text. */
  readonly after: number;
}

/** Strings are compared in pieces of this length first, which engines do at the speed of memory. */
const piece = 1_024;

export function commonEnds(a: string, b: string): CommonEnds {
  const most = Math.min(a.length, b.length);
  let before = 0;
  while (before + piece <= most && a.slice(before, before + piece) === b.slice(before, before + piece))
    before += piece;
  while (before < most && a.charCodeAt(before) === b.charCodeAt(before)) before += 1;
  let after = 0;
  const rest = most - before;
  const fromEnd = (text: string, from: number): string =>
    text.slice(text.length - from - piece, text.length - from);
  while (after + piece <= rest && fromEnd(a, after) === fromEnd(b, after)) after += piece;
  while (after < rest && a.charCodeAt(a.length - 1 - after) === b.charCodeAt(b.length - 1 - after))
    after += 1;
  return { before, after };
}
