/**
 * Reads a table of an SQLite database (the format at sqlite.org/fileformat2.html), with the pages that its write-ahead
 * log has newer.
 *
 * Invariant: no bytes make it throw, loop or take more memory than the database's size, nor give many times as much as
 * it holds; what is broken ends the rows.
 */
import { textOf } from "../../text/utf8.ts";

export type SqlValue = number | string | Uint8Array | null;

export class Sqlite {
  readonly #bytes: Uint8Array;
  readonly #pageSize: number;
  readonly #usable: number;
  /** Newer pages, by number from 1. */
  readonly #logged: ReadonlyMap<number, Uint8Array>;
  /** Something in it contradicts the format. */
  isBroken = false;
  /** Bytes of rows: cells of a sound database do not lie on each other. */
  #left: number;

  private constructor(bytes: Uint8Array, pageSize: number, log: Uint8Array | undefined) {
    this.#bytes = bytes;
    this.#pageSize = pageSize;
    this.#usable = pageSize - (bytes[20] ?? 0);
    this.#logged = log === undefined ? new Map() : loggedPages(log, pageSize);
    this.#left = mostReadings * (bytes.length + this.#logged.size * pageSize);
  }

  /** Undefined: no SQLite database. `log`: the file of the same name and `-wal`. */
  static open(bytes: Uint8Array, log?: Uint8Array): Sqlite | undefined {
    if (bytes.length < 512 || textOf(bytes, 0, 15) !== "SQLite format 3") return undefined;
    const written = viewOf(bytes).getUint16(16);
    const pageSize = written === 1 ? 65_536 : written;
    const isSound =
      pageSize >= 512 && (pageSize & (pageSize - 1)) === 0 && pageSize - (bytes[20] ?? 0) >= 480;
    return isSound ? new Sqlite(bytes, pageSize, log) : undefined;
  }

  /** The rows of a table, each with the values of its columns in their order; a table that is not there has none. */
  *rows(table: string): Generator<readonly SqlValue[]> {
    for (const [type, name, , root] of this.#rowsAt(1)) {
      if (type !== "table" || name !== table || typeof root !== "number") continue;
      yield* this.#rowsAt(root);
      return;
    }
  }

  *#rowsAt(root: number): Generator<readonly SqlValue[]> {
    const waiting = [root];
    const seen = new Set<number>();
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      const page = this.#page(number);
      if (page === undefined || seen.has(number)) {
        this.isBroken = true;
        continue;
      }
      seen.add(number);
      const view = viewOf(page);
      const start = number === 1 ? 100 : 0;
      const kind = page[start];
      if (kind !== interior && kind !== leaf) {
        this.isBroken = true;
        continue;
      }
      const count = view.getUint16(start + 3);
      const pointers = start + (kind === interior ? 12 : 8);
      if (pointers + count * 2 > page.length) {
        this.isBroken = true;
        continue;
      }
      if (kind === interior) {
        const children = [view.getUint32(start + 8)];
        for (let index = count - 1; index >= 0; index -= 1) {
          const at = view.getUint16(pointers + index * 2);
          if (at + 4 <= page.length) children.push(view.getUint32(at));
        }
        waiting.push(...children);
        continue;
      }
      for (let index = 0; index < count; index += 1) {
        if (this.#left < 0) {
          this.isBroken = true;
          return;
        }
        const row = this.#row(page, view.getUint16(pointers + index * 2));
        if (row === undefined) this.isBroken = true;
        else yield row;
      }
    }
  }

  #page(number: number): Uint8Array | undefined {
    const logged = this.#logged.get(number);
    if (logged !== undefined) return logged;
    const start = (number - 1) * this.#pageSize;
    return number >= 1 && start + this.#pageSize <= this.#bytes.length
      ? this.#bytes.subarray(start, start + this.#pageSize)
      : undefined;
  }

  #row(page: Uint8Array, at: number): readonly SqlValue[] | undefined {
    const size = varint(page, at);
    const row = varint(page, at + size.length);
    this.#left -= size.value + leastRow;
    const start = at + size.length + row.length;
    const payload = this.#payload(page, start, size.value);
    return payload === undefined ? undefined : valuesOf(payload, row.value);
  }

  /** What does not fit the page goes on in a chain of overflow pages. */
  #payload(page: Uint8Array, start: number, size: number): Uint8Array | undefined {
    if (size > this.#bytes.length + this.#logged.size * this.#pageSize) return undefined;
    const most = this.#usable - 35;
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const spilled = least + ((size - least) % (this.#usable - 4));
    const local = size <= most ? size : spilled <= most ? spilled : least;
    if (start + local > page.length) return undefined;
    if (local === size) return page.subarray(start, start + size);
    const res = new Uint8Array(size);
    res.set(page.subarray(start, start + local));
    let filled = local;
    let next = start + local + 4 <= page.length ? viewOf(page).getUint32(start + local) : 0;
    while (filled < size) {
      const more = this.#page(next);
      if (more === undefined) return undefined;
      const piece = more.subarray(4, 4 + Math.min(this.#usable - 4, size - filled));
      res.set(piece, filled);
      filled += piece.length;
      next = viewOf(more).getUint32(0);
    }
    return res;
  }
}

/** Tables are asked for one after another, the list of tables each time. */
const mostReadings = 2;
/** A pointer to the cell, its two numbers. */
const leastRow = 4;

const leaf = 0x0d;
const interior = 0x05;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Up to nine bytes, seven bits each, the highest first; what no file can hold is not a safe number and refused later. */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly length: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, length: index + 1 };
  }
  return { value: value * 256 + (bytes[at + 8] ?? 0), length: 9 };
}

