/**
 * ImageAnalysis: everything that is known of one image once its layers are read (docs/numbers.md).
 *
 * Invariant: layers, packages and categories each sum to `bytes.layers`.
 */
import { addBytes, type Bytes, bytes, noBytes } from "../size/bytes.ts";
import {
  type Attribution,
  attribute,
  type CategoryRow,
  type PackageRow,
  type SizedFiles,
} from "./attribution.ts";
import { type CompareBeside, duplicatedBytes, type IsEqual, settleContents } from "./contents.ts";
import { type DiveNumbers, diveNumbers } from "./dive.ts";
import type { FileVersions, HiddenKind } from "./file-versions.ts";
import type { HistoryEntry, Layer } from "./layer.ts";
import { addWaste, type MergedView, mergeLayers, noWaste, type WasteByKind } from "./merged-view.ts";
import type { PathTree } from "./path-tree.ts";
import { type Decode, wantedFiles } from "./wanted-files.ts";

/** Where an image's bytes were read. */
export type ReadFrom =
  | "overlay2-records"
  | "containers-storage-records"
  | "containerd-content"
  | "engine-export"
  | "file"
  | "registry"
  | "cache";

export interface ImageIdentity {
  readonly reference: string;
  readonly id: string;
  readonly platform: string;
  /** "docker", "archive", "layout" or "registry". */
  readonly source: string;
  /** Absent before any was. */
  readonly readFrom?: ReadFrom;
}

export interface AnalysedLayer {
  readonly index: number;
  readonly diffId: string;
  readonly createdBy: string;
  readonly bytes: Bytes;
  readonly files: number;
  /** Of the bytes this layer brought. */
  readonly wasted: WasteByKind;
  /** Of the bytes of lower layers. */
  readonly hides: WasteByKind;
}

export interface HiddenFile {
  readonly path: string;
  readonly bytes: Bytes;
  readonly kind: HiddenKind;
  readonly layer: number;
  readonly hiddenBy: number;
}

export interface Trouble {
  readonly path: string;
  readonly why: string;
}

export interface ImageAnalysis {
  readonly image: ImageIdentity;
  readonly history: readonly HistoryEntry[];
  readonly bytes: {
    readonly layers: Bytes;
    readonly visible: Bytes;
    readonly wasted: WasteByKind;
    readonly duplicated: Bytes;
  };
  readonly layers: readonly AnalysedLayer[];
  readonly packages: readonly PackageRow[];
  readonly categories: readonly CategoryRow[];
  readonly hidden: readonly HiddenFile[];
  /** Of visible ELF files: what stripping would free, and how many files that is. */
  readonly strippable: { readonly bytes: Bytes; readonly files: number };
  readonly diveCompatible: DiveNumbers;
  readonly troubles: readonly Trouble[];
}

/** What was read of an image. */
export interface ImageLayers {
  readonly image: ImageIdentity;
  readonly history: readonly HistoryEntry[];
  /** Of all layers' tables. */
  readonly tree: PathTree;
  /** Lowest first. */
  readonly layers: readonly Layer[];
  readonly troubles: readonly Trouble[];
}

const mostHidden = 1_000;

export interface AnalysedFiles {
  readonly analysis: ImageAnalysis;
  readonly files: FileVersions;
  /** Whose each file is. */
  readonly owned: Pick<Attribution, "owners" | "categoryOf">;
}

/**
 * With its files, which are many: what is kept or sent of them is for the caller to decide. `decode`, `isEqual`: what
 * the machine does faster than the core's own code; `beside`: who compares contents meanwhile. A text: why it cannot be.
 */
export function analysisOf(
  { image, history, tree, layers, troubles }: ImageLayers,
  decode: Decode,
  isEqual?: IsEqual,
  beside?: CompareBeside,
): AnalysedFiles | string {
  const view = mergeLayers(tree, layers);
  const { files } = view;
  if (!isCountable(files)) return "its layers claim more bytes than can be counted";
  const settle = settleContents(
    files,
    layers.map((it) => it.contents),
    isEqual,
    beside,
  );
  // Neither asks whether contents are equal, only whether a file is hidden.
  const wanted = wantedFiles(tree, view, layers, decode);
  const owned = attribute(sizedFiles(tree, view), wanted);
  const diveCompatible = diveNumbers(
    tree,
    layers.map((it) => it.entries),
  );
  settle();
  const sums = sumsOf(files, layers.length);
  const made = history.filter((it) => !it.emptyLayer);
  const wasted = sums.reduce<WasteByKind>((sum, it) => addWastes(sum, it.wasted), noWaste);
  const analysis: ImageAnalysis = {
    image,
    history,
    bytes: {
      layers: totalOf(sums.map((it) => it.bytes)),
      visible: totalOf(sums.map((it) => it.visible)),
      wasted,
      duplicated: duplicatedBytes(files),
    },
    layers: layers.map(({ diffId }, index) => ({
      index,
      diffId,
      // A history that does not fit the layers says nothing about any of them.
      createdBy: made.length === layers.length ? (made[index]?.createdBy ?? "") : "",
      bytes: sums[index]?.bytes ?? noBytes,
      files: sums[index]?.files ?? 0,
      wasted: sums[index]?.wasted ?? noWaste,
      hides: sums[index]?.hides ?? noWaste,
    })),
    packages: owned.packages,
    categories: owned.categories,
    hidden: hiddenFiles(files),
    strippable: strippableIn(files),
    diveCompatible,
    troubles: [...troubles, ...view.troubles, ...wanted.troubles, ...owned.troubles],
  };
  return { analysis, files, owned };
}

