/**
 * Whose bytes an image's files are, and what kind of thing they are: rows of packages and of categories.
 *
 * Invariant: the rows of each sum to the bytes of all files, hidden ones too.
 */
import { addBytes, type Bytes, bytes, noBytes } from "../size/bytes.ts";
import { cataloguers } from "./cataloguers/all.ts";
import type { FoundPackage, WantedFiles } from "./cataloguers/cataloguer.ts";
import { Categorizer, hiddenCategory, strongerCategory } from "./categories.ts";
import { type NamedFiles, type Owners, ownersOf } from "./owners.ts";
import type { FileFacts } from "./probes.ts";

/** Every regular file of every layer by number, and the names of the visible ones. */
export interface SizedFiles extends NamedFiles {
  sizeOf(version: number): number;
  layerOf(version: number): number;
  isHidden(version: number): boolean;
  factsOf(version: number): FileFacts | undefined;
  /** Without a leading slash. */
  pathOf(node: number): string;
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

export interface CategoryRow {
  readonly id: string;
  readonly bytes: Bytes;
  readonly files: number;
}

export interface Attribution {
  /** One row per package and layer with visible bytes; `(no package)` and `(hidden)` complete the sum. */
  readonly packages: readonly PackageRow[];
  readonly categories: readonly CategoryRow[];
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
  readonly owners: Owners;
  /** The category of a version. */
  categoryOf(version: number): string;
}

export function attribute(files: SizedFiles, wanted: WantedFiles): Attribution {
  const image = {
    probed: probedIn(files),
    resolved: (path: string): string => {
      const node = files.resolve(path.endsWith("/.") ? path : `${path}/.`) ?? files.resolve(path);
      return node === undefined ? path : files.pathOf(node);
    },
  };
  const found = cataloguers.map((it) => it.catalogue(wanted, image));
  const kinds = cataloguers.map((it) => it.kind);
  const owners = ownersOf(files, found, kinds);
  const categoryOf = categoriesOf(files, owners);
  const order = new Map(found.flatMap((it, index) => it.packages.map((one) => [one, index] as const)));
  const troubles = found.flatMap((it, index) =>
    it.troubles.filter(({ path }) => {
      const node = files.resolve(path);
      const version = node === undefined ? undefined : files.versionAt(node);
      const owner = version === undefined ? undefined : owners.of(version);
      return owner === undefined || (order.get(owner) ?? index) >= index;
    }),
  );
  return {
    packages: packageRows(files, owners),
    categories: categoryRows(files, categoryOf),
    troubles,
    owners,
    categoryOf,
  };
}

function probedIn(files: SizedFiles): { readonly path: string; readonly facts: FileFacts }[] {
  const res: { path: string; facts: FileFacts }[] = [];
  const seen = new Set<number>();
  for (let node = 1; node < files.nodes; node += 1) {
    const version = files.versionAt(node);
    const facts = version === undefined ? undefined : files.factsOf(version);
    if (version === undefined || seen.has(version)) continue;
    if (facts?.archive === undefined && facts?.program === undefined) continue;
    seen.add(version);
    res.push({ path: files.pathOf(node), facts });
  }
  return res;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function packageRows(files: SizedFiles, owners: Owners): readonly PackageRow[] {
  const rows = new Map<string, Mutable<PackageRow>>();
  /** By owner, or by name where there is none, and layer: making the key for each file is slow. */
  const known = new Map<FoundPackage | string, Mutable<PackageRow>[]>();
  const rowOf = (owner: FoundPackage | undefined, name: string, layer: number): Mutable<PackageRow> => {
    const { ecosystem = "none", version = "", dependsOn = [], requested = null } = owner ?? {};
    const key = `${ecosystem}\0${name}\0${version}\0${layer}`;
    const row = rows.get(key) ?? { ecosystem, name, version, layer, bytes: noBytes, dependsOn, requested };
    rows.set(key, row);
    row.requested ??= requested;
    return row;
  };
  const add = (owner: FoundPackage | undefined, name: string, layer: number, size: number): void => {
    const layers = known.get(owner ?? name) ?? [];
    if (layers.length === 0) known.set(owner ?? name, layers);
    layers[layer] ??= rowOf(owner, name, layer);
    const row = layers[layer];
    row.bytes = addBytes(row.bytes, bytes(size));
  };
  for (let version = 0; version < files.versions; version += 1) {
    const layer = files.layerOf(version);
    let size = files.sizeOf(version);
    if (files.isHidden(version)) {
      add(undefined, "(hidden)", layer, size);
      continue;
    }
    for (const { owner, bytes: part } of owners.partsOf(version)) {
      const taken = Math.min(part, size);
      size -= taken;
      add(owner, owner.name, layer, taken);
    }
    const owner = owners.of(version);
    add(owner, owner?.name ?? "(no package)", layer, size);
  }
  return [...rows.values()].sort(
    (a, b) => b.bytes - a.bytes || a.layer - b.layer || (a.name < b.name ? -1 : 1),
  );
}

/** By number of the version; a file with several names has one category. */
function categoriesOf(files: SizedFiles, owners: Owners): (version: number) => string {
  const ids: string[] = [];
  const numbers = new Map<string, number>();
  const byVersion = new Uint8Array(files.versions);
  const numberOf = (id: string): number => {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    ids.push(id);
    numbers.set(id, ids.length);
    return ids.length;
  };
  const categorizer = new Categorizer();
  for (let node = 1; node < files.nodes; node += 1) {
    const version = files.versionAt(node);
    if (version === undefined) continue;
    const folder = files.parentOf(node);
    const path = (): string => (folder === 0 ? "" : `${files.pathOf(folder)}/`);
    const category = categorizer.of(folder, path, files.nameOf(node), owners.of(version));
    const before = ids[(byVersion[version] ?? 0) - 1];
    byVersion[version] = numberOf(before === undefined ? category : strongerCategory(before, category));
  }
  return (version) =>
    files.isHidden(version) ? hiddenCategory : (ids[(byVersion[version] ?? 0) - 1] ?? hiddenCategory);
}

function categoryRows(files: SizedFiles, categoryOf: (version: number) => string): readonly CategoryRow[] {
  const rows = new Map<string, { bytes: Bytes; files: number }>();
  for (let version = 0; version < files.versions; version += 1) {
    const id = categoryOf(version);
    const row = rows.get(id) ?? { bytes: noBytes, files: 0 };
    row.bytes = addBytes(row.bytes, bytes(files.sizeOf(version)));
    row.files += 1;
    rows.set(id, row);
  }
  return [...rows]
    .map(([id, row]) => ({ id, ...row }))
    .sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
}
