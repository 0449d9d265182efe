/**
 * The tree of an analysed image for one question, and how it is cut for a picture.
 *
 * Invariant: a node's bytes are the sum of its children's; what is cut away is in one node of kind "rest".
 */
import { plainCommand } from "../link/plain-command.ts";
import { type FileColumns, nameOfPath, textOfPath } from "./file-columns.ts";
import { type Group, type GroupedFiles, type Grouping, groupFiles } from "./groupings.ts";
import { pathFilter } from "./path-filter.ts";
import { type NodeKind, nodeKinds, type TreeColumns, treeColumns } from "./tree-columns.ts";

/** The same shape as protocol/tree.ts, which the core does not know. */
export interface PictureNode {
  readonly id: number;
  readonly kind: "image" | Group["kind"] | "directory" | "file" | "rest";
  readonly name: string;
  readonly path?: string;
  readonly bytes: number;
  readonly files: number;
  readonly wasted: number;
  readonly layer?: { readonly index: number; readonly base: boolean | null; readonly createdBy: string };
  readonly linked?: boolean;
  readonly children?: readonly PictureNode[];
}

/** What a picture shows of a layer beside its files. */
export interface LayerLink {
  readonly base: boolean | null;
  readonly linked: boolean;
}

/** Of a node's children, those beyond are in the rest. */
const mostChildren = 60;
const mostNodes = 3_000;

/** The part of an analysis that a picture shows beside sizes. */
export type Pictured = {
  readonly image: { readonly reference: string };
  readonly layers: readonly { readonly createdBy: string }[];
};

export class ImageTree {
  readonly files: FileColumns;
  readonly columns: TreeColumns;
  readonly #groups: GroupedFiles;
  readonly #analysis: Pictured;
  #restId = -1;

  /** `filter`: words that a file's path or its package's name must have (path-filter.ts); empty: all files. */
  constructor(files: FileColumns, analysis: Pictured, grouping: Grouping = "layers", filter = "") {
    this.files = files;
    this.#analysis = analysis;
    this.#groups = groupFiles(files, grouping, pathFilter(files, filter), (it) => layerName(analysis, it));
    this.columns = treeColumns(files, this.#groups);
  }

  isNode(id: number): boolean {
    return Number.isInteger(id) && id >= 0 && id < this.columns.count;
  }

  kindOf(node: number): NodeKind {
    return nodeKinds[this.columns.kinds[node] ?? 0] ?? "whole";
  }

  /** What a group stands for; undefined for folders and files. */
  groupOf(node: number): Group | undefined {
    return this.kindOf(node) === "group" ? this.#groups.facts[this.columns.refs[node] ?? 0] : undefined;
  }

  /** From `first` up to `end`, in the order in which they are shown. */
  childrenOf(node: number): { readonly first: number; readonly end: number } {
    const { children } = this.columns;
    return { first: children[node] ?? 0, end: children[node + 1] ?? 0 };
  }

  /** The node of a layer, where layers are shown; they are numbered as in the manifest. */
  layerId(index: number): number | undefined {
    const { first, end } = this.childrenOf(0);
    const id = first + index;
    return index >= 0 && id < end && this.groupOf(id)?.layer === index ? id : undefined;
  }

  /** The one layer in which all files of a node lie; undefined: there are several, or none. */
  layerOf(id: number): number | undefined {
    if (!this.isNode(id)) return undefined;
    for (let at = id; at !== 0; at = this.columns.parents[at] ?? 0) {
      const layer = this.groupOf(at)?.layer;
      if (layer !== undefined) return layer;
    }
    let res: number | undefined;
    for (const file of this.filesIn(id)) {
      const layer = this.files.layerOf[this.columns.refs[file] ?? 0];
      if (res !== undefined && layer !== res) return undefined;
      res = layer;
    }
    return res;
  }

  /** Nodes of the files at or below a node. */
  *filesIn(id: number): Generator<number> {
    const waiting = [id];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (this.kindOf(at) === "file") yield at;
      const { first, end } = this.childrenOf(at);
      for (let child = first; child < end; child += 1) waiting.push(child);
    }
  }

  picture(linkOf: (layer: number) => LayerLink): PictureNode {
    return this.#cut(0, linkOf, { left: mostNodes });
  }

  /** A node that a picture had cut, with its children; undefined: no such node. */
  subtree(id: number, linkOf: (layer: number) => LayerLink): PictureNode | undefined {
    return this.isNode(id) ? this.#cut(id, linkOf, { left: mostNodes / 2 }) : undefined;
  }

  nameOf(node: number): string {
    const ref = this.columns.refs[node] ?? 0;
    switch (this.kindOf(node)) {
      case "whole":
        return this.#analysis.image.reference;
      case "group":
        return this.groupOf(node)?.name ?? "";
      case "folder":
        return nameOfPath(this.files, ref);
      case "file":
        return nameOfPath(this.files, this.files.paths[ref] ?? 0);
    }
  }

