/** Sparse files of tar archives: only the parts between their holes are stored, one after another. */

import { textOf } from "../text/utf8.ts";

/** The stored parts' starts and lengths in the file in turn, ascending, none empty. */
export type SparseParts = Float64Array<ArrayBuffer>;

/** `map`: the header's own list; undefined where it is broken. `inBody`: the body begins with the list. */
export type SparseForm =
  | { readonly kind: "map"; readonly parts: SparseParts | undefined; readonly size: number }
  | { readonly kind: "inBody"; readonly size: number };

/** `numbers`: starts and lengths in turn. Undefined where they are none, or lead back or out of the file. */
export function partsOf(numbers: ArrayLike<number>, size: number): SparseParts | undefined {
  if (numbers.length % 2 !== 0) return undefined;
  const res = new Float64Array(numbers.length);
  let count = 0;
  let end = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    const [start = Number.NaN, length = Number.NaN] = [numbers[at], numbers[at + 1]];
    // Not a number compares with nothing.
    if (!(start >= end && length >= 0 && start + length <= size)) return undefined;
    end = start + length;
    // GNU tar ends the list of a file with a hole at its end by an empty part.
    if (length === 0) continue;
    res[count] = start;
    res[count + 1] = length;
    count += 2;
  }
  return res.slice(0, count);
}

export function storedBytes(parts: SparseParts): number {
  let res = 0;
  for (let at = 1; at < parts.length; at += 2) res += parts[at] ?? 0;
  return res;
}

const block = 512;
const newline = 0x0a;
const longestList = 8 << 20;
const nothing = new Uint8Array(0);
const zeros = new Uint8Array(1 << 16);

/** The list at the beginning of a body: decimal numbers, a line each, the first one their count, in whole blocks. */
export class SparseList {
  readonly #size: number;
  #blocks: Uint8Array[] = [];
  #lines = 0;
  #done = false;
  #parts: SparseParts | undefined;
  /** Bytes that it takes of the body. */
  length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Once it is done; undefined where it is broken. */
  get parts(): SparseParts | undefined {
    return this.#parts;
  }

  get isDone(): boolean {
    return this.#done;
  }

  /** Takes what belongs to the list and answers the rest. */
  push(stored: Uint8Array): Uint8Array {
    for (let at = 0; at < stored.length; ) {
      if (this.#done) return stored.subarray(at);
      const filled = this.length % block;
      if (filled === 0) this.#blocks.push(new Uint8Array(block));
      const piece = stored.subarray(at, at + block - filled);
      this.#blocks.at(-1)?.set(piece, filled);
      at += piece.length;
      this.length += piece.length;
      for (const byte of piece) if (byte === newline) this.#lines += 1;
      if (this.length % block === 0) this.#settle();
    }
    return nothing;
  }

  #settle(): void {
    const count = Number(/^(\d{1,7})\n/.exec(textOf(this.#blocks[0] ?? nothing))?.[1]);
    const isBroken = Number.isNaN(count) || this.length >= longestList;
    // Joining is for a whole list only: doing it block by block would take quadratic time.
    if (!isBroken && this.#lines < count * 2 + 1) return;
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#done = true;
    if (isBroken) return;
    const lines = blocks
      .map((it) => textOf(it))
      .join("")
      .split("\n", count * 2 + 1);
    this.#parts = partsOf(lines.slice(1).map(numberOf), this.#size);
  }
}

/** Not a number for what is none. */
export const numberOf = (text: string): number => (/^\d{1,16}$/.test(text) ? Number(text) : Number.NaN);

/**
 * The content of a sparse file from its stored pieces. A broken list, or more than `most` bytes of holes, end it:
 * then `broken` is true and the content is not known.
 */
export class SparseContent {
  readonly #size: number;
  readonly #give: (piece: Uint8Array) => void;
  readonly #list: SparseList | undefined;
  #parts: SparseParts | undefined;
  /** Of `#parts`. */
  #part = 0;
  /** Of the present part. */
  #given = 0;
  /** Of the file. */
  #at = 0;
  readonly #most: number;
  broken = false;

  constructor(form: SparseForm, most: number, give: (piece: Uint8Array) => void) {
    this.#size = form.size;
    this.#give = give;
    this.#most = most;
    if (form.kind === "map") this.#begin(form.parts);
    else this.#list = new SparseList(form.size);
  }

  push(stored: Uint8Array): void {
    let piece = stored;
    if (this.#list !== undefined && !this.#list.isDone) {
      piece = this.#list.push(stored);
      if (this.#list.isDone) this.#begin(this.#list.parts);
    }
    while (piece.length > 0 && !this.broken && this.#parts !== undefined) {
      const [start, length] = [this.#parts[this.#part], this.#parts[this.#part + 1]];
      if (start === undefined || length === undefined) return;
      this.#hole(start);
      const taken = piece.subarray(0, length - this.#given);
      this.#give(taken);
      this.#at += taken.length;
      this.#given += taken.length;
      piece = piece.subarray(taken.length);
      if (this.#given < length) return;
      this.#part += 2;
      this.#given = 0;
    }
  }

  finish(): void {
    // Parts that did not come are no holes.
    if (this.#parts === undefined || this.#part < this.#parts.length) this.broken = true;
    if (!this.broken) this.#hole(this.#size);
  }

  #begin(parts: SparseParts | undefined): void {
    this.#parts = parts;
    this.broken = parts === undefined || this.#size - storedBytes(parts) > this.#most;
  }

  #hole(to: number): void {
    while (this.#at < to) {
      const piece = zeros.subarray(0, to - this.#at);
      this.#give(piece);
      this.#at += piece.length;
    }
  }
}

/** Reads `length` bytes from `at` of what is stored into `into`; answers how many there were. */
export type ReadStored = (into: Uint8Array, at: number, length: number) => number;

/** A sparse file whose stored parts can be read at any place. */
export class SparseBody {
  readonly #parts: SparseParts;
  /** By part: where it is stored. */
  readonly #places: Float64Array;
  readonly #read: ReadStored;

  /** `from`: where the first part is stored. */
  constructor(parts: SparseParts, from: number, read: ReadStored) {
    this.#parts = parts;
    this.#read = read;
    this.#places = new Float64Array(parts.length / 2);
    let place = from;
    for (let part = 0; part < this.#places.length; part += 1) {
      this.#places[part] = place;
      place += parts[part * 2 + 1] ?? 0;
    }
  }

  /** Fills `into` with the file's bytes from `start`; false where a part is cut short. */
  fill(into: Uint8Array, start: number): boolean {
    into.fill(0);
    const end = start + into.length;
    for (let part = this.#firstEndingAfter(start); part < this.#places.length; part += 1) {
      const [from = 0, length = 0] = this.#parts.subarray(part * 2, part * 2 + 2);
      if (from >= end) break;
      const [low, high] = [Math.max(from, start), Math.min(from + length, end)];
      const place = (this.#places[part] ?? 0) + low - from;
      if (this.#read(into.subarray(low - start, high - start), place, high - low) < high - low) return false;
    }
    return true;
  }

  #firstEndingAfter(place: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#parts[middle * 2] ?? 0) + (this.#parts[middle * 2 + 1] ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
