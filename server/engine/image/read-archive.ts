import { posix } from "node:path";
import type { Trouble } from "../../../core/image/analysis.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { TarReader } from "../../../core/image/tar.ts";
import type { TarEntry } from "../../../core/image/tar-head.ts";
import { textOf } from "../../../core/text/utf8.ts";
import { type Blob, BlobReader, type Hashing } from "./blob-reader.ts";
import type { ReadLayer } from "./layer-reader.ts";
import { packingOf, type Unpacker, unpackerOf } from "./unpack.ts";

/** More files than any saved image has. */
const mostBlobs = 20_000;
/** An archive packed more often than that is made to hurt. */
const mostPackings = 3;
const sniffed = 64;

/** What a stream held of a saved image. */
export interface Contents {
  readonly tree: PathTree;
  readonly blobs: ReadonlyMap<string, Blob>;
  /** Links of the archive to its other files: older engines store a layer that occurs twice as one. */
  readonly links: ReadonlyMap<string, string>;
  readonly troubles: readonly Trouble[];
}

export interface ArchiveListener {
  /** Of every chunk of the stream. */
  bytes(count: number): void;
  /** Read to its end; `path`: of its file in the archive. */
  layer(path: string, it: ReadLayer): void;
}

/** One pass over a saved image, in whatever order its files come; the whole may be packed. Throws only what the stream throws. */
export async function readArchive(
  stream: AsyncIterable<Uint8Array>,
  listener: ArchiveListener,
  hashing: Hashing = "none",
): Promise<Contents> {
  const archive = new ArchiveReader(listener, hashing);
  let pipe: Pipe = new Sniffer(archive, mostPackings);
  for await (const chunk of stream) {
    listener.bytes(chunk.length);
    pipe = pipe.push(chunk) ?? pipe;
    await pipe.settle();
  }
  const why = await pipe.finish();
  return archive.contents(why);
}

/** What is pushed in goes on, perhaps changed; what is still busy is waited for in `settle`. */
interface Pipe {
  push(chunk: Uint8Array): Pipe | undefined;
  settle(): Promise<void>;
  finish(): Promise<string | undefined>;
}

/** Finds out whether the whole archive is packed. */
class Sniffer implements Pipe {
  readonly #to: ArchiveReader;
  readonly #packings: number;
  #first: Buffer = Buffer.alloc(0);

  constructor(to: ArchiveReader, packings: number) {
    this.#to = to;
    this.#packings = packings;
  }

  push(chunk: Uint8Array): Pipe | undefined {
    this.#first = Buffer.concat([this.#first, chunk]);
    return this.#first.length < sniffed ? undefined : this.#open();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  finish(): Promise<string | undefined> {
    return this.#first.length === 0 ? Promise.resolve(undefined) : this.#open().finish();
  }

  #open(): Pipe {
    const packing = packingOf(this.#first);
    const next: Pipe =
      packing === "none" || this.#packings === 0
        ? this.#to
        : new Unpacking(packing, new Sniffer(this.#to, this.#packings - 1));
    return next.push(this.#first) ?? next;
  }
}

class Unpacking implements Pipe {
  readonly #unpacker: Unpacker;
  #to: Pipe;
  #busy: Promise<unknown> | undefined;

  constructor(packing: "gzip" | "zstd", to: Pipe) {
    this.#to = to;
    this.#unpacker = unpackerOf(packing, (piece) => {
      this.#to = this.#to.push(piece) ?? this.#to;
    });
  }

  push(chunk: Uint8Array): undefined {
    this.#busy = this.#unpacker.push(chunk);
  }

  async settle(): Promise<void> {
    await this.#busy;
    await this.#to.settle();
  }

  async finish(): Promise<string | undefined> {
    const why = await this.#unpacker.finish();
    return (await this.#to.finish()) ?? why;
  }
}

class ArchiveReader implements Pipe {
  readonly #tree = new PathTree();
  readonly #blobs = new Map<string, Blob>();
  readonly #links = new Map<string, string>();
  readonly #tar: TarReader;
  readonly #listener: ArchiveListener;
  readonly #hashing: Hashing;
  #open: { readonly path: string; readonly reader: BlobReader } | undefined;
  #waiting: Promise<unknown>[] = [];

  constructor(listener: ArchiveListener, hashing: Hashing) {
    this.#listener = listener;
    this.#hashing = hashing;
    this.#tar = new TarReader({
      entry: (it) => this.#begin(it),
      body: (piece) => this.#wait(this.#open?.reader.push(piece)),
      end: () => this.#end(),
    });
  }

  push(chunk: Uint8Array): undefined {
    this.#tar.push(chunk);
  }

  async settle(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) await Promise.all(waiting);
  }

  async finish(): Promise<undefined> {
    this.#tar.finish();
    await this.settle();
  }

  contents(why: string | undefined): Contents {
    const troubles = [...this.#tar.troubles, ...(why === undefined ? [] : [why])];
    return {
      tree: this.#tree,
      blobs: this.#blobs,
      links: this.#links,
      troubles: troubles.map((it) => ({ path: "", why: it })),
    };
  }

  #begin({ name, kind, link }: TarEntry): void {
    const path = textOf(name);
    this.#open =
      kind === "file" && this.#blobs.size < mostBlobs
        ? { path, reader: new BlobReader(this.#tree, this.#hashing) }
        : undefined;
    const target = linkTarget(path, kind, textOf(link));
    if (target !== undefined && this.#links.size < mostBlobs) this.#links.set(path, target);
  }

  #end(): void {
    if (this.#open === undefined) return;
    const { path, reader } = this.#open;
    this.#open = undefined;
    this.#wait(
      reader.finish().then((blob) => {
        this.#blobs.set(path, blob);
        if (blob.kind === "layer") this.#listener.layer(path, blob.layer);
      }),
    );
  }

  #wait(busy: Promise<unknown> | undefined): void {
    if (busy !== undefined) this.#waiting.push(busy);
  }
}

/** A symbolic link is relative to its folder, a hard link names a path from the archive's root. */
export function linkTarget(path: string, kind: TarEntry["kind"], link: string): string | undefined {
  if (kind === "symlink") return posix.join(posix.dirname(path), link);
  return kind === "hardlink" ? link : undefined;
}
