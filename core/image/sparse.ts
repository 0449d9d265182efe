/** Sparse files of tar archives: only the parts between their holes are stored, one after another. */
import { textOf } from "../text/utf8.ts";

/** A part that is stored: its place in the file. */
export interface SparsePart {
  readonly start: number;
  readonly length: number;
}

/** `map`: the header's own list; undefined where it is broken. `inBody`: the body begins with the list. */
export type SparseForm =
  | { readonly kind: "map"; readonly parts: readonly SparsePart[] | undefined; readonly size: number }
  | { readonly kind: "inBody"; readonly size: number };

/** Starts and lengths in turn. */
export function partsOfNumbers(numbers: readonly number[]): readonly SparsePart[] | undefined {
  if (numbers.length % 2 !== 0) return undefined;
  const res: SparsePart[] = [];
  for (let at = 0; at < numbers.length; at += 2)
    res.push({ start: numbers[at] ?? Number.NaN, length: numbers[at + 1] ?? Number.NaN });
  return res;
}

const block = 512;
const newline = 0x0a;
const longestList = 8 << 20;
const zeros = new Uint8Array(1 << 16);

/**
 * The content of a sparse file from its stored pieces. A broken list, or more than `most` bytes of holes, end it:
 * then `broken` is true and the content is not known.
 */
export class SparseContent {
  readonly #size: number;
  readonly #give: (piece: Uint8Array) => void;
  #parts: readonly SparsePart[] | undefined;
  #list: Uint8Array[] = [];
  #listLength = 0;
  #lines = 0;
  #part = 0;
  /** Of the present part. */
  #given = 0;
  /** Of the file. */
  #at = 0;
  #holesLeft: number;
  broken = false;

  constructor(form: SparseForm, most: number, give: (piece: Uint8Array) => void) {
    this.#size = form.size;
    this.#give = give;
    this.#holesLeft = most;
    if (form.kind === "map") this.#take(form.parts);
  }

  push(stored: Uint8Array): void {
    let piece = stored;
    if (this.#parts === undefined && !this.broken) piece = this.#pushList(stored);
    while (piece.length > 0 && !this.broken) {
      const part = this.#parts?.[this.#part];
      if (part === undefined) return;
      this.#hole(part.start);
      const taken = piece.subarray(0, part.length - this.#given);
      if (this.broken) return;
      this.#give(taken);
      this.#at += taken.length;
      this.#given += taken.length;
      piece = piece.subarray(taken.length);
      if (this.#given === part.length) {
        this.#part += 1;
        this.#given = 0;
      }
    }
  }

  finish(): void {
    if (this.#parts === undefined) this.broken = true;
    if (!this.broken) this.#hole(this.#size);
  }

  #take(parts: readonly SparsePart[] | undefined): void {
    let at = 0;
    for (const { start, length } of parts ?? []) {
      // Not a number compares with nothing.
      if (!(start >= at && length >= 0)) this.broken = true;
      at = start + length;
    }
    if (parts === undefined || at > this.#size) this.broken = true;
    this.#parts = parts?.filter((it) => it.length > 0);
  }

  #hole(to: number): void {
    if (to - this.#at > this.#holesLeft) {
      this.broken = true;
      return;
    }
    this.#holesLeft -= to - this.#at;
    while (this.#at < to) {
      const piece = zeros.subarray(0, to - this.#at);
      this.#give(piece);
      this.#at += piece.length;
    }
  }

  /** Answers what follows the list: decimal numbers, a line each, the first one their count, in whole blocks. */
  #pushList(stored: Uint8Array): Uint8Array {
    for (let at = 0; at < stored.length; ) {
      const room = block - (this.#listLength % block);
      const piece = stored.slice(at, at + room);
      this.#list.push(piece);
      this.#listLength += piece.length;
      for (const byte of piece) if (byte === newline) this.#lines += 1;
      at += piece.length;
      if (piece.length < room) return stored.subarray(at);
      const parts = this.#listed();
      if (parts === undefined && this.#listLength < longestList) continue;
      this.#list = [];
      this.#take(parts);
      return stored.subarray(at);
    }
    return stored.subarray(stored.length);
  }

  /** Undefined while the list is not complete. */
  #listed(): readonly SparsePart[] | undefined {
    const count = Number(/^(\d{1,7})\n/.exec(textOf(this.#list[0] ?? zeros.subarray(0, 0)))?.[1]);
    if (Number.isNaN(count)) {
      this.broken = true;
      return [];
    }
    // Joining is for a whole list only: doing it block by block would take quadratic time.
    if (this.#lines < count * 2 + 1) return undefined;
    const lines = this.#list
      .map((it) => textOf(it))
      .join("")
      .split("\n");
    return partsOfNumbers(
      lines.slice(1, count * 2 + 1).map((it) => (/^\d+$/.test(it) ? Number(it) : Number.NaN)),
    );
  }
}
