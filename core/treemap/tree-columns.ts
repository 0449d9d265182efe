/**
 * A tree of an image's files by groups and folders, as columns of numbers: some 45 bytes a node.
 *
 * Invariant: a node's bytes, files and wasted bytes are the sums of its children's. Node 0 is the whole; children lie
 * together, after those of the node before, the largest first unless the groups keep their order.
 */
import { grownBytes, grownNumbers, grownSizes } from "../image/columns.ts";
import type { FileColumns } from "./file-columns.ts";

/** What is put where. */
export interface Grouped {
  /** By group: the group that holds it, one with a smaller number; -1: the whole. */
  readonly parents: readonly number[];
  /** The groups are shown as they come, those without files too; else by size, and not at all without files. */
  readonly ordered: boolean;
  /** Files one by one, each in the innermost group that holds it (-1: the whole), with the bytes that count. */
  readonly count: number;
  readonly files: Uint32Array<ArrayBuffer>;
  readonly groups: Int32Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  /** Of those bytes, the hidden ones. */
  readonly wasted: (entry: number) => number;
  /** 0 for what is a part of a file that is counted elsewhere. */
  readonly filesOf: (entry: number) => number;
}

export const nodeKinds = ["whole", "group", "folder", "file"] as const;
export type NodeKind = (typeof nodeKinds)[number];

export interface TreeColumns {
  readonly count: number;
  /** Node `n`'s children are those from `children[n]` to `children[n + 1]`. */
  readonly children: Uint32Array;
  readonly parents: Uint32Array;
  /** Place in `nodeKinds`. */
  readonly kinds: Uint8Array;
  /** The group's, the folder's path's or the file's number. */
  readonly refs: Uint32Array;
  readonly bytes: Float64Array;
  readonly wasted: Float64Array;
  /** Regular files at or below. */
  readonly files: Uint32Array;
}

export function treeColumns(files: FileColumns, grouped: Grouped): TreeColumns {
  return new Grower(files, grouped).columns();
}

const [whole, group, folder, file] = [0, 1, 2, 3];

class Grower {
  readonly #folders: Uint32Array;
  readonly #stamps: Uint32Array;
  readonly #above: Uint32Array;
  readonly #groupNodes: Uint32Array;
  readonly #grouped: Grouped;
  #count = 0;
  #parents = new Uint32Array(0);
  #refs = new Uint32Array(0);
  #kinds = new Uint8Array(0);
  #files = new Uint32Array(0);
  #bytes = new Float64Array(0);
  #wasted = new Float64Array(0);

  constructor(files: FileColumns, grouped: Grouped) {
    this.#grouped = grouped;
    this.#above = files.parents;
    this.#folders = new Uint32Array(files.parents.length);
    this.#stamps = new Uint32Array(files.parents.length);
    this.#groupNodes = new Uint32Array(grouped.parents.length);
    this.#add(whole, 0, 0);
    if (grouped.ordered) grouped.parents.forEach((_, it) => void this.#groupNode(it));
    const order = byGroup(grouped);
    for (const entry of order) {
      const within = grouped.groups[entry] ?? -1;
      const number = grouped.files[entry] ?? 0;
      const path = files.paths[number] ?? 0;
      const node = this.#add(this.#folderOf(this.#above[path] ?? 0, within), file, number);
      this.#files[node] = grouped.filesOf(entry);
      this.#bytes[node] = grouped.bytes[entry] ?? 0;
      this.#wasted[node] = grouped.wasted(entry);
    }
    // What holds others is made before them: from the end on, every node is complete when it is added up.
    for (let node = this.#count - 1; node > 0; node -= 1) {
      const parent = this.#parents[node] ?? 0;
      this.#files[parent] = (this.#files[parent] ?? 0) + (this.#files[node] ?? 0);
      this.#bytes[parent] = (this.#bytes[parent] ?? 0) + (this.#bytes[node] ?? 0);
      this.#wasted[parent] = (this.#wasted[parent] ?? 0) + (this.#wasted[node] ?? 0);
    }
  }

  /** In the order of the invariant. */
  columns(): TreeColumns {
    const count = this.#count;
    const order = this.#order();
    const places = new Uint32Array(count);
    for (let place = 0; place < count; place += 1) places[order[place] ?? 0] = place;
    const children = new Uint32Array(count + 1);
    const [parents, refs, files] = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)];
    const [bytes, wasted, kinds] = [new Float64Array(count), new Float64Array(count), new Uint8Array(count)];
    for (let place = 0; place < count; place += 1) {
      const node = order[place] ?? 0;
      parents[place] = places[this.#parents[node] ?? 0] ?? 0;
      refs[place] = this.#refs[node] ?? 0;
      kinds[place] = this.#kinds[node] ?? 0;
      files[place] = this.#files[node] ?? 0;
      bytes[place] = this.#bytes[node] ?? 0;
      wasted[place] = this.#wasted[node] ?? 0;
      if (place > 0) children[(parents[place] ?? 0) + 1] = place + 1;
    }
    // A node without children ends where the one before it does.
    children[0] = Math.min(1, count);
    for (let place = 1; place <= count; place += 1)
      children[place] = Math.max(children[place] ?? 0, children[place - 1] ?? 0);
    return { count, children, parents, kinds, refs, bytes, wasted, files };
  }

