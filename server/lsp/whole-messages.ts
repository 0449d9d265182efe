import { Writable } from "node:stream";

/**
 * Hands each message on in one piece: the writer of the protocol writes the header and the content apart, and every
 * write wakes the reader.
 */
export class WholeMessages extends Writable {
  readonly #target: NodeJS.WritableStream;
  #header: Buffer | undefined;

  constructor(target: NodeJS.WritableStream) {
    super();
    this.#target = target;
    target.on("error", (cause) => this.destroy(cause));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (cause?: Error | null) => void): void {
    if (this.#header === undefined && chunk.subarray(0, 8).toString("latin1") === "Content-") {
      this.#header = chunk;
      done();
      return;
    }
    const whole = this.#header === undefined ? chunk : Buffer.concat([this.#header, chunk]);
    this.#header = undefined;
    this.#target.write(whole, done);
  }
}
