/** The fields of a tar header's block, and whether it is one. */

import { copied } from "./copied.ts";
import { wordsOf } from "./words.ts";

export const tarBlock = 512;

/** A copy, up to the first zero byte. */
export const field = (block: Uint8Array, start: number, length: number): Uint8Array =>
  copied(block, start, endOf(block, start, length));

export const upToZero = (bytes: Uint8Array): Uint8Array => copied(bytes, 0, endOf(bytes, 0, bytes.length));

/** By its checksum; of both kinds, since older programs summed up signed bytes. */
export function isTarHead(block: Uint8Array): boolean {
  const sum = octal(block, 148, 8);
  if (sum === undefined) return false;
  const unsigned = sumOf(block);
  if (sum === unsigned) return true;
  let negative = 0;
  for (let at = 0; at < tarBlock; at += 1)
    if ((at < 148 || at >= 156) && (block[at] ?? 0) > 127) negative += 1;
  return sum === unsigned - 256 * negative;
}

/** Of all bytes, those of the checksum itself as blanks. */
function sumOf(block: Uint8Array): number {
  let res = 8 * 0x20;
  if ((block.byteOffset & 3) === 0) {
    // Two bytes of each word at a time: a whole block's never carry into each other.
    let pairs = 0;
    const words = wordsOf(block.buffer);
    const first = block.byteOffset >> 2;
    for (let at = first; at < first + (tarBlock >> 2); at += 1) {
      const it = words[at] ?? 0;
      pairs += (it & 0xff00ff) + ((it >>> 8) & 0xff00ff);
    }
    res += (pairs & 0xffff) + Math.floor(pairs / 0x1_0000);
  } else for (let at = 0; at < tarBlock; at += 1) res += block[at] ?? 0;
  for (let at = 148; at < 156; at += 1) res -= block[at] ?? 0;
  return res;
}

/** Octal digits, or base-256 where the first bit is set; undefined for what is negative or no exact number. */
export function number(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) return octal(block, start, length);
  if ((first & 0x40) !== 0) return undefined;
  let res = first & 0x3f;
  for (let at = start + 1; at < start + length; at += 1) res = res * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(res) ? res : undefined;
}

/** No digits at all are 0; fields are filled with spaces and zero bytes before and after. */
function octal(block: Uint8Array, start: number, length: number): number | undefined {
  let res = 0;
  let digits = 0;
  for (let at = start; at < start + length; at += 1) {
    const byte = block[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) {
      res = res * 8 + byte - 0x30;
      digits += 1;
    } else if (byte !== 0 && byte !== 0x20) return undefined;
    else if (digits > 0) break;
  }
  return res;
}

export const decimal = (text: string): number | undefined => {
  const res = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(res) ? res : undefined;
};

function endOf(bytes: Uint8Array, start: number, length: number): number {
  const zero = bytes.indexOf(0, start);
  return zero === -1 || zero > start + length ? start + length : zero;
}
