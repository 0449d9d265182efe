import { createHash, type Hash } from "node:crypto";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { isTarHead, tarBlock } from "../../../core/image/tar-fields.ts";
import { LayerReader, type ReadLayer } from "./layer-reader.ts";
import { packingOf, type Unpacker, unpackerOf } from "./unpack.ts";

/** Configs and manifests are small; something larger that is no layer is not read. */
export const longestDocument = 16 << 20;
const sniffed = tarBlock;

export type Blob =
  | { readonly kind: "layer"; readonly layer: ReadLayer }
  | { readonly kind: "document"; readonly text: string }
  | { readonly kind: "unreadable"; readonly why: string };

/** Of which layers the diff ID is worked out: hashing costs little beside unpacking, more beside reading alone. */
export type Hashing = "none" | "packed" | "all";

/** Takes one file of an archive as it arrives and finds out by its first bytes what it is. */
export class BlobReader {
  readonly #tree: PathTree;
  #first: Uint8Array[] = [];
  #firstLength = 0;
  #sink: Sink | undefined;
  readonly #hashing: Hashing;

  constructor(tree: PathTree, hashing: Hashing = "none") {
    this.#tree = tree;
    this.#hashing = hashing;
  }

  /** Resolves when more may be pushed. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#sink !== undefined) return this.#sink.push(chunk);
    this.#first.push(Uint8Array.from(chunk));
    this.#firstLength += chunk.length;
    return this.#firstLength < sniffed ? undefined : this.#open();
  }

  async finish(): Promise<Blob> {
    if (this.#sink === undefined) await this.#open();
    return this.#sink?.finish() ?? { kind: "document", text: "" };
  }

  #open(): Promise<void> | undefined {
    const first = Buffer.concat(this.#first);
    this.#first = [];
    const packing = packingOf(first);
    if (packing !== "none") this.#sink = new PackedSink(packing, this.#tree, this.#hashing !== "none");
    else if (isTar(first)) this.#sink = new PlainSink(this.#tree, this.#hashing === "all");
    else this.#sink = new DocumentSink();
    return this.#sink.push(first);
  }
}

interface Sink {
  push(chunk: Uint8Array): Promise<void> | undefined;
  finish(): Promise<Blob>;
}

class PlainSink implements Sink {
  readonly #reader: HashedLayer;

  constructor(tree: PathTree, hashes: boolean) {
    this.#reader = new HashedLayer(tree, hashes);
  }

  push(chunk: Uint8Array): undefined {
    this.#reader.push(chunk);
  }

  finish(): Promise<Blob> {
    return Promise.resolve({ kind: "layer", layer: this.#reader.finish() });
  }
}

/** A layer's tar, hashed on its way where that is wanted. */
class HashedLayer {
  readonly #reader: LayerReader;
  readonly #hash: Hash | undefined;

  constructor(tree: PathTree, hashes: boolean) {
    this.#reader = new LayerReader(tree);
    this.#hash = hashes ? createHash("sha256") : undefined;
  }

  push(piece: Uint8Array): void {
    this.#hash?.update(piece);
    this.#reader.push(piece);
  }

  finish(): ReadLayer {
    const layer = this.#reader.finish();
    return this.#hash === undefined ? layer : { ...layer, diffId: `sha256:${this.#hash.digest("hex")}` };
  }
}

class PackedSink implements Sink {
  readonly #reader: HashedLayer;
  readonly #unpacker: Unpacker;

  constructor(packing: "gzip" | "zstd", tree: PathTree, hashes: boolean) {
    this.#reader = new HashedLayer(tree, hashes);
    this.#unpacker = unpackerOf(packing, (piece) => this.#reader.push(piece));
  }

  push(chunk: Uint8Array): Promise<void> | undefined {
    return this.#unpacker.push(chunk);
  }

  async finish(): Promise<Blob> {
    const why = await this.#unpacker.finish();
    const layer = this.#reader.finish();
    return {
      kind: "layer",
      layer: why === undefined ? layer : { ...layer, troubles: [...layer.troubles, why] },
    };
  }
}

class DocumentSink implements Sink {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  push(chunk: Uint8Array): undefined {
    this.#length += chunk.length;
    if (this.#length <= longestDocument) this.#pieces.push(Uint8Array.from(chunk));
  }

  finish(): Promise<Blob> {
    return Promise.resolve(
      this.#length > longestDocument
        ? { kind: "unreadable", why: "neither a layer nor a document" }
        : { kind: "document", text: Buffer.concat(this.#pieces).toString("utf8") },
    );
  }
}

/** A header, by its mark even where it is broken, or the empty blocks of an empty layer. */
export function isTar(first: Buffer): boolean {
  if (first.length < tarBlock) return false;
  const isMarked = first.toString("latin1", 257, 262) === "ustar";
  return isMarked || isTarHead(first.subarray(0, tarBlock)) || first.every((it) => it === 0);
}
