/**
 * The questions that a picture of an image answers: which groups there are, which file is in which, and what counts.
 *
 * Invariant: all groupings but two show every byte of every layer; `hidden` shows the bytes that later layers hide,
 * `symbols` those that stripping would free.
 */
import { categoryName } from "../image/categories.ts";
import type { HiddenKind } from "../image/file-versions.ts";
import { type FileColumns, hiddenKinds } from "./file-columns.ts";
import type { Grouped } from "./tree-columns.ts";

export const groupings = ["layers", "folders", "packages", "categories", "hidden", "symbols"] as const;
export type Grouping = (typeof groupings)[number];

export interface Group {
  readonly kind: "layer" | "package" | "category" | "group";
  readonly name: string;
  /** Of a layer: its place. */
  readonly layer?: number;
  /** Of a package: its place in the columns. */
  readonly package?: number;
  /** Of hidden files: why, who brought them, who hid them. */
  readonly hidden?: { readonly kind: HiddenKind; readonly layer: number; readonly by: number };
}

export interface GroupedFiles extends Grouped {
  /** By group. */
  readonly facts: readonly Group[];
}

/** `accepts`: which files are shown; `layerName`: what made a layer. */
export function groupFiles(
  files: FileColumns,
  grouping: Grouping,
  accepts: (file: number) => boolean,
  layerName: (layer: number) => string,
): GroupedFiles {
  const table = new GroupTable();
  const { groupOf, weightOf } = waysOf(files, grouping, table, layerName);
  if (grouping === "layers")
    for (let layer = 0; layer < files.layers; layer += 1) layerGroup(table, layer, layerName);
  const taken = partsTaken(files, grouping);
  const most = files.count + files.parts.length;
  const numbers = new Uint32Array(most);
  const groups = new Int32Array(most);
  const bytes = new Float64Array(most);
  let count = 0;
  const add = (file: number, group: number, size: number): void => {
    numbers[count] = file;
    groups[count] = group;
    bytes[count] = size;
    count += 1;
  };
  for (let file = 0; file < files.count; file += 1) {
    const size = weightOf(file);
    if (size !== undefined && accepts(file)) add(file, groupOf(file), size - (taken.get(file) ?? 0));
  }
  const whole = count;
  if (grouping === "packages") {
    for (const { file, owner, bytes: size } of files.parts)
      if (accepts(file)) add(file, packageGroup(files, table, owner), size);
  }
  return {
    parents: table.parents,
    facts: table.groups,
    ordered: grouping === "layers",
    count,
    files: numbers,
    groups,
    bytes,
    wasted: (entry) => (files.hidden[numbers[entry] ?? 0] === 0 ? 0 : (bytes[entry] ?? 0)),
    filesOf: (entry) => (entry < whole ? 1 : 0),
  };
}

interface Ways {
  /** -1: the whole. */
  readonly groupOf: (file: number) => number;
  /** Undefined: it is not shown. */
  readonly weightOf: (file: number) => number | undefined;
}

function waysOf(
  files: FileColumns,
  grouping: Grouping,
  table: GroupTable,
  layerName: (layer: number) => string,
): Ways {
  const size = (file: number): number => files.bytes[file] ?? 0;
  const isHidden = (file: number): boolean => files.hidden[file] !== 0;
  const ownerOf = (file: number): number =>
    isHidden(file) ? hiddenGroup(table) : packageGroup(files, table, files.owners[file] ?? 0);
  switch (grouping) {
    case "layers":
      return { groupOf: (file) => layerGroup(table, files.layerOf[file] ?? 0, layerName), weightOf: size };
    case "folders":
      return { groupOf: (file) => (isHidden(file) ? hiddenGroup(table) : -1), weightOf: size };
    case "packages":
      return { groupOf: ownerOf, weightOf: size };
    case "categories":
      return {
        groupOf: (file) =>
          isHidden(file) ? hiddenGroup(table) : categoryGroup(files, table, files.categoryOf[file] ?? 0),
        weightOf: size,
      };
    case "hidden":
      return {
        groupOf: (file) => whyHidden(files, table, file),
        weightOf: (file) => (isHidden(file) ? size(file) : undefined),
      };
    case "symbols":
      return {
        groupOf: ownerOf,
        weightOf: (file) => ((files.strippable[file] ?? 0) > 0 ? files.strippable[file] : undefined),
      };
  }
}

/** What packages inside a file have of it, where packages are shown. */
function partsTaken({ parts }: FileColumns, grouping: Grouping): ReadonlyMap<number, number> {
  const res = new Map<number, number>();
  if (grouping !== "packages") return res;
  for (const { file, bytes } of parts) res.set(file, (res.get(file) ?? 0) + bytes);
  return res;
}

class GroupTable {
  readonly groups: Group[] = [];
  readonly parents: number[] = [];
  readonly #numbers = new Map<string | number, number>();

  known(key: string | number): number | undefined {
    return this.#numbers.get(key);
  }

  of(key: string | number, make: () => Group, parent = -1): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.groups.length);
    this.groups.push(make());
    this.parents.push(parent);
    return this.groups.length - 1;
  }
}

const layerGroup = (table: GroupTable, layer: number, layerName: (layer: number) => string): number =>
  table.of(layer, () => ({ kind: "layer", name: layerName(layer), layer }));

const hiddenGroup = (table: GroupTable): number =>
  table.of("hidden", () => ({ kind: "group", name: "Hidden by later layers" }));

/** `owner`: as in the columns, 0 for none. */
function packageGroup({ packages }: FileColumns, table: GroupTable, owner: number): number {
  const known = table.known(owner);
  if (known !== undefined) return known;
  const it = packages[owner - 1];
  if (it === undefined) return table.of(0, () => ({ kind: "group", name: "Of no package" }));
  const { ecosystem, name, version } = it;
  const kind = table.of(`kind ${ecosystem}`, () => ({ kind: "group", name: ecosystemName(ecosystem) }));
  return table.of(
    owner,
    () => ({ kind: "package", name: `${name} ${version}`.trim(), package: owner - 1 }),
    kind,
  );
}

function categoryGroup({ categories }: FileColumns, table: GroupTable, category: number): number {
  return table.of(category, () => ({ kind: "category", name: categoryName(categories[category] ?? "") }));
}

function whyHidden({ hidden, layerOf, hiddenBy }: FileColumns, table: GroupTable, file: number): number {
  const kind = hiddenKinds[hidden[file] ?? 0] ?? "deleted";
  const [layer, by] = [layerOf[file] ?? 0, hiddenBy[file] ?? 0];
  const whole = table.of(kind, () => ({ kind: "group", name: hiddenNames[kind] }));
  return table.of(
    `${kind} ${layer} ${by}`,
    () => ({
      kind: "group",
      name: layer === by ? `Layer ${layer}, by itself` : `Layer ${layer}, by layer ${by}`,
      hidden: { kind, layer, by },
    }),
    whole,
  );
}

export const hiddenNames: Readonly<Record<HiddenKind, string>> = {
  deleted: "Deleted",
  overwritten: "Overwritten",
  metadataOnly: "Stored again, only metadata changed",
};

const ecosystems: Readonly<Record<string, string>> = {
  deb: "Debian packages",
  apk: "Alpine packages",
  rpm: "RPM packages",
  conda: "Conda packages",
  python: "Python packages",
  npm: "Node packages",
  gem: "Ruby gems",
  go: "Go programs",
  rust: "Rust programs",
  java: "Java archives",
};

export const ecosystemName = (id: string): string => ecosystems[id] ?? `${id} packages`;
