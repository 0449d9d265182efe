/**
 * The edits that turn one text into another, by whole lines.
 *
 * Invariant: `applyEdits(before, editsBetween(before, after)) === after`; equal lines stay untouched.
 */
import type { Edit } from "./edit.ts";

/** Above this many cells the changed middle is replaced as one piece: the answer stays right, only coarser. */
const largestTable = 4_000_000;

export function editsBetween(before: string, after: string): Edit[] {
  if (before === after) return [];
  const old = linesOf(before);
  const young = linesOf(after);
  let head = 0;
  while (head < old.length && head < young.length && old[head] === young[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < young.length - head &&
    old[old.length - 1 - tail] === young[young.length - 1 - tail]
  ) {
    tail += 1;
  }
  const start = lengthOf(old.slice(0, head));
  return middleEdits(start, old.slice(head, old.length - tail), young.slice(head, young.length - tail));
}

/** Lines with their line breaks, so that joining them gives the text back. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, it) => sum + it.length, 0);

/** Walks the longest common subsequence of lines and gathers what lies between its members. */
function middleEdits(start: number, old: readonly string[], young: readonly string[]): Edit[] {
  const width = young.length + 1;
  if ((old.length + 1) * width > largestTable) {
    return [{ at: { start, end: start + lengthOf(old) }, insert: young.join("") }];
  }
  const common = commonLengths(old, young);
  const edits: Edit[] = [];
  let [row, column, at] = [0, 0, start];
  let open: { start: number; insert: string } | undefined;
  const close = (): void => {
    if (open !== undefined) edits.push({ at: { start: open.start, end: at }, insert: open.insert });
    open = undefined;
  };
  while (row < old.length || column < young.length) {
    const [oldLine, youngLine] = [old[row], young[column]];
    if (oldLine !== undefined && oldLine === youngLine) {
      close();
      at += oldLine.length;
      row += 1;
      column += 1;
      continue;
    }
    open ??= { start: at, insert: "" };
    const below = common[(row + 1) * width + column] ?? 0;
    const right = common[row * width + column + 1] ?? 0;
    if (oldLine !== undefined && (youngLine === undefined || below >= right)) {
      at += oldLine.length;
      row += 1;
    } else {
      open.insert += youngLine ?? "";
      column += 1;
    }
  }
  close();
  return edits;
}

/** Cell (row, column): how many lines `old` from row on and `young` from column on have in common. */
function commonLengths(old: readonly string[], young: readonly string[]): Uint32Array {
  const width = young.length + 1;
  const res = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = young.length - 1; column >= 0; column -= 1) {
      res[row * width + column] =
        old[row] === young[column]
          ? (res[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(res[(row + 1) * width + column] ?? 0, res[row * width + column + 1] ?? 0);
    }
  }
  return res;
}
