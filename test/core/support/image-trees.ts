/** Images of a few words (layers.ts), and the trees that pictures show of them. */
import { analysisOf, type ImageAnalysis } from "../../../core/image/analysis.ts";
import { type FileColumns, fileColumns } from "../../../core/treemap/file-columns.ts";
import type { Grouping } from "../../../core/treemap/groupings.ts";
import { ImageTree, type PictureNode } from "../../../core/treemap/image-tree.ts";
import { layersOf } from "./layers.ts";

export interface SmallTrees {
  readonly analysis: ImageAnalysis;
  readonly files: FileColumns;
  tree(grouping?: Grouping, filter?: string): ImageTree;
}

/** One line a layer, made by `RUN 0`, `RUN 1`, … */
export function treesOf(...lines: readonly string[]): SmallTrees {
  const { tree, layers } = layersOf(...lines);
  const image = { reference: "app:1", id: "", platform: "linux/amd64", source: "archive" };
  const history = lines.map((_, index) => ({ createdBy: `RUN ${index}`, emptyLayer: false }));
  const read = analysisOf({ image, history, tree, layers, troubles: [] }, (it) => Buffer.from(it).toString());
  if (typeof read === "string") throw new Error(read);
  const files = fileColumns(tree, read.files, read.owned, lines.length);
  return {
    analysis: read.analysis,
    files,
    tree: (grouping = "layers", filter = "") => new ImageTree(files, read.analysis, grouping, filter),
  };
}

/** A Python distribution as words of a layer: its module, and the metadata that name it. */
export function distribution(name: string, bytes: number, options: { needs?: string; asked?: boolean } = {}) {
  const info = `site-packages/${name}-1.0.dist-info`;
  const needs = options.needs === undefined ? "" : `Requires-Dist:␣${options.needs}\n`;
  const record = [`${name}/it.py,,`, `${name}-1.0.dist-info/METADATA,,`].join("\n");
  return [
    `site-packages/${name}/it.py=${"x".repeat(bytes)}`,
    `${info}/METADATA=Name:${name}\nVersion:1.0\n${needs}`,
    `${info}/RECORD=${record}\n`,
    ...(options.asked === true ? [`${info}/REQUESTED=`] : [`${info}/INSTALLER=pip`]),
  ].join(" ");
}

const noLink = () => ({ base: null, linked: false });

/** `NAME BYTES` of what lies right in the picture. */
export const namesIn = (tree: ImageTree): string[] =>
  (tree.picture(noLink).children ?? []).map(({ name, bytes }) => `${name} ${bytes}`);

export const pictureOf = (tree: ImageTree): PictureNode => tree.picture(noLink);
