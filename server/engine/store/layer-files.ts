import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { PathNode, PathTree } from "../../../core/image/path-tree.ts";
import { troubleText } from "../trouble-text.ts";
import { StoreError } from "./store-error.ts";

/** Files that are compared are read in turn. */
const mostOpen = 4;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

interface OpenFile {
  readonly folder: string;
  readonly node: PathNode;
  readonly fd: number;
}

/**
 * The files of an image's layers as the classic store has unpacked them, each layer below a folder of its own. What lies
 * there an image's maker has named: every step of a path is opened by itself and no symbolic link is followed, so that
 * nothing outside of the folder is ever opened. Whatever is not there as the records say is a `StoreError`.
 */
export class LayerFiles {
  readonly #tree: PathTree;
  /** The folders of the path last opened, the layer's own first. */
  readonly #folders: { readonly node: PathNode; readonly fd: number }[] = [];
  #folder = "";
  readonly #open: OpenFile[] = [];
  #buffer = Buffer.alloc(1 << 16);

  /** `tree`: that of the layers' tables. */
  constructor(tree: PathTree) {
    this.#tree = tree;
  }

  /**
   * Up to `length` bytes from `start` of a regular file of `size` bytes, fewer at its end; valid until the next call.
   * `folder`: the layer's.
   */
  read(folder: string, node: PathNode, size: number, start: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, size - start));
    if (this.#buffer.length < wanted) this.#buffer = Buffer.alloc(wanted);
    const res = this.#buffer.subarray(0, wanted);
    const fd = this.#fileOf(folder, node, size);
    for (let done = 0; done < wanted; ) {
      const count = attempt(() => readSync(fd, res, done, wanted - done, start + done));
      if (count === 0) throw changed();
      done += count;
    }
    return res;
  }

  close(): void {
    for (const { fd } of [...this.#folders.splice(0), ...this.#open.splice(0)]) closeSync(fd);
    this.#folder = "";
  }

  #fileOf(folder: string, node: PathNode, size: number): number {
    const known = this.#open.find((it) => it.node === node && it.folder === folder);
    if (known !== undefined) return known.fd;
    const above = this.#folderOf(folder, this.#tree.parentOf(node));
    const fd = openIn(above, this.#tree.nameBytes(node), O_RDONLY);
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size !== size) {
      closeSync(fd);
      throw changed();
    }
    const oldest = this.#open.length === mostOpen ? this.#open.shift() : undefined;
    if (oldest !== undefined) closeSync(oldest.fd);
    this.#open.push({ folder, node, fd });
    return fd;
  }

  /** `node`: of a directory. Entries come folder by folder, so most steps are open already. */
  #folderOf(folder: string, node: PathNode): number {
    if (this.#folder !== folder) {
      for (const { fd } of this.#folders.splice(0)) closeSync(fd);
      const fd = attempt(() => openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      this.#folders.push({ node: 0, fd });
      this.#folder = folder;
    }
    const last = this.#folders.at(-1);
    if (last?.node === node) return last.fd;
    const steps = [0, ...this.#tree.foldersOf(node), node];
    const same = this.#folders.findIndex((it, index) => it.node !== steps[index]);
    if (same !== -1) for (const { fd } of this.#folders.splice(same)) closeSync(fd);
    for (const it of steps.slice(this.#folders.length)) {
      if (it === 0) continue;
      const fd = openIn(this.#folders.at(-1)?.fd ?? -1, this.#tree.nameBytes(it), O_RDONLY | O_DIRECTORY);
      this.#folders.push({ node: it, fd });
    }
    return this.#folders.at(-1)?.fd ?? -1;
  }
}

/** As `openat`, which Node has not: Linux leads from here to the folder itself, whatever its name means by now. */
function openIn(folder: number, name: Uint8Array, flags: number): number {
  const path = Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
  // Opening a pipe would wait for its other end.
  return attempt(() => openSync(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
}

function attempt<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    throw new StoreError(`a file of a layer cannot be read: ${troubleText(cause)}`);
  }
}

const changed = (): StoreError => new StoreError("a file of a layer is not what its record says");
