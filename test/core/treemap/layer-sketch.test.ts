import { describe, expect, it } from "vitest";
import { layerSketch, linkBytes, type SketchNode } from "../../../core/treemap/layer-sketch.ts";
import { layersOf } from "../support/layers.ts";

const entriesOf = (line: string) => layersOf(line).layers[0]!.entries;

/** `path bytes/files`, indented by depth. */
const linesOf = (nodes: readonly SketchNode[], depth = 0): string[] =>
  nodes.flatMap((it) => [
    `${" ".repeat(depth)}${it.path || it.name} ${it.bytes}/${it.files}`,
    ...linesOf(it.children, depth + 1),
  ]);

const sum = (nodes: readonly SketchNode[]): number => nodes.reduce((total, it) => total + it.bytes, 0);

describe("the sketch of a layer", () => {
  it("has its first folders, the largest first, and files where they lie high", () => {
    const line = "top=1 a/one=22 a/b/c/d/e=333 a/b/c/f=4444 a/b/g=55555 -gone link@top other>top";
    const { bytes, files, children } = layerSketch(entriesOf(line));
    expect([bytes, files]).toEqual([15, 5]);
    expect(linesOf(children)).toEqual([
      "a 14/4",
      " a/b 12/3",
      "  a/b/c 7/2",
      "  a/b/g 5/1",
      " a/one 2/1",
      "top 1/1",
    ]);
  });

  it("sums what is too small or too deep, and a path that is file and folder at once", () => {
    const many = Array.from({ length: 50 }, (_, at) => `d/f${at}=${"x".repeat(at + 1)}`).join(" ");
    const { bytes, children } = layerSketch(entriesOf(`${many} d=xx`));
    const [folder, file] = children;
    expect([folder?.kind, folder?.children.length, file?.kind, file?.bytes]).toEqual([
      "directory",
      21,
      "file",
      2,
    ]);
    expect([sum(children), sum(folder?.children ?? [])]).toEqual([bytes, folder?.bytes]);
    expect(layerSketch(entriesOf("dir/ -x"))).toEqual({ bytes: 0, files: 0, children: [] });
  });

  it("counts what symbolic links say apart", () => {
    expect(linkBytes(entriesOf("a=1 b@a c@/usr/bin d>a"))).toBe(9);
  });
});
