/** What lies in a node of a picture, as a table: the largest first, layers in their order. */
import type { Ties } from "../image/package-ties.ts";
import type { PackageName } from "./file-columns.ts";
import type { Group } from "./groupings.ts";
import type { ImageTree, PictureNode } from "./image-tree.ts";

/** The same shape as protocol/tree.ts, which the core does not know. */
export interface NodeRows {
  readonly rows: readonly NodeRow[];
  /** Those beyond the last row. */
  readonly cut: { readonly count: number; readonly bytes: number };
}

export interface NodeRow {
  readonly id: number;
  readonly kind: PictureNode["kind"];
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  readonly wasted: number;
  /** Layers in which its files lie, lowest first. */
  readonly layers: readonly number[];
  readonly package?: PackageName & Pick<Ties, "requested" | "neededBy">;
  readonly hidden?: NonNullable<Group["hidden"]>;
}

const mostRows = 1_000;

export function nodeRows(
  tree: ImageTree,
  id: number,
  tiesOf: (it: PackageName) => Ties,
): NodeRows | undefined {
  if (!tree.isNode(id)) return undefined;
  const { bytes } = tree.columns;
  const found = innermost(tree, id);
  // Layers keep the order that they have in the tree.
  if (found.some((it) => tree.groupOf(it)?.layer === undefined))
    found.sort((a, b) => (bytes[b] ?? 0) - (bytes[a] ?? 0) || a - b);
  const left = found.slice(mostRows);
  return {
    rows: found.slice(0, mostRows).map((it) => rowOf(tree, it, tiesOf)),
    cut: { count: left.length, bytes: left.reduce((sum, it) => sum + (bytes[it] ?? 0), 0) },
  };
}

/** Groups that hold groups only put them in order: a table tells of those inside. */
function innermost(tree: ImageTree, id: number): number[] {
  const { first, end } = tree.childrenOf(id);
  const res: number[] = [];
  for (let child = first; child < end; child += 1) {
    const inside = tree.childrenOf(child);
    const holdsGroups = inside.end > inside.first && tree.groupOf(inside.first) !== undefined;
    if (holdsGroups) res.push(...innermost(tree, child));
    else res.push(child);
  }
  return res;
}

function rowOf(tree: ImageTree, id: number, tiesOf: (it: PackageName) => Ties): NodeRow {
  const { bytes, files, wasted } = tree.columns;
  const group = tree.groupOf(id);
  const kind = tree.kindOf(id);
  const found = group?.package === undefined ? undefined : tree.files.packages[group.package];
  const ties = found && tiesOf(found);
  return {
    id,
    kind: kind === "folder" ? "directory" : kind === "file" ? "file" : (group?.kind ?? "group"),
    name: tree.nameOf(id),
    bytes: bytes[id] ?? 0,
    files: files[id] ?? 0,
    wasted: wasted[id] ?? 0,
    layers: layersOf(tree, id, group),
    ...(found && ties && { package: { ...found, requested: ties.requested, neededBy: ties.neededBy } }),
    ...(group?.hidden && { hidden: group.hidden }),
  };
}

function layersOf(tree: ImageTree, id: number, group: Group | undefined): readonly number[] {
  if (group?.layer !== undefined) return [group.layer];
  if (group?.hidden !== undefined) return [group.hidden.layer];
  const res = new Set<number>();
  for (const node of tree.filesIn(id)) {
    res.add(tree.files.layerOf[tree.columns.refs[node] ?? 0] ?? 0);
    if (res.size === tree.files.layers) break;
  }
  return [...res].sort((a, b) => a - b);
}