/** A record: the length of its header, a type for each column, the values. `row`: what a null key stands for. */
function valuesOf(payload: Uint8Array, row: number): readonly SqlValue[] | undefined {
  const header = varint(payload, 0);
  if (header.value > payload.length) return undefined;
  const res: SqlValue[] = [];
  let body = header.value;
  for (let at = header.length; at < header.value; ) {
    const type = varint(payload, at);
    at += type.length;
    const size = sizeOf(type.value);
    if (body + size > payload.length) return undefined;
    res.push(type.value === 0 && res.length === 0 ? row : columnValue(payload, body, type.value, size));
    body += size;
  }
  return res;
}

const integerSizes = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

const sizeOf = (type: number): number =>
  type < 12 ? (integerSizes[type] ?? 0) : Math.floor((type - 12) / 2);

function columnValue(payload: Uint8Array, at: number, type: number, size: number): SqlValue {
  if (type >= 12) return type % 2 === 0 ? payload.subarray(at, at + size) : textOf(payload, at, at + size);
  if (type === 0) return null;
  if (type === 7) return viewOf(payload).getFloat64(at);
  if (type >= 8) return type - 8;
  let res = ((payload[at] ?? 0) << 24) >> 24;
  for (let index = 1; index < size; index += 1) res = res * 256 + (payload[at + index] ?? 0);
  return res;
}

/** Frames after a header of 32 bytes, each a header of 24 and a page; those up to the last commit count. */
function loggedPages(log: Uint8Array, pageSize: number): ReadonlyMap<number, Uint8Array> {
  const committed = new Map<number, Uint8Array>();
  const view = viewOf(log);
  if (log.length < 32 || view.getUint32(8) !== pageSize) return committed;
  let pending = new Map<number, Uint8Array>();
  for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize) {
    // Frames of an earlier use of the log have other salts.
    if (view.getUint32(at + 8) !== view.getUint32(16) || view.getUint32(at + 12) !== view.getUint32(20))
      break;
    pending.set(view.getUint32(at), log.subarray(at + 24, at + 24 + pageSize));
    if (view.getUint32(at + 4) === 0) continue;
    for (const [number, page] of pending) committed.set(number, page);
    pending = new Map();
  }
  return committed;
}
