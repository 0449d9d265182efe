/**
 * The layers of an image put on top of each other: what is visible, and what hides what (docs/numbers.md).
 *
 * Invariant: every regular-file entry of every layer is in exactly one place: visible, or hidden with its kind, so
 * that the sums are those of the layers to the byte.
 */

import { addBytes, type Bytes, noBytes } from "../size/bytes.ts";
import type { EntryTable } from "./entry-table.ts";
import { type FileVersion, FileVersions, type HiddenKind } from "./file-versions.ts";
import type { Layer } from "./layer.ts";
import { type PathNode, type PathTree, rootNode } from "./path-tree.ts";
import { Presence } from "./presence.ts";

export interface MergedView {
  /** Every regular-file entry, lowest layer first, in archive order. */
  readonly files: FileVersions;
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
  /**
   * The path as the image's processes see it, without a leading slash: symbolic links of the folders are followed, one
   * at the end is not. Undefined where it leads nowhere.
   */
  resolve(path: string): PathNode | undefined;
  /** The visible version that has this name. */
  versionAt(node: PathNode): number | undefined;
}

/** As many as Linux follows. */
const mostLinks = 40;

const mostTroubles = 100;
const none = 0xffff_ffff;

/** `tree`: that of the layers' tables. Contents are not looked at: see contents.ts. */
export function mergeLayers(tree: PathTree, layers: readonly Layer[]): MergedView {
  const merger = new Merger(
    tree,
    layers.map((it) => it.entries),
  );
  layers.forEach(({ entries }, index) => {
    merger.add(entries, index);
  });
  return {
    files: merger.files,
    troubles: merger.troubles,
    resolve: (path) => merger.resolve(path),
    versionAt: (node) => merger.versionAt(node),
  };
}

/** Whether a path's last part, from `start` on, is `.` or `..`. */
const isDots = (path: string, start: number): boolean =>
  path.length - start <= 2 && path.charCodeAt(start) === 0x2e && path.endsWith(".");

class Merger {
  readonly files: FileVersions;
  readonly troubles: { path: string; why: string }[] = [];
  readonly #tree: PathTree;
  readonly #presence: Presence;
  /** By node: the file that stands there, and whether a directory does. */
  readonly #versions: Uint32Array;
  readonly #directories: Uint8Array;
  /** By node: its last entry in the layer that is being added, valid where the stamp is that layer's. */
  readonly #own: Uint32Array;
  readonly #stamps: Uint32Array;
  /** By node: what the symbolic link there says. */
  readonly #links = new Map<PathNode, string>();
  /** By entry of that layer: its version. */
  #ownVersions = new Uint32Array(0);
  #entries: EntryTable | undefined;
  #layer = 0;
  /** Where the path that was asked for last lies; of the finished view. */
  #lastFolder: string | undefined;
  #lastNode: PathNode | undefined;

  constructor(tree: PathTree, tables: readonly EntryTable[]) {
    this.#tree = tree;
    this.files = new FileVersions(tables);
    this.#presence = new Presence(tree);
    this.#versions = new Uint32Array(tree.count).fill(none);
    this.#directories = new Uint8Array(tree.count);
    this.#directories[rootNode] = 1;
    this.#own = new Uint32Array(tree.count);
    this.#stamps = new Uint32Array(tree.count);
  }

  add(entries: EntryTable, layer: number): void {
    this.#entries = entries;
    this.#layer = layer;
    this.#ownVersions = new Uint32Array(entries.count);
    for (let at = 0; at < entries.count; at += 1) {
      const kind = entries.kindOf(at);
      if (kind === "whiteout" || kind === "opaque") continue;
      if (kind === "file") this.#ownVersions[at] = this.files.add(layer, at);
      this.#own[entries.nodeOf(at)] = at;
      this.#stamps[entries.nodeOf(at)] = layer + 1;
    }
    // Whiteouts speak of lower layers, wherever they stand in their own.
    for (let at = 0; at < entries.count; at += 1) {
      const kind = entries.kindOf(at);
      if (kind === "whiteout") this.#remove(entries.linkOf(at));
      else if (kind === "opaque") this.#presence.empty(entries.linkOf(at), this.#gone);
    }
    for (let at = 0; at < entries.count; at += 1) this.#place(entries, at);
  }

  versionAt(node: PathNode): number | undefined {
    const version = this.#versions[node];
    return version === undefined || version === none ? undefined : version;
  }

