/**
 * All paths of an image as one tree of names: some 30 bytes a name, equal paths of several layers once.
 *
 * Invariant: a node is known by its parent and its name's bytes, never by its text: names need not be UTF-8.
 */
import { bytesOf, namedText } from "../text/utf8.ts";
import { grownBytes, grownNumbers } from "./columns.ts";
import type { Endings } from "./endings.ts";

/** The number of a path in its tree; 0 is the root. */
export type PathNode = number;

export const rootNode: PathNode = 0;

/** Deeper paths than any file system takes. */
const deepest = 4_096;
/** More names than any image has; a small compressed layer can claim any number of them. */
const mostNodes = 4_000_000;
const mostEntries = 8_000_000;
const mostNameBytes = 256 << 20;
const longestName = 1 << 20;

const slash = 0x2f;
const dot = 0x2e;

export class PathTree {
  #count = 1;
  #entries = 0;
  #parents = new Uint32Array(1_024);
  #starts = new Uint32Array(1_024);
  #names = new Uint8Array(16_384);
  #namesEnd = 0;
  /** Open addressing: numbers of nodes, 0 where free. */
  #table = new Uint32Array(4_096);
  /** Of the path last interned: the folder's bytes and its node, since entries come folder by folder. */
  #lastFolder = new Uint8Array(256);
  #lastFolderLength = -1;
  #lastFolderNode: PathNode = rootNode;
  /** The name that is asked for by its text: an array for each would be garbage at once. */
  #asked = new Uint8Array(256);

  /** Nodes so far; their numbers are all below. */
  get count(): number {
    return this.#count;
  }

  /** Counts the entries of all tables of this tree; false where there are too many. */
  takesEntry(): boolean {
    this.#entries += 1;
    return this.#entries <= mostEntries;
  }

  /** No name more is taken. */
  get isFull(): boolean {
    return this.#count >= mostNodes || this.#namesEnd >= mostNameBytes - longestName;
  }

  /** The node of a path, made where it is new; undefined for a path that leads out, is too deep, or one too many. */
  intern(path: Uint8Array): PathNode | undefined {
    const cut = path.lastIndexOf(slash);
    const folder =
      cut === this.#lastFolderLength && this.#isLastFolder(path, cut) ? this.#lastFolderNode : undefined;
    if (folder !== undefined) return this.#step(folder, path, cut + 1, path.length, true);
    const node = cut === -1 ? rootNode : this.#walk(path, cut);
    if (node === undefined) return undefined;
    if (cut !== -1) {
      this.#lastFolder = grownBytes(this.#lastFolder, cut);
      this.#lastFolder.set(path.subarray(0, cut));
    }
    this.#lastFolderLength = cut;
    this.#lastFolderNode = node;
    return this.#step(node, path, cut + 1, path.length, true);
  }

  /** The node of a name in a folder; undefined where there is none. */
  find(name: Uint8Array, folder: PathNode): PathNode | undefined {
    return this.#step(folder, name, 0, name.length, false);
  }

