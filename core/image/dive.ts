/**
 * dive's numbers by dive's rules (its filetree/efficiency.go and file_tree.go), for users who compare; docs/numbers.md
 * says how ours differ. A whiteout of a path that is not there counts 0 here, where dive drops the rest of the layer.
 */
import { type Bytes, bytes } from "../size/bytes.ts";
import type { EntryTable } from "./entry-table.ts";
import { type PathNode, type PathTree, rootNode } from "./path-tree.ts";
import { Presence } from "./presence.ts";

export interface DiveNumbers {
  /** 1 is best, and that of an image without bytes. */
  readonly efficiency: number;
  readonly wastedBytes: Bytes;
  /** Of all layers but the lowest; null where they hold nothing. */
  readonly userWastedPercent: number | null;
}

export function diveNumbers(tree: PathTree, layers: readonly EntryTable[]): DiveNumbers {
  const dive = new Dive(tree);
  layers.forEach((entries, index) => {
    dive.add(entries, index);
  });
  return dive.numbers();
}

const none = 0xffff_ffff;

class Dive {
  readonly #tree: PathTree;
  readonly #stack: Presence;
  /** By node of the stacked layers: its own bytes, whether its entry says directory. */
  readonly #sizes: Float64Array;
  readonly #directories: Uint8Array;
  /** By path: bytes of all its versions, of the smallest, and how many there are. */
  readonly #cumulative: Float64Array;
  readonly #smallest: Float64Array;
  readonly #counts: Uint32Array;
  /** By node of the layer that is being added: its last entry, `none` for a folder that only follows from a path. */
  readonly #own: Uint32Array;
  readonly #stamps: Uint32Array;
  readonly #inner: Uint8Array;
  #upper = 0;

  constructor(tree: PathTree) {
    const { count } = tree;
    this.#tree = tree;
    this.#stack = new Presence(tree);
    this.#sizes = new Float64Array(count);
    this.#directories = new Uint8Array(count);
    this.#cumulative = new Float64Array(count);
    this.#smallest = new Float64Array(count);
    this.#counts = new Uint32Array(count);
    this.#own = new Uint32Array(count);
    this.#stamps = new Uint32Array(count);
    this.#inner = new Uint8Array(count);
  }

  add(entries: EntryTable, layer: number): void {
    const nodes = this.#nodesOf(entries, layer);
    const whiteouts: { readonly node: PathNode; readonly target: PathNode }[] = [];
    for (const node of nodes) {
      const entry = this.#own[node] ?? none;
      const isWhiteout = entry !== none && entries.kindOf(entry) === "whiteout";
      if (isWhiteout) whiteouts.push({ node, target: entries.linkOf(entry) });
      if (this.#inner[node] === 1) continue;
      if (!isWhiteout) this.#count(node, entry === none ? 0 : entries.sizeOf(entry));
      else {
        const target = entries.linkOf(entry);
        // A file's whiteout adds nothing, a directory's all that it held.
        this.#count(target, this.#directories[target] === 1 ? this.#sumOf(target) : 0);
      }
    }
    // By name in each folder, `.wh.NAME` comes before NAME, unless that begins with one of the few signs before the dot.
    const isLate = (target: PathNode): boolean => (this.#tree.nameBytes(target)[0] ?? dot) < dot;
    for (const { target } of whiteouts) if (!isLate(target)) this.#remove(target);
    for (const node of nodes) {
      const entry = this.#own[node] ?? none;
      if (entry !== none && entries.kindOf(entry) === "whiteout") continue;
      this.#graft(
        node,
        entry === none ? 0 : entries.sizeOf(entry),
        entry !== none && entries.kindOf(entry) === "directory",
      );
    }
    for (const { target } of whiteouts) if (isLate(target)) this.#remove(target);
    if (layer === 0) return;
    for (let at = 0; at < entries.count; at += 1) this.#upper += entries.sizeOf(at);
  }

  numbers(): DiveNumbers {
    let [sum, least, wasted] = [0, 0, 0];
    for (let node = 0; node < this.#counts.length; node += 1) {
      sum += this.#cumulative[node] ?? 0;
      least += this.#smallest[node] ?? 0;
      if ((this.#counts[node] ?? 0) > 1) wasted += this.#cumulative[node] ?? 0;
    }
    return {
      efficiency: sum === 0 ? 1 : least / sum,
      wastedBytes: bytes(wasted),
      userWastedPercent: this.#upper === 0 ? null : wasted / this.#upper,
    };
  }

  /** The layer's own tree, folders before what lies in them. */
  #nodesOf(entries: EntryTable, layer: number): readonly PathNode[] {
    const res: PathNode[] = [];
    const meet = (node: PathNode): void => {
      if (node === rootNode || this.#stamps[node] === layer + 1) return;
      this.#stamps[node] = layer + 1;
      this.#own[node] = none;
      this.#inner[node] = 0;
      res.push(node);
    };
    for (let at = 0; at < entries.count; at += 1) {
      const node = entries.nodeOf(at);
      const folder = this.#tree.parentOf(node);
      if (folder !== rootNode && this.#stamps[folder] !== layer + 1)
        for (const it of this.#tree.foldersOf(node)) meet(it);
      meet(node);
      if (entries.kindOf(at) !== "opaque") this.#own[node] = at;
      for (
        let above = folder;
        above !== rootNode && this.#inner[above] === 0;
        above = this.#tree.parentOf(above)
      )
        this.#inner[above] = 1;
    }
    return res;
  }

  #count(path: PathNode, size: number): void {
    const count = this.#counts[path] ?? 0;
    this.#cumulative[path] = (this.#cumulative[path] ?? 0) + size;
    this.#smallest[path] = count === 0 ? size : Math.min(this.#smallest[path] ?? 0, size);
    this.#counts[path] = count + 1;
  }

  #graft(node: PathNode, size: number, isDirectory: boolean): void {
    this.#stack.add(node);
    this.#sizes[node] = size;
    this.#directories[node] = isDirectory ? 1 : 0;
  }

  #remove(target: PathNode): void {
    this.#stack.remove(target, (node) => {
      this.#sizes[node] = 0;
      this.#directories[node] = 0;
    });
  }

  /** Of a folder and all below it: what is taken away is summed up, not what comes. */
  #sumOf(top: PathNode): number {
    let res = 0;
    this.#stack.each(top, (node) => {
      res += this.#sizes[node] ?? 0;
    });
    return res;
  }
}

const dot = 0x2e;
