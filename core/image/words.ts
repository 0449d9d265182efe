const none = new Int32Array(0);
let lastBuffer: ArrayBufferLike = none.buffer;
let lastWords: Int32Array = none;

/**
 * The whole of a buffer as words of 32 bits. Headers and contents come one after another in the same memory, and a view
 * of it for each takes longer to make than to read: the last one is kept.
 */
export function wordsOf(buffer: ArrayBufferLike): Int32Array {
  if (buffer !== lastBuffer) {
    lastBuffer = buffer;
    lastWords = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  }
  return lastWords;
}
