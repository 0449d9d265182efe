import { closeSync, constants, openSync, readSync } from "node:fs";
import { type PathNode, type PathTree, rootNode } from "../../../core/image/path-tree.ts";
import { troubleText } from "../trouble-text.ts";
import { DeniedError, StoreError } from "./store-error.ts";

/** Files that are compared are read in turn. */
const mostFiles = 4;
/** Entries come folder by folder, and files that are compared lie in two places: few folders are in use at a time. */
const mostFolders = 256;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * The files of an image's layers as the classic store has unpacked them, each layer below a folder of its own. What lies
 * there an image's maker has named: every step of a path is opened by itself and no symbolic link is followed, so that
 * nothing outside of the folder is ever opened. Whatever is not there as the records say is a `StoreError`, what this user may not read a `DeniedError`.
 */
export class LayerFiles {
  readonly #tree: PathTree;
  readonly #files = new Descriptors(mostFiles);
  readonly #folders = new Descriptors(mostFolders);
  readonly #layers = new Map<string, number>();
  #buffer = new Uint8Array(1 << 16);

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
    const key = this.#keyOf(folder, node);
    const fd = this.#files.get(key) ?? this.#openFile(folder, node, key);
    // At its end a file has to end: what is no regular file, or another one, does not.
    const asked = start + wanted === size ? wanted + 1 : wanted;
    if (this.#buffer.length < asked) this.#buffer = new Uint8Array(asked);
    let done = 0;
    while (done < wanted) {
      const count = attempt(() => readSync(fd, this.#buffer, done, asked - done, start + done));
      if (count === 0) throw changed();
      done += count;
    }
    if (done > wanted) throw changed();
    return this.#buffer.subarray(0, wanted);
  }

  close(): void {
    this.#files.close();
    this.#folders.close();
  }

  #keyOf(folder: string, node: PathNode): number {
    const layer = this.#layers.get(folder) ?? this.#layers.size;
    this.#layers.set(folder, layer);
    return layer * 2 ** 32 + node;
  }

  #openFile(folder: string, node: PathNode, key: number): number {
    const fd = openIn(
      this.#folderOf(folder, this.#tree.parentOf(node)),
      this.#tree.nameBytes(node),
      O_RDONLY,
    );
    this.#files.set(key, fd);
    return fd;
  }

  /** `node`: of a directory. */
  #folderOf(folder: string, node: PathNode): number {
    const key = this.#keyOf(folder, node);
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const fd =
      node === rootNode
        ? attempt(() => openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
        : openIn(
            this.#folderOf(folder, this.#tree.parentOf(node)),
            this.#tree.nameBytes(node),
            O_RDONLY | O_DIRECTORY,
          );
    this.#folders.set(key, fd);
    return fd;
  }
}

/** What is open; what was not used for the longest time is closed first. */
class Descriptors {
  readonly #most: number;
  readonly #open = new Map<number, number>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: number): number | undefined {
    const fd = this.#open.get(key);
    if (fd === undefined) return undefined;
    this.#open.delete(key);
    this.#open.set(key, fd);
    return fd;
  }

  set(key: number, fd: number): void {
    this.#open.set(key, fd);
    const [oldest] = this.#open;
    if (this.#open.size <= this.#most || oldest === undefined) return;
    this.#open.delete(oldest[0]);
    closeSync(oldest[1]);
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
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
    if (isDenied(cause)) throw new DeniedError(troubleText(cause));
    throw new StoreError(`a file of a layer cannot be read: ${troubleText(cause)}`);
  }
}

const isDenied = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "EACCES" || cause.code === "EPERM");

const changed = (): StoreError => new StoreError("a file of a layer is not what its record says");