  resolve(path: string): PathNode | undefined {
    // Lists of files go folder by folder.
    const start = path.lastIndexOf("/") + 1;
    if (start !== this.#lastFolder?.length || !path.startsWith(this.#lastFolder)) {
      this.#lastFolder = path.slice(0, start);
      this.#lastNode = this.#walk(`${this.#lastFolder}.`);
    }
    if (this.#lastNode === undefined || isDots(path, start)) return this.#walk(path);
    const node = this.#tree.findText(path, start, this.#lastNode);
    return node !== undefined && this.#presence.has(node) ? node : undefined;
  }

  #walk(path: string): PathNode | undefined {
    let node: PathNode | undefined = rootNode;
    let links = 0;
    const waiting = path.split("/").reverse();
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      if (part === "..") {
        node = this.#tree.parentOf(node);
        continue;
      }
      const next = this.#tree.findText(part, 0, node);
      if (next === undefined || !this.#presence.has(next)) return undefined;
      const target = waiting.length > 0 ? this.#links.get(next) : undefined;
      if (target === undefined) {
        node = next;
        continue;
      }
      links += 1;
      if (links > mostLinks) return undefined;
      if (target.startsWith("/")) node = rootNode;
      waiting.push(...target.split("/").reverse());
    }
    return node;
  }

  #place(entries: EntryTable, at: number): void {
    const kind = entries.kindOf(at);
    if (kind === "whiteout" || kind === "opaque") return;
    const node = entries.nodeOf(at);
    this.#open(node);
    if (kind === "directory") {
      if (this.#directories[node] === 1) return;
      this.#remove(node);
      this.#put(node);
      this.#directories[node] = 1;
      return;
    }
    let version = none;
    if (kind === "file") version = this.#ownVersions[at] ?? none;
    else if (kind === "hardlink") {
      version = this.#versions[entries.linkOf(at)] ?? none;
      if (version === none) this.#missing(node, entries.linkOf(at));
      else if (this.#versions[node] === version) return;
      else this.files.nameGained(version);
    }
    this.#remove(node);
    this.#put(node);
    this.#versions[node] = version;
    if (kind === "symlink") this.#links.set(node, entries.targetOf(at));
  }

  #put(node: PathNode): void {
    this.#presence.add(node);
    this.#versions[node] = none;
    this.#directories[node] = 0;
  }

  /** The folders of a path, made where they are missing; what stood in their place vanishes. */
  #open(node: PathNode): void {
    const folder = this.#tree.parentOf(node);
    if (this.#directories[folder] === 1) return;
    for (const above of this.#tree.foldersOf(node)) {
      if (this.#directories[above] === 1) continue;
      this.#remove(above);
      this.#put(above);
      this.#directories[above] = 1;
    }
  }

  /** A name, or a directory with all names in it, is no longer visible. */
  #remove(top: PathNode): void {
    this.#presence.remove(top, this.#gone);
  }

  readonly #gone = (node: PathNode): void => {
    const version = this.#versions[node] ?? none;
    this.#versions[node] = none;
    this.#directories[node] = 0;
    this.#links.delete(node);
    if (version !== none && this.files.nameLost(version)) this.#hide(node, version);
  };

  #hide(node: PathNode, version: number): void {
    const layer = this.#layer;
    // Of a path twice in one layer the last counts; the earlier was never anything else than overwritten.
    if (this.files.layerOf(version) === layer) {
      this.files.hide(version, "overwritten", layer, undefined);
      return;
    }
    const twin = this.#comingTo(node);
    if (twin === undefined || twin === version) {
      this.files.hide(version, "deleted", layer, undefined);
      return;
    }
    const isEqualSize = this.files.sizeOf(twin) === this.files.sizeOf(version);
    this.files.hide(version, "overwritten", layer, isEqualSize ? twin : undefined);
  }

  /** The version that this layer puts at a path, by a file or by a hard link. */
  #comingTo(node: PathNode): number | undefined {
    let at = node;
    for (let step = 0; step < mostLinks; step += 1) {
      const own = this.#stamps[at] === this.#layer + 1 ? this.#own[at] : undefined;
      const kind = own === undefined ? undefined : this.#entries?.kindOf(own);
      if (own === undefined) return at === node ? undefined : this.versionAt(at);
      if (kind === "file") return this.#ownVersions[own];
      if (kind !== "hardlink") return undefined;
      at = this.#entries?.linkOf(own) ?? rootNode;
    }
    return undefined;
  }

  #missing(node: PathNode, target: PathNode): void {
    if (this.troubles.length >= mostTroubles) return;
    this.troubles.push({
      path: this.#tree.pathOf(node),
      why: `a hard link to ${this.#tree.pathOf(target)}, which is not there`,
    });
  }
}

export interface WasteByKind {
  readonly deleted: Bytes;
  readonly overwritten: Bytes;
  readonly metadataOnly: Bytes;
}

export const noWaste: WasteByKind = { deleted: noBytes, overwritten: noBytes, metadataOnly: noBytes };

export const addWaste = (waste: WasteByKind, kind: HiddenKind, size: Bytes): WasteByKind => ({
  ...waste,
  [kind]: addBytes(waste[kind], size),
});

export function wasteOf(files: Iterable<FileVersion>): WasteByKind {
  let res = noWaste;
  for (const { hidden, bytes } of files) if (hidden !== undefined) res = addWaste(res, hidden.kind, bytes);
  return res;
}
