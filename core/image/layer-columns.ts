/** One layer's entries as columns that stand for themselves: they can be kept, and put into another image's tree. */
import { EntryTable, entryKinds } from "./entry-table.ts";
import { type PathNode, type PathTree, rootNode } from "./path-tree.ts";
import type { FileFacts } from "./probes.ts";

export interface LayerColumns {
  /** Of the paths, numbered from 1 with the root as 0: the folder, which has a lower number, and the name. */
  readonly parents: Uint32Array;
  readonly nameStarts: Uint32Array;
  readonly names: Uint8Array;
  /** Of the entries, in the archive's order. */
  readonly kinds: Uint8Array;
  readonly nodes: Uint32Array;
  readonly sizes: Float64Array;
  readonly links: Uint32Array;
  /** What symbolic links say, and what was read from inside files: by entry. */
  readonly targets: ReadonlyMap<number, string>;
  readonly facts: ReadonlyMap<number, FileFacts>;
}

export function layerColumns(entries: EntryTable): LayerColumns {
  const { count, tree } = entries;
  const paths = new OwnPaths(tree);
  const kinds = new Uint8Array(count);
  const [nodes, links, sizes] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)];
  const targets = new Map<number, string>();
  for (let at = 0; at < count; at += 1) {
    kinds[at] = entryKinds.indexOf(entries.kindOf(at));
    nodes[at] = paths.numberOf(entries.nodeOf(at));
    links[at] = paths.numberOf(entries.linkOf(at));
    sizes[at] = entries.sizeOf(at);
    if (entries.kindOf(at) === "symlink") targets.set(at, entries.targetOf(at));
  }
  return { ...paths.columns(), kinds, nodes, sizes, links, targets, facts: entries.facts };
}

/** Undefined: the tree takes no more paths. */
export function layerFrom(columns: LayerColumns, tree: PathTree): EntryTable | undefined {
  const { parents, nameStarts, names, kinds, nodes, sizes, links, targets, facts } = columns;
  const own = new Uint32Array(parents.length);
  for (let at = 1; at < parents.length; at += 1) {
    const name = names.subarray(nameStarts[at], nameStarts[at + 1]);
    const node = tree.child(own[parents[at] ?? 0] ?? rootNode, name);
    if (node === undefined) return undefined;
    own[at] = node;
  }
  const entries = new EntryTable(tree);
  for (let at = 0; at < kinds.length; at += 1) {
    const kind = entryKinds[kinds[at] ?? 0] ?? "other";
    const added = entries.add(
      kind,
      own[nodes[at] ?? 0] ?? rootNode,
      sizes[at] ?? 0,
      own[links[at] ?? 0] ?? rootNode,
    );
    if (added === undefined) return undefined;
  }
  for (const [at, target] of targets) entries.setTarget(at, target);
  for (const [at, it] of facts) entries.facts.set(at, it);
  return entries;
}

/** The paths of one layer, with the folders above them, numbered in an order of its own. */
class OwnPaths {
  readonly #tree: PathTree;
  readonly #numbers: Uint32Array;
  readonly #nodes: PathNode[] = [rootNode];
  readonly #parents: number[] = [0];

  constructor(tree: PathTree) {
    this.#tree = tree;
    this.#numbers = new Uint32Array(tree.count);
  }

  numberOf(node: PathNode): number {
    const known = this.#numbers[node] ?? 0;
    if (known !== 0 || node === rootNode) return known;
    for (const it of [...this.#tree.foldersOf(node), node]) {
      if (this.#numbers[it] !== 0) continue;
      this.#parents.push(this.#numbers[this.#tree.parentOf(it)] ?? 0);
      this.#numbers[it] = this.#nodes.push(it) - 1;
    }
    return this.#numbers[node] ?? 0;
  }

  columns(): Pick<LayerColumns, "parents" | "nameStarts" | "names"> {
    const nameStarts = new Uint32Array(this.#nodes.length + 1);
    let length = 0;
    this.#nodes.forEach((node, at) => {
      nameStarts[at] = length;
      length += node === rootNode ? 0 : this.#tree.nameBytes(node).length;
    });
    nameStarts[this.#nodes.length] = length;
    const names = new Uint8Array(length);
    this.#nodes.forEach((node, at) => {
      if (node !== rootNode) names.set(this.#tree.nameBytes(node), nameStarts[at]);
    });
    return { parents: Uint32Array.from(this.#parents), nameStarts, names };
  }
}
