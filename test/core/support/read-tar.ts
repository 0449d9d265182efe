import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PathTree } from "../../../core/image/path-tree.ts";
import { SparseContent } from "../../../core/image/sparse.ts";
import { TarReader } from "../../../core/image/tar.ts";
import type { TarEntry } from "../../../core/image/tar-head.ts";
import { namedText } from "../../../core/text/utf8.ts";
import { FilePart } from "../../../server/engine/image/file-part.ts";
import { LayerReader, type ReadLayer } from "../../../server/engine/image/layer-reader.ts";
import { seekLayer } from "../../../server/engine/image/seek-layer.ts";

export interface ReadEntry {
  readonly path: string;
  readonly kind: TarEntry["kind"];
  readonly size: number;
  readonly link: string;
  /** Of a file whose content came whole; sparse ones with their holes. */
  readonly sha: string | undefined;
}

export interface ReadArchive {
  readonly entries: readonly ReadEntry[];
  readonly troubles: readonly string[];
}

/** Through the reader of streams, in pieces of this size. */
export function readTar(archive: Uint8Array, piece = archive.length): ReadArchive {
  const entries: ReadEntry[] = [];
  let open:
    | { readonly take: (bytes: Uint8Array) => void; readonly end: () => string | undefined }
    | undefined;
  let one: Omit<ReadEntry, "sha"> | undefined;
  const reader = new TarReader({
    entry: (it) => {
      one = { path: namedText(it.name), kind: it.kind, size: it.size, link: namedText(it.link) };
      open = it.kind === "file" ? hashed(it) : undefined;
    },
    body: (it) => open?.take(it),
    end: () => {
      if (one !== undefined) entries.push({ ...one, sha: open?.end() });
      one = undefined;
    },
  });
  for (let at = 0; at < archive.length; at += Math.max(1, piece))
    reader.push(archive.subarray(at, at + piece));
  reader.finish();
  return { entries, troubles: reader.troubles };
}

function hashed({ size, sparse }: TarEntry): {
  take: (bytes: Uint8Array) => void;
  end: () => string | undefined;
} {
  const hash = createHash("sha256");
  let passed = 0;
  const give = (piece: Uint8Array): void => {
    hash.update(piece);
    passed += piece.length;
  };
  const content = sparse === undefined ? undefined : new SparseContent(sparse, 1 << 28, give);
  return {
    take: (it) => (content === undefined ? give(it) : content.push(it)),
    end: () => {
      content?.finish();
      return passed === size && content?.broken !== true ? hash.digest("hex") : undefined;
    },
  };
}

/** What a layer's table says, and the hashes of its contents. */
export interface LayerFacts {
  readonly rows: readonly string[];
  readonly troubles: readonly string[];
}

/** As it passes by, in pieces of this size. */
export function passedLayer(archive: Uint8Array, piece = archive.length): LayerFacts {
  const reader = new LayerReader(new PathTree());
  for (let at = 0; at < archive.length; at += Math.max(1, piece))
    reader.push(archive.subarray(at, at + piece));
  return factsOf(reader.finish());
}

/** As it lies on the disk. */
export function storedLayer(archive: Uint8Array): LayerFacts {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-layer-"));
  try {
    writeFileSync(join(folder, "layer.tar"), archive);
    const part = FilePart.open(join(folder, "layer.tar"));
    if (part === undefined) throw new Error("it was just written");
    try {
      return factsOf(seekLayer(part, new PathTree()));
    } finally {
      part.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function factsOf({ entries, contents, troubles }: ReadLayer): LayerFacts {
  const rows = Array.from({ length: entries.count }, (_, at) => {
    const kind = entries.kindOf(at);
    const path = entries.tree.pathOf(entries.nodeOf(at));
    const hash = kind === "file" && entries.sizeOf(at) > 0 ? contents.hash(at) : "";
    const said = hash === undefined ? "unknown" : Buffer.from(hash, "latin1").toString("hex");
    const link = kind === "hardlink" ? entries.tree.pathOf(entries.linkOf(at)) : entries.targetOf(at);
    return [kind, path, entries.sizeOf(at), link, said].join("|");
  });
  return { rows, troubles };
}