interface LayerSums {
  bytes: Bytes;
  visible: Bytes;
  files: number;
  wasted: WasteByKind;
  hides: WasteByKind;
}

function strippableIn(files: FileVersions): ImageAnalysis["strippable"] {
  let sum = noBytes;
  let count = 0;
  for (let at = 0; at < files.count; at += 1) {
    const strippable = files.isHidden(at) ? undefined : files.factsOf(at)?.strippable;
    if (strippable === undefined || strippable === 0) continue;
    sum = addBytes(sum, strippable);
    count += 1;
  }
  return { bytes: sum, files: count };
}

function isCountable(files: FileVersions): boolean {
  let sum = 0;
  for (let at = 0; at < files.count; at += 1) sum += files.sizeOf(at);
  return Number.isSafeInteger(sum);
}

function sumsOf(files: FileVersions, layers: number): readonly LayerSums[] {
  const res = Array.from(
    { length: layers },
    (): LayerSums => ({ bytes: noBytes, visible: noBytes, files: 0, wasted: noWaste, hides: noWaste }),
  );
  for (let at = 0; at < files.count; at += 1) {
    const own = res[files.layerOf(at)];
    if (own === undefined) continue;
    const size = bytes(files.sizeOf(at));
    const kind = files.hiddenKind(at);
    own.bytes = addBytes(own.bytes, size);
    own.files += 1;
    if (kind === undefined) {
      own.visible = addBytes(own.visible, size);
      continue;
    }
    own.wasted = addWaste(own.wasted, kind, size);
    const by = res[files.hiddenBy(at)];
    if (by !== undefined) by.hides = addWaste(by.hides, kind, size);
  }
  return res;
}

const totalOf = (sums: readonly Bytes[]): Bytes => sums.reduce(addBytes, noBytes);

const addWastes = (a: WasteByKind, b: WasteByKind): WasteByKind => ({
  deleted: addBytes(a.deleted, b.deleted),
  overwritten: addBytes(a.overwritten, b.overwritten),
  metadataOnly: addBytes(a.metadataOnly, b.metadataOnly),
});

/** The largest; texts are made only for those that are shown. */
function hiddenFiles(files: FileVersions): readonly HiddenFile[] {
  const hidden: number[] = [];
  for (let at = 0; at < files.count; at += 1) if (files.isHidden(at)) hidden.push(at);
  hidden.sort((a, b) => files.sizeOf(b) - files.sizeOf(a));
  const least = files.sizeOf(hidden[mostHidden - 1] ?? 0);
  return hidden
    .filter((it) => hidden.length < mostHidden || files.sizeOf(it) >= least)
    .slice(0, mostHidden * 2)
    .flatMap((it): HiddenFile[] => {
      const kind = files.hiddenKind(it);
      const { path, bytes: size, layer } = files.at(it);
      return kind === undefined
        ? []
        : [{ path: `/${path}`, bytes: size, kind, layer, hiddenBy: files.hiddenBy(it) }];
    })
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.layer - b.layer))
    .slice(0, mostHidden);
}

const sizedFiles = (tree: PathTree, { files, resolve, versionAt }: MergedView): SizedFiles => ({
  versions: files.count,
  nodes: tree.count,
  resolve,
  versionAt: (node) => {
    const version = versionAt(node);
    return version === undefined || files.isHidden(version) ? undefined : version;
  },
  parentOf: (node) => tree.parentOf(node),
  nameOf: (node) => tree.nameOf(node),
  pathOf: (node) => tree.pathOf(node),
  sizeOf: (version) => files.sizeOf(version),
  layerOf: (version) => files.layerOf(version),
  isHidden: (version) => files.isHidden(version),
  factsOf: (version) => files.factsOf(version),
});
