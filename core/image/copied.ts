/** A copy, whatever kind of array is given: Node's own byte arrays answer `slice` with a view of the same bytes. */
export const copied = (bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array<ArrayBuffer> =>
  new Uint8Array(bytes.subarray(start, end));
