import { once } from "node:events";
import { createGunzip, type Gunzip } from "node:zlib";
import { LayerReader, type ReadLayer } from "./layer-reader.ts";

/** Configs and manifests are small; something larger that is no layer is not read. */
const longestDocument = 16 << 20;
const sniffed = 512;

export type Blob =
  | { readonly kind: "layer"; readonly layer: ReadLayer }
  | { readonly kind: "document"; readonly text: string }
  | { readonly kind: "unreadable"; readonly why: string };

/** Takes one file of an archive as it arrives and finds out by its first bytes what it is. */
export class BlobReader {
  #first: Uint8Array[] = [];
  #firstLength = 0;
  #sink: LayerSink | DocumentSink | undefined;
  #refused: string | undefined;

  /** Resolves when more may be pushed. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#refused !== undefined) return undefined;
    if (this.#sink !== undefined) return this.#sink.push(chunk);
    this.#first.push(chunk.slice());
    this.#firstLength += chunk.length;
    return this.#firstLength < sniffed ? undefined : this.#open();
  }

  async finish(): Promise<Blob> {
    if (this.#sink === undefined && this.#refused === undefined) await this.#open();
    if (this.#refused !== undefined) return { kind: "unreadable", why: this.#refused };
    return this.#sink?.finish() ?? { kind: "document", text: "" };
  }

  #open(): Promise<void> | undefined {
    const first = Buffer.concat(this.#first);
    this.#first = [];
    if (first[0] === 0x1f && first[1] === 0x8b) this.#sink = new GzipSink();
    else if (first.length > 3 && first.readUInt32LE(0) === 0xfd2fb528)
      this.#refused = "the layer is compressed with zstd, which is not read yet";
    else if (isTar(first)) this.#sink = new PlainSink();
    else this.#sink = new DocumentSink();
    return this.#sink?.push(first);
  }
}

interface LayerSink {
  push(chunk: Uint8Array): Promise<void> | undefined;
  finish(): Promise<Blob>;
}

class PlainSink implements LayerSink {
  readonly #reader = new LayerReader();
  push(chunk: Uint8Array): undefined {
    this.#reader.push(chunk);
  }
  finish(): Promise<Blob> {
    return Promise.resolve({ kind: "layer", layer: this.#reader.finish() });
  }
}

class GzipSink implements LayerSink {
  readonly #reader = new LayerReader();
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: 1 << 18 });
  readonly #ended: Promise<string | undefined>;
  #broken = false;

  constructor() {
    this.#gunzip.on("data", (piece: Buffer) => this.#reader.push(piece));
    this.#ended = new Promise((resolve) => {
      this.#gunzip.on("end", () => resolve(undefined));
      this.#gunzip.on("error", (cause) => {
        this.#broken = true;
        resolve(`the layer's compression is broken: ${cause.message}`);
      });
    });
  }

  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#broken || this.#gunzip.write(Buffer.from(chunk))) return undefined;
    return Promise.race([
      once(this.#gunzip, "drain").then(() => undefined),
      this.#ended.then(() => undefined),
    ]);
  }

  async finish(): Promise<Blob> {
    if (!this.#broken) this.#gunzip.end();
    const why = await this.#ended;
    const layer = this.#reader.finish();
    return {
      kind: "layer",
      layer: why === undefined ? layer : { ...layer, troubles: [...layer.troubles, why] },
    };
  }
}

class DocumentSink {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;
  push(chunk: Uint8Array): undefined {
    this.#length += chunk.length;
    if (this.#length <= longestDocument) this.#pieces.push(chunk.slice());
  }
  finish(): Promise<Blob> {
    return Promise.resolve(
      this.#length > longestDocument
        ? { kind: "unreadable", why: "neither a layer nor a document" }
        : { kind: "document", text: Buffer.concat(this.#pieces).toString("utf8") },
    );
  }
}

/** A header's magic, or the empty blocks of an empty layer. */
function isTar(first: Buffer): boolean {
  if (first.length < 262) return false;
  return first.toString("latin1", 257, 262) === "ustar" || first.every((it) => it === 0);
}
