/** Whose bytes the bytes of a node are: by layer, package and category, and what hides them. */
import { categoryName } from "../image/categories.ts";
import type { HiddenKind } from "../image/file-versions.ts";
import type { Ties } from "../image/package-ties.ts";
import { hiddenKinds, type PackageName } from "./file-columns.ts";
import type { ImageTree } from "./image-tree.ts";

/** The same shape as protocol/tree.ts, which the core does not know. */
export interface NodeDetails {
  readonly id: number;
  readonly layers: Shares<{ readonly layer: number }>;
  /** Of its visible bytes, as categories are. */
  readonly packages: Shares<PackageShare>;
  readonly categories: Shares<{ readonly name: string }>;
  /** Of its bytes, those that later layers hide: by whom, and how. */
  readonly hidden: Shares<{ readonly kind: HiddenKind; readonly by: number }>;
  /** What stripping its programs would free. */
  readonly strippable: number;
}

export interface PackageShare {
  /** Null: bytes of no package. */
  readonly package: (PackageName & Ties) | null;
}

/** The largest first. */
export interface Shares<Of> {
  readonly rows: readonly (Of & { readonly bytes: number })[];
  /** Those beyond the last row. */
  readonly cut: { readonly count: number; readonly bytes: number };
}

const mostShares = 8;

export function nodeDetails(
  tree: ImageTree,
  id: number,
  tiesOf: (it: PackageName) => Ties,
): NodeDetails | undefined {
  if (!tree.isNode(id)) return undefined;
  const { files, columns } = tree;
  const sums = {
    layers: new Map<number, number>(),
    packages: new Map<number, number>(),
    categories: new Map<number, number>(),
    hidden: new Map<number, number>(),
  };
  const packageAt = enclosingPackage(tree, id);
  let strippable = 0;
  const add = (sum: Map<number, number>, key: number, bytes: number): void =>
    void sum.set(key, (sum.get(key) ?? 0) + bytes);
  for (const node of tree.filesIn(id)) {
    const file = columns.refs[node] ?? 0;
    const bytes = columns.bytes[node] ?? 0;
    const kind = files.hidden[file] ?? 0;
    add(sums.layers, files.layerOf[file] ?? 0, bytes);
    if (kind !== 0) {
      add(sums.hidden, (files.hiddenBy[file] ?? 0) * hiddenKinds.length + kind, bytes);
      continue;
    }
    add(sums.categories, files.categoryOf[file] ?? 0, bytes);
    add(sums.packages, packageAt ?? files.owners[file] ?? 0, bytes);
    strippable += files.strippable[file] ?? 0;
  }
  return {
    id,
    layers: shares(sums.layers, (layer) => ({ layer })),
    packages: shares(sums.packages, (owner) => {
      const it = files.packages[owner - 1];
      return { package: it === undefined ? null : { ...it, ...tiesOf(it) } };
    }),
    categories: shares(sums.categories, (it) => ({ name: categoryName(files.categories[it] ?? "") })),
    hidden: shares(sums.hidden, (it) => ({
      kind: hiddenKinds[it % hiddenKinds.length] ?? "deleted",
      by: Math.floor(it / hiddenKinds.length),
    })),
    strippable,
  };
}

/** Below a package all is that package's, parts of other packages' files too. */
function enclosingPackage(tree: ImageTree, id: number): number | undefined {
  for (let at = id; at !== 0; at = tree.columns.parents[at] ?? 0) {
    const place = tree.groupOf(at)?.package;
    if (place !== undefined) return place + 1;
  }
  return undefined;
}

function shares<Of>(sums: ReadonlyMap<number, number>, of: (key: number) => Of): Shares<Of> {
  const sorted = [...sums].sort(([a, x], [b, y]) => y - x || a - b);
  const left = sorted.slice(mostShares);
  return {
    rows: sorted.slice(0, mostShares).map(([key, bytes]) => ({ ...of(key), bytes })),
    cut: { count: left.length, bytes: left.reduce((sum, [, bytes]) => sum + bytes, 0) },
  };
}
