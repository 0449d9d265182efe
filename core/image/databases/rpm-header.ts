/**
 * An RPM package's header as databases hold it (rpm's docs/manual/format_header.md): two counts, an index of 16 bytes an
 * entry, and the data, all big-endian.
 *
 * Invariant: no bytes make it throw; what is not there or broken is empty.
 */
import { textOf } from "../../text/utf8.ts";

export const rpmTags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  oldFileNames: 1027,
  provides: 1047,
  requires: 1049,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
};

const types = { int16: 3, int32: 4, text: 6, texts: 8, translated: 9 };

export class RpmHeader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #entries = new Map<
    number,
    { readonly type: number; readonly offset: number; readonly count: number }
  >();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8) return;
    const count = this.#view.getUint32(0);
    const data = 8 + count * 16;
    for (let at = 8; at < data && at + 16 <= bytes.length; at += 16) {
      this.#entries.set(this.#view.getUint32(at), {
        type: this.#view.getUint32(at + 4),
        offset: data + this.#view.getUint32(at + 8),
        count: this.#view.getUint32(at + 12),
      });
    }
  }

  text(tag: number): string | undefined {
    return this.texts(tag)[0];
  }

  texts(tag: number): readonly string[] {
    const it = this.#entries.get(tag);
    if (
      it === undefined ||
      !(it.type === types.text || it.type === types.texts || it.type === types.translated)
    )
      return [];
    const res: string[] = [];
    for (let at = it.offset; res.length < it.count && at < this.#bytes.length; ) {
      const end = this.#bytes.indexOf(0, at);
      if (end === -1) break;
      res.push(textOf(this.#bytes, at, end));
      at = end + 1;
    }
    return res;
  }

  numbers(tag: number): readonly number[] {
    const it = this.#entries.get(tag);
    const width = it?.type === types.int32 ? 4 : it?.type === types.int16 ? 2 : 0;
    if (it === undefined || width === 0) return [];
    const res: number[] = [];
    for (let at = it.offset; res.length < it.count && at + width <= this.#bytes.length; at += width)
      res.push(width === 4 ? this.#view.getUint32(at) : this.#view.getUint16(at));
    return res;
  }
}