  #groupNode(number: number): number {
    if (number < 0) return 0;
    const known = this.#groupNodes[number] ?? 0;
    if (known !== 0) return known;
    const node = this.#add(this.#groupNode(this.#grouped.parents[number] ?? -1), group, number);
    this.#groupNodes[number] = node;
    return node;
  }

  /** Entries come group by group, so a folder's node is that of the group of its stamp. */
  #folderOf(path: number, within: number): number {
    const stamp = within + 2;
    const missing: number[] = [];
    let at = path;
    while (at !== 0 && this.#stamps[at] !== stamp) {
      missing.push(at);
      at = this.#above[at] ?? 0;
    }
    let node = at === 0 ? this.#groupNode(within) : (this.#folders[at] ?? 0);
    for (let it = missing.pop(); it !== undefined; it = missing.pop()) {
      node = this.#add(node, folder, it);
      this.#folders[it] = node;
      this.#stamps[it] = stamp;
    }
    return node;
  }

  #add(parent: number, kind: number, ref: number): number {
    const node = this.#count;
    this.#count += 1;
    if (node >= this.#parents.length) this.#grow(node + 1);
    this.#parents[node] = parent;
    this.#refs[node] = ref;
    this.#kinds[node] = kind;
    return node;
  }

  #grow(wanted: number): void {
    this.#parents = grownNumbers(this.#parents, wanted);
    const room = this.#parents.length;
    this.#refs = grownNumbers(this.#refs, room);
    this.#kinds = grownBytes(this.#kinds, room);
    this.#files = grownNumbers(this.#files, room);
    this.#bytes = grownSizes(this.#bytes, room);
    this.#wasted = grownSizes(this.#wasted, room);
  }

  #order(): Uint32Array {
    // The whole has no parent and is its own; it is left out.
    const { starts, items: below } = buckets(this.#count, this.#parents.subarray(0, this.#count), 1);
    const bytes = this.#bytes;
    const order = new Uint32Array(this.#count);
    let end = 1;
    for (let place = 0; place < end; place += 1) {
      const node = order[place] ?? 0;
      const [start = 0, stop = 0] = [starts[node], starts[node + 1]];
      if (start === stop) continue;
      const own = below.subarray(start, stop);
      if (own.length > 1 && !(node === 0 && this.#grouped.ordered))
        own.sort((a, b) => (bytes[b] ?? 0) - (bytes[a] ?? 0) || a - b);
      order.set(own, end);
      end += own.length;
    }
    return order;
  }
}

/** Numbers of entries, those of one group together. */
function byGroup({ parents, count, groups }: Grouped): Uint32Array {
  const keys = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) keys[at] = (groups[at] ?? -1) + 1;
  return buckets(parents.length + 1, keys, 0).items;
}

/** A counting sort of the places in `of`, from `first` on, that keeps the order within a bucket. */
function buckets(
  count: number,
  of: Uint32Array,
  first: number,
): { readonly starts: Uint32Array; readonly items: Uint32Array } {
  const starts = new Uint32Array(count + 1);
  for (let at = first; at < of.length; at += 1) {
    const next = (of[at] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let at = 1; at <= count; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const filled = starts.slice();
  const items = new Uint32Array(of.length - first);
  for (let at = first; at < of.length; at += 1) {
    const bucket = of[at] ?? 0;
    const place = filled[bucket] ?? 0;
    items[place] = at;
    filled[bucket] = place + 1;
  }
  return { starts, items };
}
