/**
 * The directory of a zip archive from its last bytes (PKWARE's APPNOTE): an end record, before it the directory, before
 * that the entries.
 *
 * Invariant: no bytes make it throw; what is broken or lies before the bytes at hand is left out.
 */
import { textOf } from "../text/utf8.ts";
import { inflated } from "./inflate.ts";

export interface ZipEntry {
  readonly name: string;
  /** As they lie in the archive. */
  readonly packed: number;
  readonly size: number;
  readonly method: number;
  readonly offset: number;
}

/** The last bytes of an archive of `size` bytes. */
export class ZipTail {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly entries: readonly ZipEntry[];

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = size - bytes.length;
    this.entries = this.#directory();
  }

  /** How many of the last bytes hold the directory; undefined: there is none, or it is one of zip64's. */
  get directoryLength(): number | undefined {
    const end = this.#endRecord();
    if (end === undefined) return undefined;
    const size = this.#view.getUint32(end + 12, true);
    const count = this.#view.getUint16(end + 10, true);
    return size === 0xffff_ffff || count === 0xffff ? undefined : this.#bytes.length - end + size;
  }

  /** The bytes of an entry as they lie in the archive; undefined where they are not at hand. */
  packed(it: ZipEntry): Uint8Array | undefined {
    const at = it.offset - this.#start;
    if (at < 0 || at + 30 > this.#bytes.length || this.#view.getUint32(at, true) !== signatures.entry)
      return undefined;
    const start = at + 30 + this.#view.getUint16(at + 26, true) + this.#view.getUint16(at + 28, true);
    return start + it.packed <= this.#bytes.length
      ? this.#bytes.subarray(start, start + it.packed)
      : undefined;
  }

  text(it: ZipEntry): string | undefined {
    const packed = it.size <= longestText ? this.packed(it) : undefined;
    const plain = packed === undefined || it.method === 0 ? packed : inflated(packed, it.size);
    return plain === undefined ? undefined : textOf(plain);
  }

  #directory(): readonly ZipEntry[] {
    const end = this.#endRecord();
    if (end === undefined) return [];
    const res: ZipEntry[] = [];
    // Something may stand before the archive (a start script): all offsets count from its own start.
    const size = this.#view.getUint32(end + 12, true);
    const from = end - size;
    const shift = this.#start + from - this.#view.getUint32(end + 16, true);
    for (
      let at = from;
      at >= 0 && at + 46 <= end && this.#view.getUint32(at, true) === signatures.directory;
    ) {
      const nameLength = this.#view.getUint16(at + 28, true);
      const extras = this.#view.getUint16(at + 30, true) + this.#view.getUint16(at + 32, true);
      res.push({
        name: textOf(this.#bytes, at + 46, Math.min(at + 46 + nameLength, end)),
        packed: this.#view.getUint32(at + 20, true),
        size: this.#view.getUint32(at + 24, true),
        method: this.#view.getUint16(at + 10, true),
        offset: this.#view.getUint32(at + 42, true) + shift,
      });
      at += 46 + nameLength + extras;
    }
    return res;
  }

  /** A comment of up to 64 KiB may follow it. */
  #endRecord(): number | undefined {
    const last = this.#bytes.length - 22;
    for (let at = last; at >= 0 && at >= last - 65_535; at -= 1) {
      if (this.#bytes[at] === 0x50 && this.#view.getUint32(at, true) === signatures.end) return at;
    }
    return undefined;
  }
}

const signatures = { entry: 0x0403_4b50, directory: 0x0201_4b50, end: 0x0605_4b50 };
const longestText = 1 << 20;