  /** Absolute; undefined for what is neither a folder nor a file. */
  pathOf(node: number): string | undefined {
    const ref = this.columns.refs[node] ?? 0;
    const kind = this.kindOf(node);
    if (kind === "folder") return textOfPath(this.files, ref);
    return kind === "file" ? textOfPath(this.files, this.files.paths[ref] ?? 0) : undefined;
  }

  /** The largest first, so that what is cut is small. */
  #cut(top: number, linkOf: (layer: number) => LayerLink, budget: { left: number }): PictureNode {
    /** By node: how many of its children are shown. */
    const shown = new Map<number, number>();
    const waiting = new LargestFirst(this.columns.bytes);
    waiting.add(top);
    for (let node = waiting.take(); node !== undefined; node = waiting.take()) {
      const { first, end } = this.childrenOf(node);
      // All layers are shown: their order is the picture.
      const kept = node === 0 && this.#groups.ordered ? end - first : Math.min(end - first, mostChildren);
      if (this.kindOf(node) === "file" || budget.left < kept) continue;
      shown.set(node, kept);
      budget.left -= kept;
      for (let at = first; at < first + kept; at += 1) waiting.add(at);
    }
    return this.#pictureOf(top, this.pathOf(top) ?? "", shown, linkOf);
  }

  /** `path`: the node's own, or of the folder that holds it. */
  #pictureOf(
    node: number,
    path: string,
    shown: ReadonlyMap<number, number>,
    linkOf: (layer: number) => LayerLink,
  ): PictureNode {
    const { bytes, files, wasted } = this.columns;
    const group = this.groupOf(node);
    const sums = { bytes: bytes[node] ?? 0, files: files[node] ?? 0, wasted: wasted[node] ?? 0 };
    const own = {
      id: node,
      kind: pictureKind(this.kindOf(node), group),
      name: this.nameOf(node),
      ...sums,
      ...(path === "" ? {} : { path }),
    };
    if (own.kind === "file") return { ...own, children: [] };
    const facts = group?.layer === undefined ? {} : this.#layerFacts(group.layer, linkOf(group.layer));
    const kept = shown.get(node);
    if (kept === undefined) return { ...own, ...facts };
    const { first, end } = this.childrenOf(node);
    const children = Array.from({ length: kept }, (_, at) => {
      const child = first + at;
      const isPath = this.groupOf(child) === undefined;
      return this.#pictureOf(child, isPath ? `${path}/${this.nameOf(child)}` : "", shown, linkOf);
    });
    const cut = end - first - kept;
    if (cut > 0) {
      const sum = (of: (it: PictureNode) => number): number =>
        children.reduce((total, it) => total + of(it), 0);
      children.push({
        id: this.#restId--,
        kind: "rest",
        name: `${cut} smaller`,
        bytes: sums.bytes - sum((it) => it.bytes),
        files: sums.files - sum((it) => it.files),
        wasted: sums.wasted - sum((it) => it.wasted),
        children: [],
      });
    }
    return { ...own, ...facts, children };
  }

  #layerFacts(index: number, { base, linked }: LayerLink): Pick<PictureNode, "layer" | "linked"> {
    return { layer: { index, base, createdBy: this.#analysis.layers[index]?.createdBy ?? "" }, linked };
  }
}

/** Nodes by their bytes; of equals the first of the tree. */
class LargestFirst {
  readonly #bytes: Float64Array;
  /** The next one at the end. */
  readonly #nodes: number[] = [];

  constructor(bytes: Float64Array) {
    this.#bytes = bytes;
  }

  add(node: number): void {
    let [low, high] = [0, this.#nodes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#comesLater(this.#nodes[middle] ?? 0, node)) low = middle + 1;
      else high = middle;
    }
    this.#nodes.splice(low, 0, node);
  }

  take(): number | undefined {
    return this.#nodes.pop();
  }

  #comesLater(a: number, b: number): boolean {
    const difference = (this.#bytes[a] ?? 0) - (this.#bytes[b] ?? 0);
    return difference < 0 || (difference === 0 && a > b);
  }
}

function pictureKind(kind: NodeKind, group: Group | undefined): PictureNode["kind"] {
  switch (kind) {
    case "whole":
      return "image";
    case "group":
      return group?.kind ?? "group";
    case "folder":
      return "directory";
    case "file":
      return "file";
  }
}

/** What made a layer, as a person would write it. */
export const layerName = ({ layers }: Pictured, index: number): string =>
  plainCommand(layers[index]?.createdBy ?? "") || `layer ${index}`;
