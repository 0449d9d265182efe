/**
 * Every regular file of every layer, with whose it is, as columns of numbers that go from thread to thread without a
 * copy: some 30 bytes a file and 20 a path. Pictures of any grouping are made of them (groupings.ts).
 */
import type { Attribution } from "../image/attribution.ts";
import type { FileVersions, HiddenKind } from "../image/file-versions.ts";
import type { PathTree } from "../image/path-tree.ts";
import { namedText } from "../text/utf8.ts";

export interface FileColumns {
  readonly count: number;
  readonly layers: number;
  readonly bytes: Float64Array<ArrayBuffer>;
  /** What stripping would free, of visible programs. */
  readonly strippable: Float64Array<ArrayBuffer>;
  /** By file: its path's number. */
  readonly paths: Uint32Array<ArrayBuffer>;
  readonly layerOf: Uint16Array<ArrayBuffer>;
  /** Place in `hiddenKinds`. */
  readonly hidden: Uint8Array<ArrayBuffer>;
  /** The layer that hid it, of hidden ones. */
  readonly hiddenBy: Uint16Array<ArrayBuffer>;
  /** Place in `packages` and one; 0: of no package. */
  readonly owners: Uint32Array<ArrayBuffer>;
  /** Place in `categories`. */
  readonly categoryOf: Uint8Array<ArrayBuffer>;
  readonly packages: readonly PackageName[];
  readonly categories: readonly string[];
  /** Bytes of one file that packages inside it have for themselves. */
  readonly parts: readonly { readonly file: number; readonly owner: number; readonly bytes: number }[];
  /** By path: its folder, which has a smaller number; 0 is the root. */
  readonly parents: Uint32Array<ArrayBuffer>;
  /** By path: where its name starts in `nameBytes`; it ends where the next one starts. */
  readonly nameStarts: Uint32Array<ArrayBuffer>;
  readonly nameBytes: Uint8Array<ArrayBuffer>;
}

export interface PackageName {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

export const hiddenKinds: readonly (HiddenKind | undefined)[] = [
  undefined,
  "deleted",
  "overwritten",
  "metadataOnly",
];

/** The memory that a thread can hand over rather than copy. */
export const buffersOf = (it: FileColumns): ArrayBuffer[] =>
  [
    it.bytes,
    it.strippable,
    it.paths,
    it.layerOf,
    it.hidden,
    it.hiddenBy,
    it.owners,
    it.categoryOf,
    it.parents,
    it.nameStarts,
    it.nameBytes,
  ].map(({ buffer }) => buffer);

export function fileColumns(
  tree: PathTree,
  files: FileVersions,
  { owners, categoryOf }: Pick<Attribution, "owners" | "categoryOf">,
  layers: number,
): FileColumns {
  const { count } = files;
  const { bytes: nameBytes, starts: nameStarts } = tree.names();
  const parents = new Uint32Array(tree.count);
  for (let node = 1; node < tree.count; node += 1) parents[node] = tree.parentOf(node);
  const packages = new Numbers<PackageName>(
    ({ ecosystem, name, version }) => `${ecosystem}\0${name}\0${version}`,
    ({ ecosystem, name, version }) => ({ ecosystem, name, version }),
  );
  const categories = new Numbers<string>(
    (it) => it,
    (it) => it,
  );
  const parts: { file: number; owner: number; bytes: number }[] = [];
  const res = {
    bytes: new Float64Array(count),
    strippable: new Float64Array(count),
    paths: new Uint32Array(count),
    layerOf: new Uint16Array(count),
    hidden: new Uint8Array(count),
    hiddenBy: new Uint16Array(count),
    owners: new Uint32Array(count),
    categoryOf: new Uint8Array(count),
  };
  for (let at = 0; at < count; at += 1) {
    const size = files.sizeOf(at);
    res.bytes[at] = size;
    res.paths[at] = files.nodeOf(at);
    res.layerOf[at] = files.layerOf(at);
    res.categoryOf[at] = categories.of(categoryOf(at));
    const kind = files.hiddenKind(at);
    if (kind !== undefined) {
      res.hidden[at] = hiddenKinds.indexOf(kind);
      res.hiddenBy[at] = files.hiddenBy(at);
      continue;
    }
    res.strippable[at] = files.factsOf(at)?.strippable ?? 0;
    const owner = owners.of(at);
    if (owner !== undefined) res.owners[at] = packages.of(owner) + 1;
    let left = size;
    for (const it of owners.partsOf(at)) {
      const taken = Math.min(it.bytes, left);
      left -= taken;
      if (taken > 0) parts.push({ file: at, owner: packages.of(it.owner) + 1, bytes: taken });
    }
  }
  return {
    ...res,
    count,
    layers,
    parts,
    parents,
    nameStarts,
    nameBytes,
    packages: packages.values,
    categories: categories.values,
  };
}

/** Values in the order in which they were first met. */
class Numbers<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (it: Value) => string;
  readonly #kept: (it: Value) => Value;

  constructor(keyOf: (it: Value) => string, kept: (it: Value) => Value) {
    this.#keyOf = keyOf;
    this.#kept = kept;
  }

  of(value: Value): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.values.length);
    this.values.push(this.#kept(value));
    return this.values.length - 1;
  }
}

/** The last part of a path. */
export const nameOfPath = ({ nameBytes, nameStarts }: FileColumns, path: number): string =>
  namedText(nameBytes, nameStarts[path] ?? 0, nameStarts[path + 1] ?? 0);

/** With a leading slash. */
export function textOfPath(files: FileColumns, path: number): string {
  const parts: string[] = [];
  for (let at = path; at !== 0; at = files.parents[at] ?? 0) parts.push(nameOfPath(files, at));
  return `/${parts.reverse().join("/")}`;
}
