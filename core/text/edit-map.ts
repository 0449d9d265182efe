/** Where the offsets of a text are after edits. */
import type { Edit } from "./edit.ts";
import type { Span } from "./span.ts";

export class EditMap {
  readonly #edits: readonly Edit[];

  constructor(edits: readonly Edit[]) {
    this.#edits = [...edits].sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
  }

  /** Undefined: the character at the offset is gone. What is inserted at an offset comes before its character. */
  offsetAfter(offset: number): number | undefined {
    let shift = 0;
    for (const { at, insert } of this.#edits) {
      if (at.start > offset) break;
      if (offset < at.end) return undefined;
      shift += insert.length - (at.end - at.start);
    }
    return offset + shift;
  }

  /** Whether an edit changes characters of the span, or adds some inside it or at its end. */
  touches({ start, end }: Span): boolean {
    return this.#edits.some(({ at }) =>
      at.start === at.end ? start < at.start && at.start <= end : at.start < end && start < at.end,
    );
  }
}
