/**
 * What one layer holds, before the others are read: its folders in the first levels, the large ones by name.
 *
 * Invariant: a node's bytes and files are the sums of its children's, where it has any.
 */
import type { EntryTable } from "../image/entry-table.ts";
import type { PathNode } from "../image/path-tree.ts";

export interface LayerSketch {
  readonly bytes: number;
  readonly files: number;
  readonly children: readonly SketchNode[];
}

export interface SketchNode {
  readonly kind: "directory" | "file" | "rest";
  readonly name: string;
  /** Without a leading slash; empty for the rest. */
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
  readonly children: readonly SketchNode[];
}

const deepest = 3;
const mostChildren = 20;

interface Sum {
  bytes: number;
  files: number;
  /** Folders and files apart: a broken layer may hold both under one name. */
  readonly folders: Map<PathNode, Sum>;
  readonly own: Map<PathNode, Sum>;
}

const newSum = (): Sum => ({ bytes: 0, files: 0, folders: new Map(), own: new Map() });

export function layerSketch(entries: EntryTable): LayerSketch {
  const { tree } = entries;
  const top = newSum();
  /** By folder: the sums from the layer's down to that of its highest folders. */
  const ways = new Map<PathNode, readonly Sum[]>();
  const wayTo = (folder: PathNode): readonly Sum[] => {
    const known = ways.get(folder);
    if (known !== undefined) return known;
    const way = [top];
    const folders = folder === 0 ? [] : [...tree.foldersOf(folder), folder];
    for (const it of folders.slice(0, deepest)) way.push(into((way.at(-1) ?? top).folders, it));
    ways.set(folder, way);
    return way;
  };
  for (let entry = 0; entry < entries.count; entry += 1) {
    if (entries.kindOf(entry) !== "file") continue;
    const node = entries.nodeOf(entry);
    const size = entries.sizeOf(entry);
    const way = wayTo(tree.parentOf(node));
    for (const it of way) add(it, size);
    if (way.length <= deepest) add(into((way.at(-1) ?? top).own, node), size);
  }
  const { bytes, files } = top;
  return { bytes, files, children: childrenOf(top) };

  function childrenOf({ folders, own }: Sum): readonly SketchNode[] {
    const sorted = [
      ...[...folders].map(([node, it]) => ({ kind: "directory" as const, node, it })),
      ...[...own].map(([node, it]) => ({ kind: "file" as const, node, it })),
    ].sort((a, b) => b.it.bytes - a.it.bytes || b.it.files - a.it.files);
    const shown = sorted.slice(0, mostChildren).map(
      ({ kind, node, it }): SketchNode => ({
        kind,
        name: tree.nameOf(node),
        path: tree.pathOf(node),
        bytes: it.bytes,
        files: it.files,
        children: childrenOf(it),
      }),
    );
    const rest = sorted.slice(mostChildren).map(({ it }) => it);
    if (rest.length === 0) return shown;
    const sumOf = (of: (it: Sum) => number): number => rest.reduce((sum, it) => sum + of(it), 0);
    const [bytes, files] = [sumOf((it) => it.bytes), sumOf((it) => it.files)];
    return [...shown, { kind: "rest", name: `${rest.length} smaller`, path: "", bytes, files, children: [] }];
  }
}

/** Lengths of what a layer's symbolic links say: engines may count them too. */
export function linkBytes(entries: EntryTable): number {
  let sum = 0;
  for (let entry = 0; entry < entries.count; entry += 1) sum += entries.targetOf(entry).length;
  return sum;
}

function into(sums: Map<PathNode, Sum>, node: PathNode): Sum {
  const known = sums.get(node);
  if (known !== undefined) return known;
  const made = newSum();
  sums.set(node, made);
  return made;
}

function add(sum: Sum, size: number): void {
  sum.bytes += size;
  sum.files += 1;
}
