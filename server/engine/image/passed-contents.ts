import type { Hash } from "node:crypto";
import type { LayerContents } from "../../../core/image/layer.ts";

/** Half of a hash tells any two contents apart that were not made to collide. */
const hashLength = 16;

/** By entry: contents that were kept, hashes one after another, and which of these are known. */
export interface PassedColumns {
  readonly kept: ReadonlyMap<number, Uint8Array>;
  readonly hashes: Uint8Array;
  readonly known: Uint8Array;
}

const none: PassedColumns = { kept: new Map(), hashes: new Uint8Array(0), known: new Uint8Array(0) };

/** What is left of contents that have passed by. */
export class PassedContents implements LayerContents {
  readonly isReadable = false;
  readonly #kept: Map<number, Uint8Array>;
  #hashes: Buffer;
  #known: Uint8Array;
  kept = 0;

  constructor({ kept, hashes, known }: PassedColumns = none) {
    this.#kept = new Map(kept);
    this.#hashes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length);
    this.#known = known;
  }

  /** Of the first `count` entries. */
  columns(count: number): PassedColumns {
    return {
      kept: this.#kept,
      hashes: this.#hashes.subarray(0, count * hashLength),
      known: this.#known.subarray(0, count),
    };
  }

  setHash(entry: number, hash: Buffer): void {
    if (this.#known.length <= entry) {
      const room = Math.max(1_024, entry + 1, this.#known.length * 2);
      const [hashes, known] = [Buffer.alloc(room * hashLength), new Uint8Array(room)];
      hashes.set(this.#hashes);
      known.set(this.#known);
      [this.#hashes, this.#known] = [hashes, known];
    }
    hash.copy(this.#hashes, entry * hashLength, 0, hashLength);
    this.#known[entry] = 1;
  }

  keep(entry: number, content: Uint8Array): void {
    this.#kept.set(entry, content);
    this.kept += content.length;
  }

  read(entry: number, start: number, length: number): Uint8Array | undefined {
    return this.#kept.get(entry)?.subarray(start, start + length);
  }

  hash(entry: number): string | undefined {
    if (this.#known[entry] !== 1) return undefined;
    return this.#hashes.toString("latin1", entry * hashLength, (entry + 1) * hashLength);
  }

  fingerprint(): undefined {
    return undefined;
  }
}

/** As `hash` of contents that passed by gives it. */
export const shortHash = (hash: Hash): string => hash.digest().toString("latin1", 0, hashLength);
