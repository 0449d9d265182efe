/**
 * The layers of an image put on top of each other: what is visible, and what hides what (docs/numbers.md).
 *
 * Invariant: every regular-file entry of every layer is in exactly one place: visible, or hidden with its kind, so
 * that the sums are those of the layers to the byte.
 */
import { addBytes, type Bytes, noBytes } from "../size/bytes.ts";
import { type Layer, type LayerEntry, whiteoutKind, whiteoutTarget } from "./layer.ts";
import type { FileFacts } from "./probes.ts";

export type HiddenKind = "deleted" | "overwritten" | "metadataOnly";

/** The content of one regular-file entry; hard links are further names of it. */
export interface FileVersion {
  readonly path: string;
  readonly bytes: Bytes;
  readonly hash: string;
  /** Index of the layer that brought it. */
  readonly layer: number;
  /** What was read from its inside. */
  readonly facts: FileFacts | undefined;
  /** Visible names. */
  names: number;
  hidden: { readonly kind: HiddenKind; readonly by: number } | undefined;
}

export interface MergedView {
  /** Every regular-file entry, lowest layer first, in archive order. */
  readonly files: readonly FileVersion[];
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
}

interface Node {
  readonly children: Map<string, Node>;
  /** A name of a regular file. */
  version: FileVersion | undefined;
  /** A directory, by an entry or because something lies in it. */
  directory: boolean;
}

/** Deeper paths than any file system takes. */
const deepest = 4_096;

export function mergeLayers(layers: readonly Layer[]): MergedView {
  const merger = new Merger();
  layers.forEach((layer, index) => {
    merger.add(layer, index);
  });
  return { files: merger.files, troubles: merger.troubles };
}

class Merger {
  readonly files: FileVersion[] = [];
  readonly troubles: { path: string; why: string }[] = [];
  readonly #root: Node = newNode();
  /** Of the layer that is being added: its last entry by path. */
  #own = new Map<string, LayerEntry>();

  add(layer: Layer, index: number): void {
    const entries = layer.entries.filter((it) => this.#isSound(it, index));
    this.#own = new Map(entries.map((it) => [it.path, it]));
    // Whiteouts speak of lower layers, wherever they stand in their own.
    for (const it of entries) {
      const kind = whiteoutKind(it.path);
      if (kind !== "none") this.#whiteout(it.path, kind === "opaque", index);
    }
    for (const it of entries) if (whiteoutKind(it.path) === "none") this.#place(it, index);
  }

  #isSound({ path }: LayerEntry, layer: number): boolean {
    const parts = path.split("/");
    if (!parts.includes("..") && parts.length < deepest) return true;
    this.troubles.push({ path, why: `the path leads out of the image (layer ${layer})` });
    return false;
  }

  #whiteout(path: string, opaque: boolean, layer: number): void {
    const target = whiteoutTarget(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    // Names of the union file system's own: `.wh..wh.plnk` and its kin.
    if (!opaque && name.startsWith(".wh..wh.")) return;
    const parts = partsOf(target);
    const parent = this.#find(opaque ? parts : parts.slice(0, -1));
    if (parent === undefined) return;
    if (opaque) {
      for (const [childName, child] of parent.children) {
        this.#vanish(child, join(target, childName), layer);
      }
      parent.children.clear();
      return;
    }
    const last = parts.at(-1) ?? "";
    const node = parent.children.get(last);
    if (node === undefined) return;
    this.#vanish(node, target, layer);
    parent.children.delete(last);
  }

  #place(it: LayerEntry, layer: number): void {
    const parts = partsOf(it.path);
    if (parts.length === 0) return;
    const parent = this.#open(parts.slice(0, -1), layer);
    const last = parts.at(-1) ?? "";
    const before = parent.children.get(last);
    if (it.kind === "directory") {
      if (before?.directory === true) return;
      if (before !== undefined) this.#vanish(before, it.path, layer);
      parent.children.set(last, { ...newNode(), directory: true });
      return;
    }
    const node = newNode();
    if (it.kind === "file") {
      const { path, bytes, hash, facts } = it;
      node.version = { path, bytes, hash, facts, layer, names: 1, hidden: undefined };
      this.files.push(node.version);
    } else if (it.kind === "hardlink") {
      const target = this.#find(partsOf(it.link))?.version;
      if (target === undefined) {
        this.troubles.push({ path: it.path, why: `a hard link to ${it.link}, which is not there` });
      } else if (before?.version !== target) {
        target.names += 1;
        node.version = target;
      } else return;
    }
    if (before !== undefined) this.#vanish(before, it.path, layer);
    parent.children.set(last, node);
  }

  /** The directory, made where it is missing; what stood in its place vanishes. */
  #open(parts: readonly string[], layer: number): Node {
    let at = this.#root;
    let path = "";
    for (const part of parts) {
      path = join(path, part);
      let next = at.children.get(part);
      if (next === undefined || !next.directory) {
        if (next !== undefined) this.#vanish(next, path, layer);
        next = { ...newNode(), directory: true };
        at.children.set(part, next);
      }
      at = next;
    }
    return at;
  }

  #find(parts: readonly string[]): Node | undefined {
    let at: Node | undefined = this.#root;
    for (const part of parts) at = at?.children.get(part);
    return at;
  }

  /** A name, or a directory with all names in it, is no longer visible. */
  #vanish(top: Node, topPath: string, layer: number): void {
    const waiting: { node: Node; path: string }[] = [{ node: top, path: topPath }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, path } = next;
      const { version } = node;
      if (version !== undefined) {
        version.names -= 1;
        if (version.names === 0) version.hidden = { kind: this.#kindAt(path, version, layer), by: layer };
      }
      for (const [name, child] of node.children) waiting.push({ node: child, path: join(path, name) });
    }
  }

  #kindAt(path: string, version: FileVersion, layer: number): HiddenKind {
    // Of a path twice in one layer the last counts; the earlier was never anything else than overwritten.
    if (version.layer === layer) return "overwritten";
    const own = this.#own.get(path);
    if (own?.kind === "file") {
      return own.bytes === version.bytes && own.hash === version.hash ? "metadataOnly" : "overwritten";
    }
    return own?.kind === "hardlink" ? "overwritten" : "deleted";
  }
}

const newNode = (): Node => ({
  children: new Map(),
  version: undefined,
  directory: false,
});

const partsOf = (path: string): string[] => path.split("/").filter((it) => it !== "" && it !== ".");
const join = (directory: string, name: string): string => (directory === "" ? name : `${directory}/${name}`);

export interface WasteByKind {
  readonly deleted: Bytes;
  readonly overwritten: Bytes;
  readonly metadataOnly: Bytes;
}

export function wasteOf(files: Iterable<FileVersion>): WasteByKind {
  const res = { deleted: noBytes, overwritten: noBytes, metadataOnly: noBytes };
  for (const { hidden, bytes } of files)
    if (hidden !== undefined) res[hidden.kind] = addBytes(res[hidden.kind], bytes);
  return res;
}

/** Over groups of visible, non-empty entries of equal content, all but one of each. */
export function duplicatedBytes(files: Iterable<FileVersion>): Bytes {
  const seen = new Set<string>();
  let res = noBytes;
  for (const { hidden, bytes, hash } of files) {
    if (hidden !== undefined || bytes === 0) continue;
    const key = `${bytes}:${hash}`;
    if (seen.has(key)) res = addBytes(res, bytes);
    else seen.add(key);
  }
  return res;
}
