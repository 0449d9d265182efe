/** A quick number of a content's first bytes: different numbers prove different contents, equal ones prove nothing. */

import { wordsOf } from "./words.ts";

/** Of a content, the first bytes that count: as many as a disk gives along with the header. */
export const fingerprinted = 512;

/** Of `bytes` from `start`, at most `fingerprinted` of them; `size`: of the whole content. */
export function fingerprintOf(bytes: Uint8Array, start: number, size: number): number {
  const length = Math.min(size, fingerprinted);
  const whole = length & ~3;
  let res = 0x2545_f491;
  const offset = bytes.byteOffset + start;
  if ((offset & 3) === 0) {
    const words = wordsOf(bytes.buffer);
    const first = offset >> 2;
    for (let at = first; at < first + (whole >> 2); at += 1) res = step(res, words[at] ?? 0);
  } else {
    for (let at = start; at < start + whole; at += 4) {
      res = step(
        res,
        (bytes[at] ?? 0) |
          ((bytes[at + 1] ?? 0) << 8) |
          ((bytes[at + 2] ?? 0) << 16) |
          ((bytes[at + 3] ?? 0) << 24),
      );
    }
  }
  for (let at = start + whole; at < start + length; at += 1) res = step(res, bytes[at] ?? 0);
  return res >>> 0;
}

function step(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}

/** Of pieces of equal length. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  const { length } = a;
  let at = 0;
  if ((a.byteOffset & 3) === 0 && (b.byteOffset & 3) === 0) {
    const words = length >> 2;
    const [left, right] = [
      new Int32Array(a.buffer, a.byteOffset, words),
      new Int32Array(b.buffer, b.byteOffset, words),
    ];
    for (; at < words; at += 1) if (left[at] !== right[at]) return false;
    at *= 4;
  }
  for (; at < length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
