import { once } from "node:events";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { Decompress } from "fzstd";
import { ZstdFrames } from "./zstd-frames.ts";

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

/** Encoders take more on request only. */
const usualWindow = 8 << 20;
/** Bytes of windows that are moved, at all and for each byte that comes out: encoders fill blocks of 128 KiB. */
const mostMoved = 2 ** 35;
const mostMovedByte = 2_048;

class ZstdUnpacker implements Unpacker {
  readonly #zstd: Decompress;
  readonly #frames = new ZstdFrames();
  #given = 0;
  #broken: string | undefined;

  constructor(give: (piece: Uint8Array) => void) {
    this.#zstd = new Decompress((piece) => {
      this.#given += piece.length;
      give(piece);
    });
  }

  push(chunk: Uint8Array): undefined {
    if (this.#broken !== undefined || chunk.length === 0) return;
    // The decoder moves the whole window with each block, and a few bytes can be one.
    const step = this.#frames.window > usualWindow ? 1_024 : chunk.length;
    for (let at = 0; at < chunk.length && this.#broken === undefined; at += step) {
      const piece = chunk.subarray(at, at + step);
      if (!this.#frames.push(piece)) {
        this.#broken = "the compression asks for a window of more than 128 MiB";
      } else if (this.#frames.moved > mostMoved + this.#given * mostMovedByte) {
        this.#broken = "the compression moves a large window for next to nothing";
      } else this.#run(piece, false);
    }
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
