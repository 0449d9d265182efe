import type { PackageRow } from "../../../core/image/attribution.ts";
import { PackageTies } from "../../../core/image/package-ties.ts";
import { filesCsv } from "../../../core/report/files-csv.ts";
import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import { groupings } from "../../../core/treemap/groupings.ts";
import { ImageTree, type LayerLink, type Pictured } from "../../../core/treemap/image-tree.ts";
import { nodeDetails } from "../../../core/treemap/node-details.ts";
import { nodeRows } from "../../../core/treemap/node-rows.ts";
import type {
  DetailsResult,
  ExportResult,
  GroupParams,
  GroupResult,
  RowsResult,
  SubtreeResult,
} from "../../../protocol/requests.ts";
import type { NodeName, TreeName } from "../../../protocol/view.ts";

/** Longer filters are cut: nobody types them. */
const longestFilter = 1_000;

/** What pictures show of an analysis beside its files. */
export interface PicturedImage extends Pictured {
  readonly packages: readonly PackageRow[];
}

/** The trees of one analysed image: that by layers as number 0, and the newest of another question. */
export class ImageTrees {
  readonly #analysis: PicturedImage;
  readonly #files: FileColumns;
  readonly #layers: ImageTree;
  #newest: { readonly number: number; readonly tree: ImageTree } | undefined;
  #ties: PackageTies | undefined;
  #number = 0;

  constructor(analysis: PicturedImage, files: FileColumns) {
    this.#analysis = analysis;
    this.#files = files;
    this.#layers = new ImageTree(files, analysis);
  }

  /** That by layers. */
  get layers(): ImageTree {
    return this.#layers;
  }

  at({ tree }: Pick<TreeName, "tree">): ImageTree | undefined {
    if (tree === 0) return this.#layers;
    return this.#newest?.number === tree ? this.#newest.tree : undefined;
  }

  group({ grouping, filter }: GroupParams, linkOf: (layer: number) => LayerLink): GroupResult {
    const known = groupings.find((it) => it === grouping);
    if (known === undefined) return null;
    const words = filter.slice(0, longestFilter).trim();
    if (known === "layers" && words === "") return { tree: 0, root: this.#layers.picture(linkOf) };
    this.#number += 1;
    const tree = new ImageTree(this.#files, this.#analysis, known, words);
    this.#newest = { number: this.#number, tree };
    return { tree: this.#number, root: tree.picture(linkOf) };
  }

  subtree(params: NodeName, linkOf: (layer: number) => LayerLink): SubtreeResult {
    return this.at(params)?.subtree(params.id, linkOf) ?? null;
  }

  rows(params: NodeName): RowsResult {
    const tree = this.at(params);
    return (tree && nodeRows(tree, params.id, (it) => this.#tiesHere().of(it))) ?? null;
  }

  details(params: NodeName): DetailsResult {
    const tree = this.at(params);
    return (tree && nodeDetails(tree, params.id, (it) => this.#tiesHere().of(it))) ?? null;
  }

  csv(name: TreeName): ExportResult {
    const tree = this.at(name);
    return tree === undefined ? null : { csv: filesCsv(tree) };
  }

  #tiesHere(): PackageTies {
    this.#ties ??= new PackageTies(this.#analysis.packages);
    return this.#ties;
  }
}
