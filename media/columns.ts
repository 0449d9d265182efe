/** The columns of the table, by what its rows are. */
import type { NodeRow, NodeRows } from "../protocol/tree.ts";
import type { LayerFacts } from "../protocol/view.ts";
import { ecosystemOf, shareOf, shortHidden, sizeOf, whyThere } from "./labels.ts";

export interface Shown {
  readonly table: NodeRows;
  readonly whole: number;
  readonly layers: readonly LayerFacts[];
}

export interface Column {
  readonly name: string;
  readonly kind: "number" | "bar" | "short" | "text" | "code";
  readonly cell: (row: NodeRow, shown: Shown) => Node | string;
  /** Left out where there is no room. */
  readonly optional?: boolean;
  /** What the column is sorted by; numbers begin with the largest. */
  readonly by: (row: NodeRow, shown: Shown) => number | string;
}

const size: Column = {
  name: "Size",
  kind: "bar",
  cell: ({ bytes, stated }) => `${stated === true ? "about " : ""}${sizeOf(bytes)}`,
  by: ({ bytes }) => bytes,
};
const share: Column = {
  name: "Share",
  kind: "number",
  optional: true,
  cell: ({ bytes }, { whole }) => shareOf(bytes, whole),
  by: ({ bytes }) => bytes,
};
const files: Column = {
  name: "Files",
  kind: "number",
  cell: (row) => row.files.toLocaleString("en"),
  by: (row) => row.files,
};
const hidden: Column = {
  name: "Hidden",
  kind: "number",
  cell: ({ wasted }) => (wasted > 0 ? sizeOf(wasted) : ""),
  by: ({ wasted }) => wasted,
};
const name: Column = { name: "Name", kind: "text", cell: (row) => row.name, by: (row) => row.name };
const inLayers: Column = {
  name: "Layer",
  kind: "number",
  cell: ({ layers }) => (layers.length > 3 ? `${layers.slice(0, 2).join(", ")}, …` : layers.join(", ")),
  by: (row) => row.layers[0] ?? -1,
};

const layerText = (layers: readonly LayerFacts[], index: number): string =>
  `${index} · ${layers[index]?.command ?? ""}`;

export function columnsOf(rows: readonly NodeRow[]): readonly Column[] {
  if (rows.some(({ kind }) => kind === "layer")) {
    return [
      { ...inLayers, name: "Layer" },
      size,
      hidden,
      {
        name: "Whose",
        kind: "short",
        optional: true,
        cell: (row, { layers }) => whoseLayer(layers[row.layers[0] ?? -1]),
        by: (row, { layers }) => whoseLayer(layers[row.layers[0] ?? -1]),
      },
      { ...name, name: "Made by", kind: "code" },
    ];
  }
  if (rows.some((it) => it.package !== undefined)) {
    return [
      size,
      { ...name, name: "Package" },
      {
        name: "Kind",
        kind: "short",
        optional: true,
        cell: (row) => (row.package === undefined ? "" : ecosystemOf(row.package.ecosystem)),
        by: (row) => row.package?.ecosystem ?? "~",
      },
      inLayers,
      {
        name: "Why it is there",
        kind: "text",
        cell: (row) => (row.package === undefined ? "" : whyThere(row.package)),
        by: (row) => (row.package === undefined ? "~" : whyThere(row.package) || "~"),
      },
    ];
  }
  if (rows.some((it) => it.hidden !== undefined)) {
    return [
      size,
      files,
      {
        name: "How",
        kind: "short",
        cell: (row) => (row.hidden === undefined ? "" : shortHidden[row.hidden.kind]),
        by: (row) => row.hidden?.kind ?? "",
      },
      {
        name: "Brought by layer",
        kind: "code",
        cell: (row, { layers }) => (row.hidden === undefined ? "" : layerText(layers, row.hidden.layer)),
        by: (row) => row.hidden?.layer ?? -1,
      },
      {
        name: "Hidden by layer",
        kind: "code",
        cell: (row, { layers }) => (row.hidden === undefined ? "" : layerText(layers, row.hidden.by)),
        by: (row) => row.hidden?.by ?? -1,
      },
    ];
  }
  return [size, share, files, hidden, name, inLayers];
}

const whoseLayer = (layer: LayerFacts | undefined): string =>
  layer?.base === true ? "base image" : layer?.base === false ? "yours" : "";
