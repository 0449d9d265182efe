import { tarBlock } from "../../../core/image/tar-fields.ts";
import { cutShort, paddingOf, type TarEntry, TarHeads } from "../../../core/image/tar-head.ts";
import type { FilePart } from "./file-part.ts";

const mostTroubles = 20;

/** What came along with a header: the body's first bytes, and what follows where it is small. */
export interface BodyStart {
  readonly bytes: Uint8Array;
  /** Of `bytes`: where the body begins, and where what was read ends. */
  readonly start: number;
  readonly end: number;
}

export interface SeekListener {
  /** `at`: where the body begins; its first bytes are valid during the call only. */
  entry(it: TarEntry, at: number, body: BodyStart): void;
}

/**
 * Reads the headers of a tar archive on the disk and winds over the bodies. `ahead` bytes of each body are read along
 * with its header. Answers why something was not read.
 */
export function seekTar(part: FilePart, ahead: number, listener: SeekListener): readonly string[] {
  const troubles: string[] = [];
  const trouble = (why: string): void => {
    if (troubles.length < mostTroubles) troubles.push(why);
  };
  const heads = new TarHeads();
  const window = new Window(part);
  let at = 0;
  while (at < part.length) {
    const headAt = at;
    const block = window.at(at, tarBlock);
    if (block < 0) {
      trouble(cutShort(part.length, undefined));
      return troubles;
    }
    const step = heads.head(window.block(block), at);
    at += tarBlock;
    if (step.kind === "end") return troubles;
    if (step.kind === "broken") trouble(step.why);
    else if (step.kind === "record") {
      const start = window.at(at, step.size);
      at += step.size + paddingOf(step.size);
      const why = start < 0 ? undefined : heads.record(window.bytes.subarray(start, start + step.size));
      if (why !== undefined) trouble(why);
    } else if (step.kind === "entry") {
      const { stored } = step.entry;
      const wanted = Math.min(stored, ahead);
      // The header is done with, and with it the bytes it was read from.
      const start = wanted === 0 ? 0 : window.at(at, wanted);
      listener.entry(step.entry, at, { bytes: window.bytes, start, end: window.end });
      at += stored + paddingOf(stored);
    }
    if (at > part.length) {
      trouble(cutShort(part.length, headAt));
      return troubles;
    }
  }
  if (heads.isOpen) trouble(cutShort(part.length, undefined));
  return troubles;
}

/** Where files are small, reading some of them whole is quicker than winding over each. */
const dense = 1 << 16;
/** A header, one of a long name before it, and a body's start. */
const sparse = 1 << 12;
/** Of bytes to wind over. */
const near = 1 << 14;

/** A piece of the file around the present place. */
class Window {
  readonly #part: FilePart;
  #from = 0;
  #filled = 0;
  bytes = new Uint8Array(dense);
  /** By number: views of its blocks, each of which takes longer to make than to read. */
  #blocks: Uint8Array[] = [];

  constructor(part: FilePart) {
    this.#part = part;
  }

  /** Of `bytes`, from the start of a block on. */
  block(start: number): Uint8Array {
    const index = start / tarBlock;
    const view = this.#blocks[index] ?? this.bytes.subarray(start, start + tarBlock);
    this.#blocks[index] = view;
    return view;
  }

  /** Of `bytes`: where what was read ends. */
  get end(): number {
    return this.#filled;
  }

  /** Where in `bytes` the `length` bytes from `at` are; -1 where the file ends before. */
  at(at: number, length: number): number {
    const end = this.#from + this.#filled;
    if (at < this.#from || at + length > end) {
      if (at + length > this.#part.length) return -1;
      if (length > this.bytes.length) {
        this.bytes = new Uint8Array(length);
        this.#blocks = [];
      }
      const wanted = at - end < near ? dense : sparse;
      this.#from = at;
      this.#filled = this.#part.read(this.bytes, at, Math.max(length, wanted));
      if (this.#filled < length) return -1;
    }
    return at - this.#from;
  }
}
