/** Columns of numbers that grow: an image has hundreds of thousands of files, and an object for each is too much. */

const least = 1_024;

const room = (length: number, wanted: number): number =>
  Math.max(least, wanted, length + Math.ceil(length / 2));

/** The same column, or a longer copy where `wanted` does not fit. */
export function grownBytes(column: Uint8Array<ArrayBuffer>, wanted: number): Uint8Array<ArrayBuffer> {
  if (wanted <= column.length) return column;
  const res = new Uint8Array(room(column.length, wanted));
  res.set(column);
  return res;
}

export function grownNumbers(column: Uint32Array<ArrayBuffer>, wanted: number): Uint32Array<ArrayBuffer> {
  if (wanted <= column.length) return column;
  const res = new Uint32Array(room(column.length, wanted));
  res.set(column);
  return res;
}

export function grownSizes(column: Float64Array<ArrayBuffer>, wanted: number): Float64Array<ArrayBuffer> {
  if (wanted <= column.length) return column;
  const res = new Float64Array(room(column.length, wanted));
  res.set(column);
  return res;
}
