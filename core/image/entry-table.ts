/**
 * One layer as its tar says it: entries in the order of the archive, as columns of numbers, some 20 bytes an entry
 * however large its file is.
 */
import { grownBytes, grownNumbers, grownSizes } from "./columns.ts";
import type { PathNode, PathTree } from "./path-tree.ts";
import type { FileFacts } from "./probes.ts";
import type { TarKind } from "./tar-head.ts";

/**
 * `whiteout`: its link is the node it deletes; `opaque`: its link is the directory it empties; `hardlink`: its link is
 * the node of its target.
 */
export type EntryKind = TarKind | "whiteout" | "opaque";

/** In the order of their numbers. */
export const entryKinds: readonly EntryKind[] = [
  "file",
  "hardlink",
  "symlink",
  "directory",
  "other",
  "whiteout",
  "opaque",
];

export class EntryTable {
  readonly tree: PathTree;
  #count = 0;
  #files = 0;
  #kinds = new Uint8Array(0);
  #nodes = new Uint32Array(0);
  #sizes = new Float64Array(0);
  #links = new Uint32Array(0);
  readonly #targets = new Map<number, string>();
  /** By entry, where something was read from inside a file. */
  readonly facts = new Map<number, FileFacts>();

  constructor(tree: PathTree) {
    this.tree = tree;
  }

  get count(): number {
    return this.#count;
  }

  /** How many of them are regular files. */
  get files(): number {
    return this.#files;
  }

  /** The number of the new entry; undefined where there are too many. */
  add(kind: EntryKind, node: PathNode, size: number, link: PathNode): number | undefined {
    const at = this.#count;
    if (!this.tree.takesEntry()) return undefined;
    this.#count += 1;
    if (kind === "file") this.#files += 1;
    if (at === this.#kinds.length) {
      this.#kinds = grownBytes(this.#kinds, at + 1);
      this.#nodes = grownNumbers(this.#nodes, at + 1);
      this.#sizes = grownSizes(this.#sizes, at + 1);
      this.#links = grownNumbers(this.#links, at + 1);
    }
    this.#kinds[at] = entryKinds.indexOf(kind);
    this.#nodes[at] = node;
    this.#sizes[at] = size;
    this.#links[at] = link;
    return at;
  }

  kindOf(entry: number): EntryKind {
    return entryKinds[this.#kinds[entry] ?? 4] ?? "other";
  }

  nodeOf(entry: number): PathNode {
    return this.#nodes[entry] ?? 0;
  }

  /** Bytes of a file's content; 0 for everything else. */
  sizeOf(entry: number): number {
    return this.#sizes[entry] ?? 0;
  }

  linkOf(entry: number): PathNode {
    return this.#links[entry] ?? 0;
  }

  /** What a symbolic link says. */
  targetOf(entry: number): string {
    return this.#targets.get(entry) ?? "";
  }

  setTarget(entry: number, target: string): void {
    this.#targets.set(entry, target);
  }
}
