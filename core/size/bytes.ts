declare const unit: unique symbol;

/** A count of bytes: a safe, non-negative integer. Branded, so offsets and lengths cannot stand in for it. */
export type Bytes = number & { readonly [unit]: "bytes" };

export function bytes(count: number): Bytes {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`not a byte count: ${count}`);
  return count as Bytes;
}

export const noBytes = bytes(0);

export const addBytes = (a: Bytes, b: Bytes): Bytes => bytes(a + b);

export const sumOf = (counts: Iterable<Bytes>): Bytes => {
  let res = 0;
  for (const it of counts) res += it;
  return bytes(res);
};

/** "1 MB", "500kB", "1.5 GB", or bytes alone; decimal units as they are printed, in any case. Undefined: no size. */
export function bytesFrom(text: string): Bytes | undefined {
  const [, count, unit = "B"] = /^\s*(\d{1,9}(?:\.\d{1,9})?|\d{1,15})\s*([kMGT]?B)?\s*$/i.exec(text) ?? [];
  if (count === undefined) return undefined;
  const exponent = units.findIndex((it) => it.toLowerCase() === unit.toLowerCase());
  const value = Math.round(Number(count) * 1000 ** exponent);
  return Number.isSafeInteger(value) ? bytes(value) : undefined;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/**
 * Decimal units and three or four significant digits, as `docker images` prints sizes: 512 B, 38.4 MB, 7.48 GB.
 * The only function that prints bytes for people.
 */
export function bytesLabel(count: Bytes): string {
  let value: number = count;
  let exponent = 0;
  while (value >= 999.5 && exponent < units.length - 1) {
    value /= 1000;
    exponent += 1;
  }
  const digits = exponent === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[exponent]}`;
}
