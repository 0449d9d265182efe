/**
 * The tree of an analysed image, and how it is cut for a picture.
 *
 * Invariant: a node's bytes are the sum of its children's; what is cut away is in one node of kind "rest".
 */
import type { ImageAnalysis } from "../image/analysis.ts";
import type { FileVersion } from "../image/merged-view.ts";
import { plainCommand } from "../link/plain-command.ts";

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

interface TreeNode {
  readonly id: number;
  readonly kind: "image" | "layer" | "directory" | "file";
  readonly name: string;
  readonly path: string;
  readonly layer: number;
  bytes: number;
  files: number;
  wasted: number;
  readonly children: Map<string, TreeNode>;
}

/** What a picture shows of a layer beside its files. */
export interface LayerLink {
  readonly base: boolean | null;
  readonly linked: boolean;
}

/** Of a node's children, those beyond are in the rest. */
const mostChildren = 60;
const mostNodes = 3_000;

export class ImageTree {
  readonly #root: TreeNode;
  readonly #nodes: TreeNode[] = [];
  readonly #analysis: ImageAnalysis;
  #restId = -1;

  constructor(analysis: ImageAnalysis) {
    this.#analysis = analysis;
    this.#root = this.#node("image", analysis.image.reference, "", -1);
    for (const { index, createdBy } of analysis.layers) {
      this.#root.children.set(
        String(index),
        this.#node("layer", plainCommand(createdBy) || `layer ${index}`, "", index),
      );
    }
    for (const it of analysis.files) this.#add(it);
  }

  /** The node of a layer; layers are numbered as in the manifest. */
  layerId(index: number): number | undefined {
    return this.#root.children.get(String(index))?.id;
  }

  /** The layer in which a node lies; undefined for the image itself and for unknown ids. */
  layerOf(id: number): number | undefined {
    const node = this.#nodes[id];
    return node === undefined || node.layer < 0 ? undefined : node.layer;
  }

  picture(linkOf: (layer: number) => LayerLink): PictureNode {
    return this.#cut(this.#root, linkOf, { left: mostNodes });
  }

  /** A node that a picture had cut, with its children; undefined: no such node. */
  subtree(id: number, linkOf: (layer: number) => LayerLink): PictureNode | undefined {
    const node = this.#nodes[id];
    return node === undefined ? undefined : this.#cut(node, linkOf, { left: mostNodes / 2 });
  }

  #node(kind: TreeNode["kind"], name: string, path: string, layer: number): TreeNode {
    const node = {
      id: this.#nodes.length,
      kind,
      name,
      path,
      layer,
      bytes: 0,
      files: 0,
      wasted: 0,
      children: new Map(),
    };
    this.#nodes.push(node);
    return node;
  }

  #add(it: FileVersion): void {
    let at = this.#root.children.get(String(it.layer));
    if (at === undefined) return;
    const parts = it.path.split("/");
    const way = [this.#root, at];
    let path = "";
    parts.forEach((name, index) => {
      path = `${path}/${name}`;
      // A path twice in one layer is two files of one name.
      const isFile = index === parts.length - 1;
      const key = isFile ? `${name}\0${at?.children.size ?? 0}` : name;
      let next: TreeNode | undefined = at?.children.get(key);
      if (next === undefined) {
        next = this.#node(isFile ? "file" : "directory", name, path, it.layer);
        at?.children.set(key, next);
      }
      way.push(next);
      at = next;
    });
    for (const node of way) {
      node.bytes += it.bytes;
      node.files += 1;
      if (it.hidden !== undefined) node.wasted += it.bytes;
    }
  }

  /** Largest first, breadth first, so that what is cut is small and deep. */
  #cut(top: TreeNode, linkOf: (layer: number) => LayerLink, budget: { left: number }): PictureNode {
    const shown = new Map<TreeNode, readonly TreeNode[]>();
    let level: readonly TreeNode[] = [top];
    while (level.length > 0) {
      const next: TreeNode[] = [];
      for (const node of level) {
        if (node.kind === "file" || budget.left < node.children.size) continue;
        const children = [...node.children.values()].sort((a, b) => b.bytes - a.bytes || a.id - b.id);
        // All layers are shown: each is a row of the table beside the map.
        const kept = node.kind === "image" ? children : children.slice(0, mostChildren);
        shown.set(node, kept);
        budget.left -= kept.length;
        next.push(...kept);
      }
      level = next.sort((a, b) => b.bytes - a.bytes || a.id - b.id);
    }
    return this.#pictureOf(top, shown, linkOf);
  }

  #pictureOf(
    node: TreeNode,
    shown: ReadonlyMap<TreeNode, readonly TreeNode[]>,
    linkOf: (layer: number) => LayerLink,
  ): PictureNode {
    const { id, kind, name, path, bytes, files, wasted, layer } = node;
    const own = { id, kind, name, bytes, files, wasted, ...(path === "" ? {} : { path }) };
    const { base, linked } = kind === "layer" ? linkOf(layer) : { base: null, linked: false };
    const facts =
      kind === "layer"
        ? { layer: { index: layer, base, createdBy: this.#analysis.layers[layer]?.createdBy ?? "" }, linked }
        : {};
    const kept = shown.get(node);
    if (kind === "file") return { ...own, children: [] };
    if (kept === undefined) return { ...own, ...facts };
    const ordered = kind === "image" ? [...kept].sort((a, b) => a.layer - b.layer) : kept;
    const children = ordered.map((it) => this.#pictureOf(it, shown, linkOf));
    const rest = restOf(node, kept);
    if (rest !== undefined) children.push({ ...rest, id: this.#restId-- });
    return { ...own, ...facts, children };
  }
}

function restOf(node: TreeNode, kept: readonly TreeNode[]): Omit<PictureNode, "id"> | undefined {
  const count = node.children.size - kept.length;
  if (count === 0) return undefined;
  const sum = (of: (it: TreeNode) => number): number => kept.reduce((total, it) => total + of(it), 0);
  return {
    kind: "rest",
    name: `${count} smaller`,
    bytes: node.bytes - sum((it) => it.bytes),
    files: node.files - sum((it) => it.files),
    wasted: node.wasted - sum((it) => it.wasted),
    children: [],
  };
}
