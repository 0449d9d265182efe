/** A layer of an image: its entries, and how to come by the contents of its files. */
import { textOf } from "../text/utf8.ts";
import type { EntryTable } from "./entry-table.ts";
import type { PathNode, PathTree } from "./path-tree.ts";
import type { TarEntry } from "./tar-head.ts";

export interface Layer {
  readonly diffId: string;
  readonly entries: EntryTable;
  readonly contents: LayerContents;
}

/**
 * Contents of one layer's regular files, by the numbers of their entries. What has passed by in a stream is known by
 * its hash, and the few files that somebody wants are kept; what lies on a disk can be read at any time.
 */
export interface LayerContents {
  /** Whether `read` knows every content, not only that of wanted files. */
  readonly isReadable: boolean;
  /** Up to `length` bytes from `start`, fewer at the end of the content; undefined where it is not known. Valid until the next call. */
  read(entry: number, start: number, length: number): Uint8Array | undefined;
  /** Equal for equal contents of equal size, different for all others; undefined where it is not known. */
  hash(entry: number): string | undefined;
  /** Where a content lies whole and in one piece, for who reads it beside; undefined where it does not. */
  placeOf?(entry: number): Place | undefined;
  /** Whether fingerprints are of whole contents. */
  readonly fingerprintsWhole?: boolean;
  /** Of the first bytes; equal contents have equal ones. Undefined where they were not looked at. */
  fingerprint(entry: number): number | undefined;
}

/** In a file on a disk, by its descriptor. */
export interface Place {
  readonly file: number;
  readonly at: number;
}

export const noContents: LayerContents = {
  isReadable: false,
  read: () => undefined,
  hash: () => undefined,
  fingerprint: () => undefined,
};

/** What history says about an image's making, oldest first. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly emptyLayer: boolean;
}

/** Files with names that start so are the union file system's own; layers must not bring them. */
const ownName = /(?:^|\/)\.wh\.\.wh\./;
const whiteoutName = /(?:^|\/)\.wh\.[^/]*$/;

export type Added =
  | { readonly kind: "added"; readonly entry: number }
  | { readonly kind: "skipped" }
  | { readonly kind: "refused"; readonly path: string; readonly why: string };

const skipped: Added = { kind: "skipped" };

/** Puts one tar entry into a layer's table: `.wh.NAME` deletes NAME of lower layers, `.wh..wh..opq` all of its directory. */
export function addTarEntry(entries: EntryTable, it: TarEntry): Added {
  const { tree } = entries;
  if (it.name.length === 0) return skipped;
  // Most names have no such part: bytes are cheaper to look at than text.
  const marked = hasWhiteoutMark(it.name);
  const path = marked ? textOf(it.name) : "";
  const isOpaque = marked && /(?:^|\/)\.wh\.\.wh\.\.opq$/.test(path);
  if (marked && !isOpaque && ownName.test(path)) return skipped;
  if (isOpaque) {
    const slash = it.name.lastIndexOf(0x2f);
    const folder = slash === -1 ? 0 : tree.intern(it.name.subarray(0, slash));
    return folder === undefined
      ? refused(it, entries)
      : added(entries, entries.add("opaque", folder, 0, folder));
  }
  const node = tree.intern(it.name);
  if (node === undefined) return refused(it, entries);
  if (marked && whiteoutName.test(path)) {
    const target = whiteoutTarget(tree, node);
    return target === undefined
      ? refused(it, entries)
      : added(entries, entries.add("whiteout", node, 0, target));
  }
  if (node === 0) return skipped;
  if (it.kind !== "hardlink") {
    const res = added(entries, entries.add(it.kind, node, it.size, 0));
    if (it.kind === "symlink" && res.kind === "added") entries.setTarget(res.entry, textOf(it.link));
    return res;
  }
  const target = tree.intern(it.link);
  return target === undefined
    ? refused(it, entries)
    : added(entries, entries.add("hardlink", node, 0, target));
}

function whiteoutTarget(tree: PathTree, node: PathNode): PathNode | undefined {
  const name = tree.nameBytes(node).slice(".wh.".length);
  return name.length === 0 ? undefined : tree.child(tree.parentOf(node), name);
}

const added = (entries: EntryTable, entry: number | undefined): Added =>
  entry === undefined
    ? { kind: "refused", path: "", why: `more than ${entries.count} entries in one layer` }
    : { kind: "added", entry };

const refused = ({ name }: TarEntry, { tree }: EntryTable): Added => ({
  kind: "refused",
  path: textOf(name.subarray(0, 4_096)),
  why: tree.isFull ? "more names than an image can have" : "the path leads out of the image or is too deep",
});

function hasWhiteoutMark(name: Uint8Array): boolean {
  // Names are short and have many dots: a loop is quicker than a search for each.
  for (let at = 0; at < name.length - 3; at += 1) {
    if (name[at] === 0x2e && name[at + 1] === 0x77 && name[at + 2] === 0x68 && name[at + 3] === 0x2e)
      return true;
  }
  return false;
}
