/**
 * ImageAnalysis: everything that is known of one image once its layers are read (docs/numbers.md).
 *
 * Invariant: layers, packages and categories each sum to `bytes.layers`.
 */
import { addBytes, type Bytes, noBytes, sumOf } from "../size/bytes.ts";
import { textOf } from "../text/utf8.ts";
import { cataloguers } from "./cataloguers/all.ts";
import type { FoundPackage, WantedFiles } from "./cataloguers/cataloguer.ts";
import { categoryOf } from "./categories.ts";
import { type DiveNumbers, diveNumbers } from "./dive.ts";
import type { HistoryEntry, Layer } from "./layer.ts";
import {
  duplicatedBytes,
  type FileVersion,
  type HiddenKind,
  mergeLayers,
  type WasteByKind,
  wasteOf,
} from "./merged-view.ts";

export interface ImageIdentity {
  readonly reference: string;
  readonly id: string;
  readonly platform: string;
  /** "docker", "archive" or "layout". */
  readonly source: string;
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

export interface PackageRow {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: Bytes;
  readonly layer: number;
  readonly dependsOn: readonly string[];
  readonly requested: boolean | null;
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
  readonly files: readonly FileVersion[];
  readonly packages: readonly PackageRow[];
  readonly categories: readonly { readonly id: string; readonly bytes: Bytes; readonly files: number }[];
  readonly hidden: readonly HiddenFile[];
  /** Of visible ELF files: what stripping would free, and how many files that is. */
  readonly strippable: { readonly bytes: Bytes; readonly files: number };
  readonly diveCompatible: DiveNumbers;
  readonly troubles: readonly Trouble[];
}

const mostHidden = 1_000;

export function analysisOf(
  image: ImageIdentity,
  history: readonly HistoryEntry[],
  layers: readonly Layer[],
  troubles: readonly Trouble[],
): ImageAnalysis {
  const { files, troubles: mergeTroubles } = mergeLayers(layers);
  const byLayer = layers.map((): FileVersion[] => []);
  const hiddenBy = layers.map((): FileVersion[] => []);
  for (const it of files) {
    byLayer[it.layer]?.push(it);
    if (it.hidden !== undefined) hiddenBy[it.hidden.by]?.push(it);
  }
  const made = history.filter((it) => !it.emptyLayer);
  const wasted = wasteOf(files);
  const total = bytesOf(files);
  const owned = packageRows(layers, files);
  return {
    image,
    history,
    bytes: {
      layers: total,
      visible: bytesOf(files.filter((it) => it.hidden === undefined)),
      wasted,
      duplicated: duplicatedBytes(files),
    },
    layers: layers.map(({ diffId }, index) => ({
      index,
      diffId,
      // A history that does not fit the layers says nothing about any of them.
      createdBy: made.length === layers.length ? (made[index]?.createdBy ?? "") : "",
      bytes: bytesOf(byLayer[index] ?? []),
      files: byLayer[index]?.length ?? 0,
      wasted: wasteOf(byLayer[index] ?? []),
      hides: wasteOf(hiddenBy[index] ?? []),
    })),
    files,
    packages: owned.rows,
    categories: categoryRows(files),
    hidden: hiddenFiles(files),
    strippable: strippableIn(files),
    diveCompatible: diveNumbers(layers),
    troubles: [...troubles, ...mergeTroubles, ...owned.troubles],
  };
}

const bytesOf = (files: Iterable<FileVersion>): Bytes => sumOf([...files].map((it) => it.bytes));

function strippableIn(files: readonly FileVersion[]): ImageAnalysis["strippable"] {
  const sizes = files.flatMap(({ hidden, facts }) =>
    hidden === undefined && facts?.strippable !== undefined && facts.strippable > 0 ? [facts.strippable] : [],
  );
  return { bytes: sumOf(sizes), files: sizes.length };
}

function categoryRows(files: readonly FileVersion[]): ImageAnalysis["categories"] {
  const rows = new Map<string, { bytes: Bytes; files: number }>();
  for (const it of files) {
    const id = it.hidden === undefined ? categoryOf(it.path) : "hidden";
    const row = rows.get(id) ?? { bytes: noBytes, files: 0 };
    rows.set(id, { bytes: addBytes(row.bytes, it.bytes), files: row.files + 1 });
  }
  return [...rows]
    .map(([id, row]) => ({ id, ...row }))
    .sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
}

const hiddenFiles = (files: readonly FileVersion[]): readonly HiddenFile[] =>
  files
    .flatMap(({ path, bytes, layer, hidden }) =>
      hidden === undefined
        ? []
        : [{ path: `/${path}`, bytes, kind: hidden.kind, layer, hiddenBy: hidden.by }],
    )
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))
    .slice(0, mostHidden);

/** One row per package and layer with visible bytes; what no package owns and what is hidden complete the sum. */
function packageRows(
  layers: readonly Layer[],
  files: readonly FileVersion[],
): { readonly rows: readonly PackageRow[]; readonly troubles: readonly Trouble[] } {
  const texts = visibleTexts(layers, files);
  const owners = new Map<string, FoundPackage>();
  const troubles: Trouble[] = [];
  for (const cataloguer of cataloguers) {
    const found = cataloguer.catalogue(texts);
    troubles.push(...found.troubles);
    for (const one of found.packages)
      for (const path of one.files) if (!owners.has(path)) owners.set(path, one);
  }
  const rows = new Map<string, PackageRow>();
  for (const { path, bytes, layer, hidden } of files) {
    const owner = hidden === undefined ? owners.get(path) : undefined;
    const name = hidden !== undefined ? "(hidden)" : (owner?.name ?? "(no package)");
    const ecosystem = owner?.ecosystem ?? "none";
    const version = owner?.version ?? "";
    const key = `${ecosystem}\0${name}\0${version}\0${layer}`;
    const row = rows.get(key);
    rows.set(key, {
      ecosystem,
      name,
      version,
      layer,
      bytes: addBytes(row?.bytes ?? noBytes, bytes),
      dependsOn: owner?.dependsOn ?? [],
      requested: owner?.requested ?? null,
    });
  }
  return { rows: [...rows.values()].sort((a, b) => b.bytes - a.bytes || a.layer - b.layer), troubles };
}

/** The content of a path is that of the highest layer that has it, unless it is hidden. */
function visibleTexts(layers: readonly Layer[], files: readonly FileVersion[]): WantedFiles {
  const contents = new Map<string, Uint8Array>();
  for (const { path, layer, hidden } of files) {
    const content = hidden === undefined ? layers[layer]?.texts.get(path) : undefined;
    if (content !== undefined) contents.set(path, content);
  }
  return {
    paths: [...contents.keys()],
    has: (path) => contents.has(path),
    bytes: (path) => contents.get(path),
    text: (path) => {
      const content = contents.get(path);
      return content === undefined ? undefined : textOf(content);
    },
  };
}
