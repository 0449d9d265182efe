/**
 * Bytes as text. Invariant: `namedText` gives different texts for different bytes, whatever they are: names in tar
 * archives are bytes, and two files that differ in one byte are two files.
 */

/** Bytes that are no UTF-8 become U+FFFD. */
export const textOf = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  decoded(bytes, start, end, () => 0xfffd);

/** Bytes that are no UTF-8 become U+DC80 to U+DCFF, lone surrogates that no valid text holds. */
export const namedText = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  decoded(bytes, start, end, (byte) => 0xdc00 + byte);

/** The bytes of a text; what `namedText` made of bytes that are no UTF-8 becomes those bytes again. */
export function bytesOf(text: string): Uint8Array {
  return asciiOf(text) ?? encoded(text);
}

/** Undefined where the text has other characters too. */
function asciiOf(text: string): Uint8Array | undefined {
  const res = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return undefined;
    res[at] = unit;
  }
  return res;
}

function encoded(text: string): Uint8Array {
  const res: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) res.push(point);
    else if (point >= 0xdc80 && point <= 0xdcff) res.push(point - 0xdc00);
    else if (point < 0x800) res.push(0xc0 | (point >> 6), tail(point));
    else if (point < 0x1_0000) res.push(0xe0 | (point >> 12), tail(point >> 6), tail(point));
    else res.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point));
  }
  return Uint8Array.from(res);
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f);

const most = 4_096;

/** By length: what the characters of a short text are put into, since a list for each would be garbage at once. */
const shortUnits: readonly number[][] = Array.from({ length: 65 }, (_, length) => new Array(length).fill(0));

/** Undefined where the text is long or has other characters too. */
function shortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const units = shortUnits[end - start];
  if (units === undefined) return undefined;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return undefined;
    units[at - start] = byte;
  }
  return String.fromCharCode(...units);
}

function decoded(bytes: Uint8Array, start: number, end: number, broken: (byte: number) => number): string {
  return shortAscii(bytes, start, end) ?? decodedPiecewise(bytes, start, end, broken);
}

function decodedPiecewise(
  bytes: Uint8Array,
  start: number,
  end: number,
  broken: (byte: number) => number,
): string {
  let res = "";
  let units: number[] = [];
  for (let at = start; at < end; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : sequenceLength(bytes, at, end);
    if (length === 1) units.push(first);
    else if (length === 0) units.push(broken(first));
    else pushPoint(units, pointAt(bytes, at, length));
    at += Math.max(length, 1);
    if (units.length >= most) {
      res += String.fromCharCode(...units);
      units = [];
    }
  }
  return res + String.fromCharCode(...units);
}

function pushPoint(units: number[], point: number): void {
  if (point < 0x1_0000) units.push(point);
  else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
}

function pointAt(bytes: Uint8Array, at: number, length: number): number {
  let res = (bytes[at] ?? 0) & (0xff >> (length + 1));
  for (let next = 1; next < length; next += 1) res = (res << 6) | ((bytes[at + next] ?? 0) & 0x3f);
  return res;
}

/** 0 for what is no UTF-8: overlong forms, surrogates and points beyond the last too. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first < 0xe0 ? 0 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  for (let next = 1; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  const point = pointAt(bytes, at, length);
  const sound =
    length === 2 ||
    (length === 3
      ? point >= 0x800 && (point < 0xd800 || point > 0xdfff)
      : point >= 0x1_0000 && point < 0x11_0000);
  return sound ? length : 0;
}
