import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import type { LayerLink, PictureNode } from "../../../core/treemap/image-tree.ts";
import type {
  DetailsResult,
  ExportResult,
  GroupParams,
  GroupResult,
  RowsResult,
  SubtreeResult,
} from "../../../protocol/requests.ts";
import type { NodeName, TreeName } from "../../../protocol/view.ts";
import { ImageTrees, type PicturedImage } from "./image-trees.ts";

/** An image to be shown under the caller's number. */
export interface ShownImage {
  readonly generation: number;
  readonly image: PicturedImage;
  readonly columns: FileColumns;
  /** By layer. */
  readonly links: readonly LayerLink[];
}

interface Held {
  readonly trees: ImageTrees;
  readonly linkOf: (layer: number) => LayerLink;
}

/**
 * Pictures of analysed images, each by the caller's number, until it is forgotten. Putting the files of a large image in
 * groups takes hundreds of milliseconds, so this lives in a thread of its own (picture-thread.ts). Null: it is not held.
 */
export class Pictures {
  readonly #held = new Map<number, Held>();

  show({ generation, image, columns, links }: ShownImage): PictureNode {
    const held = { trees: new ImageTrees(image, columns), linkOf: linksOf(links) };
    this.#held.set(generation, held);
    return held.trees.layers.picture(held.linkOf);
  }

  /** Layers have come to be linked in another way. */
  link({ generation, links }: Pick<ShownImage, "generation" | "links">): PictureNode | null {
    const held = this.#held.get(generation);
    if (held === undefined) return null;
    const linkOf = linksOf(links);
    this.#held.set(generation, { ...held, linkOf });
    return held.trees.layers.picture(linkOf);
  }

  group(params: GroupParams): GroupResult {
    const held = this.#held.get(params.generation);
    return held?.trees.group(params, held.linkOf) ?? null;
  }

  subtree(params: NodeName): SubtreeResult {
    const held = this.#held.get(params.generation);
    return held?.trees.subtree(params, held.linkOf) ?? null;
  }

  rows(params: NodeName): RowsResult {
    return this.#held.get(params.generation)?.trees.rows(params) ?? null;
  }

  details(params: NodeName): DetailsResult {
    return this.#held.get(params.generation)?.trees.details(params) ?? null;
  }

  csv(params: TreeName): ExportResult {
    return this.#held.get(params.generation)?.trees.csv(params) ?? null;
  }

  /** The one layer in which all files of a node lie; undefined: there are several, or none. */
  layerOf(params: NodeName): { readonly layer: number | undefined } | null {
    const tree = this.#held.get(params.generation)?.trees.at(params);
    return tree === undefined ? null : { layer: tree.layerOf(params.id) };
  }

  /** The node of a layer in the tree by layers. */
  layerId(params: { readonly generation: number; readonly layer: number }): number | null {
    return this.#held.get(params.generation)?.trees.layers.layerId(params.layer) ?? null;
  }

  forget(generation: number): void {
    this.#held.delete(generation);
  }
}

const linksOf =
  (links: readonly LayerLink[]) =>
  (layer: number): LayerLink =>
    links[layer] ?? { base: null, linked: false };
