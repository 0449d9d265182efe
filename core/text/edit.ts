import { overlaps, type Span } from "./span.ts";

/** Replaces the text at a span of one document. */
export interface Edit {
  readonly at: Span;
  readonly insert: string;
}

/** Adds text and removes none, so it cannot collide with its neighbours. */
export const insertAt = (offset: number, insert: string): Edit => ({
  at: { start: offset, end: offset },
  insert,
});

export const removeAt = (at: Span): Edit => ({ at, insert: "" });

/**
 * The text after all edits. Spans are offsets into the text before any of them; insertions at one
 * offset keep their order. Overlapping edits are a bug of the caller: ask `collide` first.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.at.start - b.edit.at.start || a.edit.at.end - b.edit.at.end || a.index - b.index);
  let res = "";
  let copied = 0;
  for (const { edit } of inOrder) {
    if (edit.at.start < copied) throw new RangeError(`edits overlap at offset ${edit.at.start}`);
    res += text.slice(copied, edit.at.start) + edit.insert;
    copied = edit.at.end;
  }
  return res + text.slice(copied);
}

/** Whether two groups of edits touch the same characters, so that only one group can be applied. */
export const collide = (a: readonly Edit[], b: readonly Edit[]): boolean =>
  a.some((one) => b.some((other) => overlaps(one.at, other.at)));
