import { join } from "node:path";
import type { Trouble } from "../../../core/image/analysis.ts";
import type { CompareBeside } from "../../../core/image/contents.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { bytes } from "../../../core/size/bytes.ts";
import { textOf } from "../../../core/text/utf8.ts";
import type { Listener } from "./analyze-here.ts";
import { type Assembled, assembleLayers, followed, type Known } from "./assemble.ts";
import { type Blob, BlobReader, isTar, longestDocument } from "./blob-reader.ts";
import { type Comparison, claims, comparedGroup, comparisonOf } from "./compare-beside.ts";
import { FilePart } from "./file-part.ts";
import type { LayerCache } from "./layer-cache.ts";
import { configIn, type ImageConfig, idOf, type Manifest, manifestOf } from "./manifests.ts";
import type { FirstPicture } from "./messages.ts";
import { linkTarget } from "./read-archive.ts";
import { type ProgressListener, ReadingProgress } from "./reading-progress.ts";
import { seekLayer } from "./seek-layer.ts";
import { seekTar } from "./seek-tar.ts";
import { packingOf } from "./unpack.ts";

const mostBlobs = 20_000;

/** The files of a saved image on the disk. */
export interface BlobStore {
  open(path: string): FilePart | undefined;
  readonly troubles: readonly Trouble[];
  close(): void;
}

/** The image of a store; only the layers of its manifest are read, and of plain ones the headers alone. */
export async function readStored(
  store: BlobStore,
  known: Known,
  shown: string,
  listener: Listener,
): Promise<Assembled | string> {
  const documentAt = (path: string): string | undefined => store.open(path)?.text(longestDocument);
  const manifest = manifestOf(documentAt, known.platform);
  if (typeof manifest === "string") return manifest;
  const lengthOf = (path: string): number => store.open(path)?.length ?? 0;
  listener.first(firstPicture(manifest, configIn(documentAt(manifest.config)), known, shown, lengthOf));
  return readManifest(store, manifest, known, listener);
}

/** What an engine says of the layers whose files it holds, lowest first, and where they are kept. */
export interface BelievedLayers {
  readonly diffIds: readonly string[];
  readonly cache: LayerCache;
}

/** One image of a store. */
export async function readManifest(
  store: BlobStore,
  manifest: Manifest,
  known: Known,
  listener: ProgressListener,
  believed?: BelievedLayers,
): Promise<Assembled | string> {
  const tree = new PathTree();
  const blobs = new Map<string, Blob>();
  const paths = [...new Set(manifest.layers)];
  const total = paths.reduce((sum, it) => sum + (store.open(it)?.length ?? 0), 0);
  const progress = new ReadingProgress(listener, total, paths.length);
  let done = 0;
  for (const path of paths) {
    const part = store.open(path);
    if (part === undefined) continue;
    const before = done;
    const diffId = believed?.diffIds[manifest.layers.indexOf(path)];
    const blob = await keptBlob(diffId, believed?.cache, tree, () =>
      blobOf(part, tree, (count) => progress.bytesAt(before + count)),
    );
    blobs.set(path, blob);
    const places = manifest.layers.flatMap((it, index) => (it === path ? [index] : []));
    if (blob.kind === "layer") progress.layer(blob.layer, places);
    done += part.length;
    progress.bytesAt(done);
  }
  return assembleLayers(
    manifest,
    store.open(manifest.config)?.text(longestDocument),
    tree,
    (path) => blobs.get(path),
    store.troubles,
    known,
    listener.compare && comparing(listener.compare),
  );
}

/** What the listener has not begun is compared here. */
const comparing =
  (compare: (it: Comparison) => void): CompareBeside =>
  (groups) => {
    const it = comparisonOf(groups);
    if (it === undefined) return () => undefined;
    compare(it);
    return (group) => (group >= it.sizes.length || claims(it, group) ? undefined : comparedGroup(it, group));
  };

/** `shown`: the image's name where the archive has none for it. */
function firstPicture(
  { config, layers, reference }: Manifest,
  settings: ImageConfig | undefined,
  known: Known,
  shown: string,
  lengthOf: (path: string) => number,
): FirstPicture {
  const made = settings?.history.filter((it) => !it.emptyLayer) ?? [];
  return {
    image: {
      reference: known.reference || (reference ?? shown),
      id: idOf(config),
      platform: settings?.platform ?? "",
      source: known.source,
    },
    layers: layers.map((path, index) => ({
      createdBy: made.length === layers.length ? (made[index]?.createdBy ?? "") : "",
      bytes: bytes(lengthOf(path)),
    })),
    sizesFrom: "of the layers' files in the archive",
  };
}

async function keptBlob(
  diffId: string | undefined,
  cache: LayerCache | undefined,
  tree: PathTree,
  read: () => Promise<Blob>,
): Promise<Blob> {
  if (diffId === undefined || cache === undefined) return read();
  const known = await cache.read(diffId, tree);
  if (known !== undefined) return { kind: "layer", layer: known };
  const blob = await read();
  if (blob.kind === "layer") await cache.write(diffId, blob.layer);
  return blob;
}

async function blobOf(part: FilePart, tree: PathTree, onBytes: (done: number) => void): Promise<Blob> {
  const first = Buffer.alloc(512);
  const length = part.read(first, 0, first.length);
  if (packingOf(first) === "none" && isTar(first.subarray(0, length)))
    return { kind: "layer", layer: seekLayer(part, tree) };
  const reader = new BlobReader(tree);
  const buffer = Buffer.alloc(1 << 18);
  for (let at = 0; at < part.length; ) {
    const count = part.read(buffer, at, buffer.length);
    if (count === 0) break;
    await reader.push(buffer.subarray(0, count));
    at += count;
    onBytes(at);
  }
  return reader.finish();
}

/** An archive that is not packed as a whole; undefined where it is, or is no archive. */
export function openArchive(path: string): BlobStore | undefined {
  const file = FilePart.open(path);
  if (file === undefined) return undefined;
  const first = Buffer.alloc(512);
  if (file.read(first, 0, first.length) < first.length || packingOf(first) !== "none" || !isTar(first)) {
    file.close();
    return undefined;
  }
  const parts = new Map<string, FilePart>();
  const links = new Map<string, string>();
  const troubles = seekTar(file, 0, {
    entry: ({ name, kind, link, stored, sparse }, at) => {
      const own = textOf(name);
      if (kind === "file" && sparse === undefined && parts.size < mostBlobs)
        parts.set(own, file.part(at, stored));
      const target = linkTarget(own, kind, textOf(link));
      if (target !== undefined && links.size < mostBlobs) links.set(own, target);
    },
  });
  return {
    open: (it) => followed(parts, links, it),
    troubles: troubles.map((why) => ({ path: "", why })),
    close: () => file.close(),
  };
}

/** An OCI layout: a folder with index.json and blobs. */
export function openLayout(folder: string): BlobStore {
  const opened = new Map<string, FilePart | undefined>();
  return {
    open: (path) => {
      // A manifest is a stranger's: it names no file outside of the layout.
      if (path.split("/").includes("..")) return undefined;
      if (!opened.has(path)) opened.set(path, FilePart.open(join(folder, path)));
      return opened.get(path);
    },
    troubles: [],
    close: () => {
      for (const it of opened.values()) it?.close();
    },
  };
}
