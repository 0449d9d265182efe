/**
 * The tree of an analysed image, and how it is cut for a picture.
 *
 * Invariant: a node's bytes are the sum of its children's; what is cut away is in one node of kind "rest".
 */
import { plainCommand } from "../link/plain-command.ts";
import { namedText } from "../text/utf8.ts";
import { columnKind, type ImageColumns } from "./image-columns.ts";

/** The same shape as protocol/tree.ts, which the core does not know. */
export interface PictureNode {
  readonly id: number;
  readonly kind: "image" | "layer" | "directory" | "file" | "rest";
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
  readonly #columns: ImageColumns;
  readonly #analysis: Pictured;
  #restId = -1;

  constructor(columns: ImageColumns, analysis: Pictured) {
    this.#columns = columns;
    this.#analysis = analysis;
  }

  /** The node of a layer; layers are numbered as in the manifest. */
  layerId(index: number): number | undefined {
    return index >= 0 && index < this.#columns.layers ? index + 1 : undefined;
  }

  /** The layer in which a node lies; undefined for the image itself and for unknown ids. */
  layerOf(id: number): number | undefined {
    if (!this.#isNode(id) || id === 0) return undefined;
    let at = id;
    while (at > this.#columns.layers) at = this.#columns.parents[at] ?? 0;
    return at - 1;
  }

  picture(linkOf: (layer: number) => LayerLink): PictureNode {
    return this.#cut(0, linkOf, { left: mostNodes });
  }

  /** A node that a picture had cut, with its children; undefined: no such node. */
  subtree(id: number, linkOf: (layer: number) => LayerLink): PictureNode | undefined {
    return this.#isNode(id) ? this.#cut(id, linkOf, { left: mostNodes / 2 }) : undefined;
  }

  #isNode(id: number): boolean {
    return Number.isInteger(id) && id >= 0 && id < this.#columns.count;
  }

  #childCount(node: number): number {
    return (this.#columns.children[node + 1] ?? 0) - (this.#columns.children[node] ?? 0);
  }

  /** Breadth first and the largest first, so that what is cut is small and deep. */
  #cut(top: number, linkOf: (layer: number) => LayerLink, budget: { left: number }): PictureNode {
    const { children, bytes } = this.#columns;
    /** By node: how many of its children are shown. */
    const shown = new Map<number, number>();
    let level: readonly number[] = [top];
    while (level.length > 0) {
      const next: number[] = [];
      for (const node of level) {
        const count = this.#childCount(node);
        // All layers are shown: each is a row of the table beside the map.
        const kept = node === 0 ? count : Math.min(count, mostChildren);
        if (columnKind(this.#columns, node) === "file" || budget.left < kept) continue;
        shown.set(node, kept);
        budget.left -= kept;
        const first = children[node] ?? 0;
        for (let at = 0; at < kept; at += 1) next.push(first + at);
      }
      level = next.sort((a, b) => (bytes[b] ?? 0) - (bytes[a] ?? 0) || a - b);
    }
    return this.#pictureOf(top, shown, linkOf);
  }

  #pictureOf(
    node: number,
    shown: ReadonlyMap<number, number>,
    linkOf: (layer: number) => LayerLink,
  ): PictureNode {
    const kind = columnKind(this.#columns, node);
    const sums = this.#sumsOf(node);
    const path = kind === "directory" || kind === "file" ? { path: this.#pathOf(node) } : {};
    const own = { id: node, kind, name: this.#nameOf(node), ...sums, ...path };
    if (kind === "file") return { ...own, children: [] };
    const facts = kind === "layer" ? this.#layerFacts(node - 1, linkOf(node - 1)) : {};
    const kept = shown.get(node);
    if (kept === undefined) return { ...own, ...facts };
    const first = this.#columns.children[node] ?? 0;
    const children = Array.from({ length: kept }, (_, at) => this.#pictureOf(first + at, shown, linkOf));
    const cut = this.#childCount(node) - kept;
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

  #sumsOf(node: number): { readonly bytes: number; readonly files: number; readonly wasted: number } {
    const { bytes, files, wasted } = this.#columns;
    return { bytes: bytes[node] ?? 0, files: files[node] ?? 0, wasted: wasted[node] ?? 0 };
  }

  #layerFacts(index: number, { base, linked }: LayerLink): Pick<PictureNode, "layer" | "linked"> {
    return { layer: { index, base, createdBy: this.#analysis.layers[index]?.createdBy ?? "" }, linked };
  }

  #nameOf(node: number): string {
    if (node === 0) return this.#analysis.image.reference;
    if (node <= this.#columns.layers) {
      return plainCommand(this.#analysis.layers[node - 1]?.createdBy ?? "") || `layer ${node - 1}`;
    }
    const { names, nameStarts, nameBytes } = this.#columns;
    const name = names[node] ?? 0;
    return namedText(nameBytes, nameStarts[name] ?? 0, nameStarts[name + 1] ?? 0);
  }

  #pathOf(node: number): string {
    const parts: string[] = [];
    for (let at = node; at > this.#columns.layers; at = this.#columns.parents[at] ?? 0)
      parts.push(this.#nameOf(at));
    return `/${parts.reverse().join("/")}`;
  }
}
