import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A part of a file on the disk, which can be read at any place. */
export class FilePart {
  readonly #fd: number;
  readonly #start: number;
  readonly length: number;

  private constructor(fd: number, start: number, length: number) {
    this.#fd = fd;
    this.#start = start;
    this.length = length;
  }

  /** The whole file; undefined where there is none. Throws where it may not be read. */
  static open(path: string): FilePart | undefined {
    let fd: number;
    try {
      fd = openSync(path, "r");
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
        return undefined;
      throw cause;
    }
    return new FilePart(fd, 0, fstatSync(fd).size);
  }

  /** Where a byte of it lies: in the file with this descriptor. */
  placeOf(at: number): { readonly file: number; readonly at: number } {
    return { file: this.#fd, at: this.#start + at };
  }

  part(start: number, length: number): FilePart {
    const from = Math.min(start, this.length);
    return new FilePart(this.#fd, this.#start + from, Math.max(0, Math.min(length, this.length - from)));
  }

  /** How many bytes were read: fewer than asked for at the end. */
  read(into: Uint8Array, at: number, length: number): number {
    const wanted = Math.min(length, this.length - at, into.length);
    let done = 0;
    while (done < wanted) {
      const count = readSync(this.#fd, into, done, wanted - done, this.#start + at + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  text(longest: number): string | undefined {
    if (this.length > longest) return undefined;
    const bytes = Buffer.alloc(this.length);
    return bytes.toString("utf8", 0, this.read(bytes, 0, this.length));
  }

  /** Of the file that `open` opened; its parts end with it. */
  close(): void {
    closeSync(this.#fd);
  }
}
