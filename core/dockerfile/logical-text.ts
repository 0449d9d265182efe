/**
 * LogicalText: several source lines as the one line that Docker makes of them, with the way back.
 *
 * Docker joins continued lines, keeps the white space at their start, and drops comment lines and empty
 * lines between them; what a shell or a word splitter sees is this text and no other.
 */
import type { Span } from "../text/span.ts";

export interface TextPiece {
  readonly text: string;
  /** Where it stands in the source. */
  readonly start: number;
  /** Characters in front of it that belong to its first one: the backslash of an escape. */
  readonly lead?: number;
}

export class LogicalText {
  readonly text: string;
  /** Where each piece begins in the logical text and in the source, in order. */
  readonly #logicalStarts: readonly number[];
  readonly #sourceStarts: readonly number[];
  readonly #leads: readonly number[];

  constructor(pieces: readonly TextPiece[]) {
    const logicalStarts: number[] = [];
    const sourceStarts: number[] = [];
    const leads: number[] = [];
    let text = "";
    for (const piece of pieces) {
      logicalStarts.push(text.length);
      sourceStarts.push(piece.start);
      leads.push(piece.lead ?? 0);
      text += piece.text;
    }
    this.text = text;
    this.#logicalStarts = logicalStarts;
    this.#sourceStarts = sourceStarts;
    this.#leads = leads;
  }

  /** The rest from a logical offset on, as a text of its own with the same way back. */
  from(logical: number): LogicalText {
    const pieces = this.#logicalStarts.flatMap((start, index) => {
      const end = this.#logicalStarts[index + 1] ?? this.text.length;
      if (end <= logical) return [];
      const from = Math.max(start, logical);
      return [{ text: this.text.slice(from, end), start: (this.#sourceStarts[index] ?? 0) + from - start }];
    });
    return new LogicalText(pieces);
  }

  /** Source offset of a character of the logical text. */
  offsetInSource(logical: number): number {
    const low = this.#pieceAt(logical);
    return (this.#sourceStarts[low] ?? 0) + logical - (this.#logicalStarts[low] ?? 0);
  }

  #pieceAt(logical: number): number {
    const starts = this.#logicalStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= logical) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Source span of a logical one. Its end is where its last character ends, not where the next line begins. */
  spanInSource(at: Span): Span {
    const piece = this.#pieceAt(at.start);
    const lead = this.#logicalStarts[piece] === at.start ? (this.#leads[piece] ?? 0) : 0;
    const start = this.offsetInSource(at.start) - lead;
    return { start, end: at.end <= at.start ? start : this.offsetInSource(at.end - 1) + 1 };
  }
}
