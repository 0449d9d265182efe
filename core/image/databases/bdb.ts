/**
 * The hash of Berkeley DB that older versions of rpm keep their packages in (Packages; Berkeley DB's dbinc/db_page.h and
 * dbinc/hash.h): a metadata page, pages of keys and values in turn, and chains of overflow pages for long values.
 *
 * Invariant: no bytes make it throw, loop or give more than the database holds.
 */

const hashMagic = 0x061561;
const pageHead = 26;
const kinds = { hashUnsorted: 2, overflow: 7, hash: 13 };
const items = { onPage: 1, offPage: 3 };

/** The values, in the order of the pages; undefined: no such database. */
export function bdbValues(
  bytes: Uint8Array,
): { readonly values: readonly Uint8Array[]; readonly isBroken: boolean } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 512) return undefined;
  // Of the machine that wrote it.
  const little = view.getUint32(12, true) === hashMagic;
  if (!little && view.getUint32(12, false) !== hashMagic) return undefined;
  const pageSize = view.getUint32(20, little);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const reader = new HashReader(bytes, view, pageSize, little);
  for (let start = pageSize; start + pageSize <= bytes.length; start += pageSize) reader.page(start);
  return { values: reader.values, isBroken: reader.isBroken };
}

class HashReader {
  readonly values: Uint8Array[] = [];
  isBroken = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageSize: number;
  readonly #little: boolean;
  /** Values of a sound database do not lie on each other. */
  #left: number;

  constructor(bytes: Uint8Array, view: DataView, pageSize: number, little: boolean) {
    this.#bytes = bytes;
    this.#view = view;
    this.#pageSize = pageSize;
    this.#little = little;
    this.#left = bytes.length;
  }

  page(start: number): void {
    const kind = this.#bytes[start + 25];
    if (kind !== kinds.hash && kind !== kinds.hashUnsorted) return;
    const count = this.#number16(start + 20);
    if (pageHead + count * 2 > this.#pageSize) {
      this.isBroken = true;
      return;
    }
    for (let index = 1; index < count; index += 2) {
      // An item ends where the one before it begins: they are filled in from the page's end.
      const at = this.#number16(start + pageHead + index * 2);
      const end = this.#number16(start + pageHead + (index - 1) * 2);
      const value =
        at < pageHead || at >= end || end > this.#pageSize ? undefined : this.#item(start + at, start + end);
      this.#left -= value?.length ?? 0;
      if (value === undefined || this.#left < 0) this.isBroken = true;
      else this.values.push(value);
      if (this.#left < 0) return;
    }
  }

  #item(at: number, end: number): Uint8Array | undefined {
    if (this.#bytes[at] === items.onPage) return this.#bytes.subarray(at + 1, end);
    if (this.#bytes[at] !== items.offPage || at + 12 > end) return undefined;
    return this.#chain(this.#number32(at + 4), this.#number32(at + 8));
  }

  #chain(first: number, length: number): Uint8Array | undefined {
    if (length > this.#left) return undefined;
    const res = new Uint8Array(length);
    let filled = 0;
    for (let page = first; filled < length; ) {
      const start = page * this.#pageSize;
      if (page === 0 || start + this.#pageSize > this.#bytes.length) return undefined;
      const here = this.#number16(start + 22);
      const isChained =
        this.#bytes[start + 25] === kinds.overflow && here > 0 && pageHead + here <= this.#pageSize;
      if (!isChained || filled + here > length) return undefined;
      res.set(this.#bytes.subarray(start + pageHead, start + pageHead + here), filled);
      filled += here;
      page = this.#number32(start + 16);
    }
    return res;
  }

  readonly #number16 = (at: number): number => this.#view.getUint16(at, this.#little);
  readonly #number32 = (at: number): number => this.#view.getUint32(at, this.#little);
}