  /** The node of the name that a text holds from `start` to its end, in a folder. */
  findText(text: string, start: number, folder: PathNode): PathNode | undefined {
    const length = text.length - start;
    this.#asked = grownBytes(this.#asked, length);
    const asked = this.#asked;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(start + at);
      if (unit >= 0x80) return this.find(bytesOf(text.slice(start)), folder);
      asked[at] = unit;
    }
    return this.#step(folder, asked, 0, length, false);
  }

  /** The node named by a part of `bytes` in a folder, made where it is new. */
  child(folder: PathNode, bytes: Uint8Array): PathNode | undefined {
    return this.#step(folder, bytes, 0, bytes.length, true);
  }

  parentOf(node: PathNode): PathNode {
    return this.#parents[node] ?? rootNode;
  }

  /** The folders above a node, highest first, without the root. */
  foldersOf(node: PathNode): readonly PathNode[] {
    const res: PathNode[] = [];
    for (let at = this.parentOf(node); at !== rootNode; at = this.parentOf(at)) res.push(at);
    return res.reverse();
  }

  /** Valid until the next path is interned. */
  nameBytes(node: PathNode): Uint8Array {
    return this.#names.subarray(this.#starts[node] ?? 0, this.#endOf(node));
  }

  isNameEnding(node: PathNode, endings: Endings): boolean {
    return endings.fit(this.#names, this.#starts[node] ?? 0, this.#endOf(node));
  }

  nameOf(node: PathNode): string {
    return namedText(this.#names, this.#starts[node] ?? 0, this.#endOf(node));
  }

  /** Without a leading slash; empty for the root. */
  pathOf(node: PathNode): string {
    let res = this.nameOf(node);
    for (let at = this.parentOf(node); at !== rootNode; at = this.parentOf(at))
      res = `${this.nameOf(at)}/${res}`;
    return res;
  }

  /** Names of the nodes, one after another; node `n` from `starts[n]` to `starts[n + 1]`. */
  names(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly starts: Uint32Array<ArrayBuffer> } {
    const starts = this.#starts.slice(0, this.#count + 1);
    starts[this.#count] = this.#namesEnd;
    return { bytes: this.#names.slice(0, this.#namesEnd), starts };
  }

  #isLastFolder(path: Uint8Array, length: number): boolean {
    const last = this.#lastFolder;
    for (let at = length - 1; at >= 0; at -= 1) if (path[at] !== last[at]) return false;
    return length >= 0;
  }

  #walk(path: Uint8Array, end: number): PathNode | undefined {
    let node: PathNode = rootNode;
    let depth = 0;
    for (let at = 0; at < end; ) {
      let next = path.indexOf(slash, at);
      if (next === -1 || next > end) next = end;
      const child = this.#step(node, path, at, next, true);
      depth += 1;
      if (child === undefined || depth > deepest) return undefined;
      node = child;
      at = next + 1;
    }
    return node;
  }

  #step(
    folder: PathNode,
    bytes: Uint8Array,
    start: number,
    end: number,
    make: boolean,
  ): PathNode | undefined {
    const length = end - start;
    if (length === 0 || (length === 1 && bytes[start] === dot)) return folder;
    if (length === 2 && bytes[start] === dot && bytes[start + 1] === dot) return undefined;
    const table = this.#table;
    const parents = this.#parents;
    const mask = table.length - 1;
    let slot = hashOf(folder, bytes, start, end) & mask;
    for (let node = table[slot] ?? 0; node !== 0; node = table[slot] ?? 0) {
      if (parents[node] === folder && this.#isNamed(node, bytes, start, length)) return node;
      slot = (slot + 1) & mask;
    }
    return make ? this.#add(folder, bytes, start, end, slot) : undefined;
  }

  #add(folder: PathNode, bytes: Uint8Array, start: number, end: number, slot: number): PathNode | undefined {
    if (this.isFull || end - start > longestName) return undefined;
    const node = this.#count;
    this.#count += 1;
    this.#parents = grownNumbers(this.#parents, node + 1);
    this.#starts = grownNumbers(this.#starts, node + 2);
    this.#names = grownBytes(this.#names, this.#namesEnd + end - start);
    this.#parents[node] = folder;
    this.#starts[node] = this.#namesEnd;
    const names = this.#names;
    const to = this.#namesEnd - start;
    // Names are short: a loop is quicker than a view for each.
    for (let at = start; at < end; at += 1) names[to + at] = bytes[at] ?? 0;
    this.#namesEnd += end - start;
    this.#table[slot] = node;
    if (this.#count * 2 > this.#table.length) this.#rehash();
    return node;
  }

  #rehash(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let node = 1; node < this.#count; node += 1) {
      let slot =
        hashOf(this.#parents[node] ?? 0, this.#names, this.#starts[node] ?? 0, this.#endOf(node)) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = node;
    }
    this.#table = table;
  }

  #endOf(node: PathNode): number {
    return node + 1 < this.#count ? (this.#starts[node + 1] ?? 0) : this.#namesEnd;
  }

  #isNamed(node: PathNode, bytes: Uint8Array, start: number, length: number): boolean {
    const names = this.#names;
    const own = this.#starts[node] ?? 0;
    if (this.#endOf(node) - own !== length) return false;
    for (let at = 0; at < length; at += 1) if (names[own + at] !== bytes[start + at]) return false;
    return true;
  }
}

function hashOf(folder: PathNode, bytes: Uint8Array, start: number, end: number): number {
  let res = Math.imul(folder, 0x9e37_79b1) ^ 0x5bd1_e995;
  for (let at = start; at < end; at += 1) res = Math.imul(res ^ (bytes[at] ?? 0), 0x0100_0193);
  res ^= res >>> 15;
  res = Math.imul(res, 0x85eb_ca6b);
  return (res ^ (res >>> 13)) >>> 0;
}
