import { once } from "node:events";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";

/** Bytes that are pushed come out unpacked at the function it was made with. */
export interface Unpacker {
  /** Resolves when more may be pushed; `chunk` may be used until then. */
  push(chunk: Uint8Array): Promise<void> | undefined;
  /** Why it could not be unpacked to its end; undefined where it could. */
  finish(): Promise<string | undefined>;
}

export type Packing = "gzip" | "zstd" | "none";

/** Of the first bytes, four at least. */
export function packingOf(first: Uint8Array): Packing {
  if (first[0] === 0x1f && first[1] === 0x8b) return "gzip";
  const magic = Buffer.from(first.buffer, first.byteOffset, Math.min(4, first.length));
  if (magic.length < 4) return "none";
  const number = magic.readUInt32LE(0);
  // Frames that hold no data may come first.
  return number === 0xfd2fb528 || (number & 0xfffffff0) >>> 0 === 0x184d2a50 ? "zstd" : "none";
}

export function unpackerOf(packing: "gzip" | "zstd", give: (piece: Uint8Array) => void): Unpacker {
  if (packing === "gzip") return new ZlibUnpacker(zlib.createGunzip({ chunkSize }), give);
  const native = nativeZstd();
  return native === undefined ? new ZstdUnpacker(give) : new ZlibUnpacker(native, give);
}

const chunkSize = 1 << 18;

/** Newer versions of Node have it, and it is several times faster. */
function nativeZstd(): Transform | undefined {
  const create: unknown = Reflect.get(zlib, "createZstdDecompress");
  const made: unknown = typeof create === "function" ? create({ chunkSize }) : undefined;
  return isTransform(made) ? made : undefined;
}

const isTransform = (it: unknown): it is Transform =>
  typeof it === "object" && it !== null && "write" in it && "once" in it;

class ZlibUnpacker implements Unpacker {
  readonly #zlib: Transform;
  readonly #ended: Promise<string | undefined>;
  #broken = false;

  constructor(transform: Transform, give: (piece: Uint8Array) => void) {
    this.#zlib = transform;
    transform.on("data", give);
    this.#ended = new Promise((resolve) => {
      transform.on("end", () => resolve(undefined));
      transform.on("error", (cause) => {
        this.#broken = true;
        resolve(`the compression is broken: ${cause.message}`);
      });
    });
  }

  push(chunk: Uint8Array): Promise<void> | undefined {
    // What is pushed may be lent for the time of the call, and the decompressor works beside it.
    if (this.#broken || this.#zlib.write(Buffer.from(chunk))) return undefined;
    return Promise.race([once(this.#zlib, "drain"), this.#ended]).then(
      () => undefined,
      () => undefined,
    );
  }

  finish(): Promise<string | undefined> {
    if (!this.#broken) this.#zlib.end();
    return this.#ended;
  }
}

/** As much as the reference decoder allows: a frame that asks for more is made to hurt. */
const longestWindow = 128 << 20;

class ZstdUnpacker implements Unpacker {
  readonly #zstd: Decompress;
  #first = true;
  #broken: string | undefined;

  constructor(give: (piece: Uint8Array) => void) {
    this.#zstd = new Decompress((piece) => give(piece));
  }

  push(chunk: Uint8Array): undefined {
    if (this.#broken !== undefined || chunk.length === 0) return;
    if (this.#first && windowOf(chunk) > longestWindow) {
      this.#broken = "the compression asks for a window of more than 128 MiB";
      return;
    }
    this.#first = false;
    this.#run(chunk, false);
  }

  finish(): Promise<string | undefined> {
    this.#run(new Uint8Array(0), true);
    return Promise.resolve(this.#broken);
  }

  #run(chunk: Uint8Array, last: boolean): void {
    if (this.#broken !== undefined) return;
    try {
      // The decoder keeps what it has not used yet.
      this.#zstd.push(Uint8Array.from(chunk), last);
    } catch (cause) {
      this.#broken = `the compression is broken: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
  }
}

/** Of the frame that begins here (RFC 8878, 3.1.1.1); 0 where it has none of its own. */
function windowOf(frame: Uint8Array): number {
  const [magic, descriptor, window] = [frame[0] ?? 0, frame[4] ?? 0, frame[5] ?? 0];
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (magic !== 0x28 || isSingleSegment) return 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}
