/**
 * Which paths of a tree are there at a moment, with the folders' own lists of what lies in them.
 *
 * Invariant: a path that is there lies in a folder that is there, so what goes with a folder is found by its lists
 * alone, and every path costs one step when it comes and one when it goes.
 */
import { type PathNode, type PathTree, rootNode } from "./path-tree.ts";

export class Presence {
  readonly #tree: PathTree;
  readonly #there: Uint8Array;
  readonly #first: Uint32Array;
  readonly #next: Uint32Array;
  readonly #previous: Uint32Array;

  /** No path may be interned into the tree while this is in use. */
  constructor(tree: PathTree) {
    this.#tree = tree;
    this.#there = new Uint8Array(tree.count);
    this.#there[rootNode] = 1;
    this.#first = new Uint32Array(tree.count);
    this.#next = new Uint32Array(tree.count);
    this.#previous = new Uint32Array(tree.count);
  }

  has(node: PathNode): boolean {
    return this.#there[node] === 1;
  }

  /** Its folder must be there. */
  add(node: PathNode): void {
    if (this.has(node)) return;
    this.#there[node] = 1;
    const folder = this.#tree.parentOf(node);
    const first = this.#first[folder] ?? 0;
    this.#next[node] = first;
    this.#previous[node] = 0;
    if (first !== 0) this.#previous[first] = node;
    this.#first[folder] = node;
  }

  /** A path and all below it go; `each` hears of every one. */
  remove(top: PathNode, each: (node: PathNode) => void): void {
    if (!this.has(top) || top === rootNode) return;
    const folder = this.#tree.parentOf(top);
    const [next, previous] = [this.#next[top] ?? 0, this.#previous[top] ?? 0];
    if (previous === 0) this.#first[folder] = next;
    else this.#next[previous] = next;
    if (next !== 0) this.#previous[next] = previous;
    const waiting = [top];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      each(node);
      for (let child = this.#first[node] ?? 0; child !== 0; child = this.#next[child] ?? 0)
        waiting.push(child);
      this.#first[node] = 0;
      this.#there[node] = 0;
    }
  }

  /** A path that is there, and all below it. */
  each(top: PathNode, act: (node: PathNode) => void): void {
    if (!this.has(top)) return;
    const waiting = [top];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      act(node);
      for (let child = this.#first[node] ?? 0; child !== 0; child = this.#next[child] ?? 0)
        waiting.push(child);
    }
  }

  /** Everything in a folder goes, the folder stays. */
  empty(folder: PathNode, each: (node: PathNode) => void): void {
    if (!this.has(folder)) return;
    for (let child = this.#first[folder] ?? 0; child !== 0; child = this.#first[folder] ?? 0)
      this.remove(child, each);
  }
}
