import {
  analysisOf,
  type ImageAnalysis,
  type ImageIdentity,
  type ImageLayers,
  type ReadFrom,
  type Trouble,
} from "../../../core/image/analysis.ts";
import type { CompareBeside } from "../../../core/image/contents.ts";
import { EntryTable } from "../../../core/image/entry-table.ts";
import { type Layer, noContents } from "../../../core/image/layer.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { type FileColumns, fileColumns } from "../../../core/treemap/file-columns.ts";
import type { Blob } from "./blob-reader.ts";
import type { ReadLayer } from "./layer-reader.ts";
import { configIn, idOf, type Manifest, manifestOf } from "./manifests.ts";
import type { Contents } from "./read-archive.ts";

export interface Assembled {
  readonly analysis: ImageAnalysis;
  /** Its files in a form that is small and quick to hand over, made for who asks. */
  columns(): FileColumns;
  /** The base that its annotations name, where that was found. */
  readonly base?: Manifest["base"];
}

export interface Known {
  /** Empty: the archive's own name for it. */
  readonly reference: string;
  readonly source: string;
  readonly readFrom: ReadFrom;
  /** `os/architecture[/variant]`; empty: the host's or the only one. */
  readonly platform: string;
}

/** From what a stream held to the analysis; a text instead says why there is none. */
export function assemble(contents: Contents, known: Known): Assembled | string {
  const blobAt = (path: string): Blob | undefined => followed(contents.blobs, contents.links, path);
  const documentAt = (path: string): string | undefined => {
    const blob = blobAt(path);
    return blob?.kind === "document" ? blob.text : undefined;
  };
  const manifest = manifestOf(documentAt, known.platform);
  if (typeof manifest === "string") return manifest;
  return assembleLayers(
    manifest,
    documentAt(manifest.config),
    contents.tree,
    blobAt,
    contents.troubles,
    known,
  );
}

/** The layers that a stream held, lowest first; undefined: one is not there. */
export function layersOf(contents: Contents): readonly (ReadLayer | undefined)[] {
  const blobAt = (path: string): Blob | undefined => followed(contents.blobs, contents.links, path);
  const manifest = manifestOf((path) => {
    const blob = blobAt(path);
    return blob?.kind === "document" ? blob.text : undefined;
  }, "");
  if (typeof manifest === "string") return [];
  return manifest.layers.map((path) => {
    const blob = blobAt(path);
    return blob?.kind === "layer" ? blob.layer : undefined;
  });
}

/** More layers than any engine stacks. */
const mostLayers = 4_096;

/** `blobAt`: a layer by its path in the manifest. */
export function assembleLayers(
  manifest: Manifest,
  configText: string | undefined,
  tree: PathTree,
  blobAt: (path: string) => Blob | undefined,
  before: readonly Trouble[],
  known: Known,
  compare?: CompareBeside,
): Assembled | string {
  const config = configIn(configText);
  if (config === undefined) return `the image's config ${manifest.config} is missing or broken`;
  if (manifest.layers.length > mostLayers) return `its manifest names ${manifest.layers.length} layers`;
  const troubles: Trouble[] = [...before, ...manifest.troubles];
  const layers = manifest.layers.map((path, index): Layer => {
    const blob = blobAt(path);
    const diffId = config.diffIds[index] ?? "";
    if (blob?.kind === "layer") {
      troubles.push(...blob.layer.troubles.map((why) => ({ path, why })));
      return { diffId, entries: blob.layer.entries, contents: blob.layer.contents };
    }
    const absent =
      manifest.foreign?.has(path) === true
        ? "a foreign layer, which only its maker hands out: not read"
        : "the layer is not in the archive";
    const why = blob?.kind === "unreadable" ? blob.why : absent;
    // An empty document: a layer of no bytes at all.
    if (blob?.kind !== "document" || blob.text !== "") troubles.push({ path, why });
    return { diffId, entries: new EntryTable(tree), contents: noContents };
  });
  const image: ImageIdentity = {
    reference: known.reference === "" ? (manifest.reference ?? "") : known.reference,
    id: idOf(manifest.config),
    platform: config.platform,
    source: known.source,
    readFrom: known.readFrom,
  };
  const res = assembled({ image, history: config.history, tree, layers, troubles }, compare);
  return typeof res === "string" || manifest.base === undefined ? res : { ...res, base: manifest.base };
}

export function assembled(read: ImageLayers, compare?: CompareBeside): Assembled | string {
  const res = analysisOf(
    read,
    (it) => Buffer.from(it.buffer, it.byteOffset, it.length).toString("utf8"),
    (a, b) => Buffer.compare(a, b) === 0,
    compare,
  );
  if (typeof res === "string") return res;
  const { analysis, files, owned } = res;
  return { analysis, columns: () => fileColumns(read.tree, files, owned, read.layers.length) };
}

/** Through links of the archive, which may lead to links. */
export function followed<T>(
  at: ReadonlyMap<string, T>,
  links: ReadonlyMap<string, string>,
  path: string,
): T | undefined {
  let here: string | undefined = path;
  for (let step = 0; step < 8 && here !== undefined; step += 1) {
    const found = at.get(here);
    if (found !== undefined) return found;
    here = links.get(here);
  }
  return undefined;
}
