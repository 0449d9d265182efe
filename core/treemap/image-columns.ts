/**
 * The tree of an image's files by layers and folders, as columns of numbers that go from thread to thread without a
 * copy: some 40 bytes a node.
 *
 * Invariant: a node's bytes, files and wasted bytes are the sums of its children's. Node 0 is the image, those after
 * it the layers, lowest first; children lie together, after those of the node before, the largest first.
 */
import { grownNumbers, grownSizes } from "../image/columns.ts";
import type { FileVersions } from "../image/file-versions.ts";
import { type PathNode, type PathTree, rootNode } from "../image/path-tree.ts";

export interface ImageColumns {
  readonly count: number;
  readonly layers: number;
  /** Node `n`'s children are those from `children[n]` to `children[n + 1]`. */
  readonly children: Uint32Array<ArrayBuffer>;
  readonly parents: Uint32Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  readonly wasted: Float64Array<ArrayBuffer>;
  /** Regular files at or below; a node without children is a file, or a layer without files. */
  readonly files: Uint32Array<ArrayBuffer>;
  /** Which name in `nameStarts`; from there to the next one's start in `nameBytes`. */
  readonly names: Uint32Array<ArrayBuffer>;
  readonly nameStarts: Uint32Array<ArrayBuffer>;
  readonly nameBytes: Uint8Array<ArrayBuffer>;
}

/** The memory that a thread can hand over rather than copy. */
export const buffersOf = (it: ImageColumns): ArrayBuffer[] =>
  [it.children, it.parents, it.bytes, it.wasted, it.files, it.names, it.nameStarts, it.nameBytes].map(
    ({ buffer }) => buffer,
  );

export function imageColumns(tree: PathTree, files: FileVersions, layers: number): ImageColumns {
  const { bytes: nameBytes, starts: nameStarts } = tree.names();
  return { ...new Grower(tree, files, layers).columns(), layers, nameBytes, nameStarts };
}

class Grower {
  readonly #tree: PathTree;
  #count = 0;
  #parents = new Uint32Array(0);
  #names = new Uint32Array(0);
  #files = new Uint32Array(0);
  #bytes = new Float64Array(0);
  #wasted = new Float64Array(0);
  /** By path: its folder's node in the layer of the stamp. */
  readonly #folders: Uint32Array;
  readonly #stamps: Uint32Array;

  constructor(tree: PathTree, files: FileVersions, layers: number) {
    this.#tree = tree;
    this.#folders = new Uint32Array(tree.count);
    this.#stamps = new Uint32Array(tree.count);
    this.#add(0, rootNode);
    for (let layer = 0; layer < layers; layer += 1) this.#add(0, rootNode);
    for (let at = 0; at < files.count; at += 1) {
      const layer = files.layerOf(at);
      const path = files.nodeOf(at);
      const node = this.#add(this.#folderOf(tree.parentOf(path), layer), path);
      this.#files[node] = 1;
      this.#bytes[node] = files.sizeOf(at);
      this.#wasted[node] = files.isHidden(at) ? files.sizeOf(at) : 0;
    }
    // A folder is made before what lies in it: from the end on, every node is complete when it is added up.
    for (let node = this.#count - 1; node > 0; node -= 1) {
      const parent = this.#parents[node] ?? 0;
      this.#files[parent] = (this.#files[parent] ?? 0) + (this.#files[node] ?? 0);
      this.#bytes[parent] = (this.#bytes[parent] ?? 0) + (this.#bytes[node] ?? 0);
      this.#wasted[parent] = (this.#wasted[parent] ?? 0) + (this.#wasted[node] ?? 0);
    }
  }

  /** In the order of the invariant. */
  columns(): Omit<ImageColumns, "layers" | "nameBytes" | "nameStarts"> {
    const count = this.#count;
    const order = this.#order();
    const places = new Uint32Array(count);
    order.forEach((node, place) => {
      places[node] = place;
    });
    const children = new Uint32Array(count + 1);
    const parents = new Uint32Array(count);
    const [files, names] = [new Uint32Array(count), new Uint32Array(count)];
    const [bytes, wasted] = [new Float64Array(count), new Float64Array(count)];
    for (let place = 0; place < count; place += 1) {
      const node = order[place] ?? 0;
      parents[place] = places[this.#parents[node] ?? 0] ?? 0;
      files[place] = this.#files[node] ?? 0;
      names[place] = this.#names[node] ?? 0;
      bytes[place] = this.#bytes[node] ?? 0;
      wasted[place] = this.#wasted[node] ?? 0;
      if (place > 0) children[(parents[place] ?? 0) + 1] = place + 1;
    }
    // A node without children ends where the one before it does.
    children[0] = Math.min(1, count);
    for (let place = 1; place <= count; place += 1)
      children[place] = Math.max(children[place] ?? 0, children[place - 1] ?? 0);
    return { count, children, parents, bytes, wasted, files, names };
  }

  #folderOf(path: PathNode, layer: number): number {
    if (path === rootNode) return layer + 1;
    if (this.#stamps[path] === layer + 1) return this.#folders[path] ?? 0;
    let above = layer + 1;
    for (const it of [...this.#tree.foldersOf(path), path]) {
      if (this.#stamps[it] !== layer + 1) {
        this.#folders[it] = this.#add(above, it);
        this.#stamps[it] = layer + 1;
      }
      above = this.#folders[it] ?? 0;
    }
    return above;
  }

  #add(parent: number, name: PathNode): number {
    const node = this.#count;
    this.#count += 1;
    this.#parents = grownNumbers(this.#parents, node + 1);
    this.#names = grownNumbers(this.#names, node + 1);
    this.#files = grownNumbers(this.#files, node + 1);
    this.#bytes = grownSizes(this.#bytes, node + 1);
    this.#wasted = grownSizes(this.#wasted, node + 1);
    this.#parents[node] = parent;
    this.#names[node] = name;
    return node;
  }

  #order(): Uint32Array {
    const starts = new Uint32Array(this.#count + 1);
    for (let node = 1; node < this.#count; node += 1) {
      const next = (this.#parents[node] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let at = 1; at <= this.#count; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
    const filled = starts.slice();
    const below = new Uint32Array(this.#count);
    for (let node = 1; node < this.#count; node += 1) {
      const parent = this.#parents[node] ?? 0;
      const at = filled[parent] ?? 0;
      below[at] = node;
      filled[parent] = at + 1;
    }
    const order = new Uint32Array(this.#count);
    let end = 1;
    for (let place = 0; place < end; place += 1) {
      const node = order[place] ?? 0;
      const own = below.subarray(starts[node], starts[node + 1]);
      // Layers stay in their own order.
      if (node !== 0) own.sort((a, b) => (this.#bytes[b] ?? 0) - (this.#bytes[a] ?? 0) || a - b);
      order.set(own, end);
      end += own.length;
    }
    return order;
  }
}

/** Whether a node is the image, a layer, a folder or a file. */
export function columnKind(columns: ImageColumns, node: number): "image" | "layer" | "directory" | "file" {
  if (node === 0) return "image";
  if (node <= columns.layers) return "layer";
  return (columns.children[node] ?? 0) < (columns.children[node + 1] ?? 0) ? "directory" : "file";
}
