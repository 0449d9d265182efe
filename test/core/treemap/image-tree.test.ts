import { describe, expect, it } from "vitest";
import { PackageTies } from "../../../core/image/package-ties.ts";
import { filesCsv } from "../../../core/report/files-csv.ts";
import { groupings } from "../../../core/treemap/groupings.ts";
import { ImageTree, type PictureNode } from "../../../core/treemap/image-tree.ts";
import { nodeDetails } from "../../../core/treemap/node-details.ts";
import { nodeRows } from "../../../core/treemap/node-rows.ts";
import { distribution, namesIn, pictureOf, type SmallTrees, treesOf } from "../support/image-trees.ts";

const shop = (): SmallTrees =>
  treesOf(
    `etc/os=123 ${distribution("web", 40, { needs: "core", asked: true })}`,
    `${distribution("core", 100)} app/main.py=1234567 app/tests/test_a.py=12345 app/cache=123456789`,
    "-app/cache app/main.py=1234567 app/tests/test_a.py=54321",
  );

const rowsIn = ({ analysis, tree }: SmallTrees, grouping: (typeof groupings)[number]) => {
  const ties = new PackageTies(analysis.packages);
  return nodeRows(tree(grouping), 0, (it) => ties.of(it))?.rows ?? [];
};

function idOf(tree: ImageTree, ...names: readonly string[]): number {
  let at = pictureOf(tree);
  for (const name of names) {
    const next = at.children?.find((it) => it.name === name);
    if (next === undefined) throw new Error(`${name} is not in ${at.name}`);
    at = next;
  }
  return at.id;
}

function expectSums(node: PictureNode): void {
  if (node.children === undefined || node.children.length === 0) return;
  const sum = (of: (it: PictureNode) => number): number =>
    (node.children ?? []).reduce((total, it) => total + of(it), 0);
  expect([node.name, node.bytes, node.files, node.wasted]).toEqual([
    node.name,
    sum((it) => it.bytes),
    sum((it) => it.files),
    sum((it) => it.wasted),
  ]);
  for (const it of node.children) expectSums(it);
}

describe("groupings", () => {
  it("show layers in their order, also empty ones", () => {
    const trees = treesOf("a=1", "b/", "c=12345 d=1");
    expect(namesIn(trees.tree("layers"))).toEqual(["RUN 0 1", "RUN 1 0", "RUN 2 6"]);
  });

  it("show folders as a container sees them, what is hidden apart", () => {
    const { tree } = treesOf("a/x=1234 b/y=12", "-a/x a/z=1");
    expect(namesIn(tree("folders"))).toEqual(["Hidden by later layers 4", "b 2", "a 1"]);
  });

  it("show packages by ecosystem, each with all of its bytes", () => {
    const it = shop();
    const rows = rowsIn(it, "packages");
    const named = (name: string): number =>
      it.analysis.packages.filter((row) => row.name === name).reduce((sum, row) => sum + row.bytes, 0);
    expect(rows.find((row) => row.name === "core 1.0")?.bytes).toBe(named("core"));
    expect(rows.find((row) => row.name === "web 1.0")?.bytes).toBe(named("web"));
    expect(rows.find((row) => row.name === "Of no package")?.bytes).toBe(named("(no package)"));
    expect(rows.find((row) => row.name === "Hidden by later layers")?.bytes).toBe(named("(hidden)"));
    expect(named("core")).toBeGreaterThan(100);
  });

  it("show categories with the sums of the analysis", () => {
    const { analysis, tree } = shop();
    const sums = (pictureOf(tree("categories")).children ?? []).map((it) => it.bytes).sort((a, b) => a - b);
    expect(sums).toEqual(analysis.categories.map((it) => Number(it.bytes)).sort((a, b) => a - b));
  });

  it("show who brought and who hid what is hidden", () => {
    const rows = rowsIn(shop(), "hidden");
    expect(rows.map(({ bytes, hidden }) => [bytes, hidden])).toEqual([
      [9, { kind: "deleted", layer: 1, by: 2 }],
      [7, { kind: "metadataOnly", layer: 1, by: 2 }],
      [5, { kind: "overwritten", layer: 1, by: 2 }],
    ]);
  });

  it("give a Java archive's parts to the packages inside it", () => {
    const { files, analysis } = treesOf("app.jar=1234567890");
    const packages = [{ ecosystem: "java", name: "guava", version: "33" }];
    const parts = [{ file: 0, owner: 1, bytes: 4 }];
    const tree = new ImageTree({ ...files, packages, parts }, analysis, "packages");
    expect(namesIn(tree)).toEqual(["Of no package 6", "Java archives 4"]);
    expect(tree.columns.files[0]).toBe(1);
  });

  it.each(groupings)("sum up in every node: %s", (grouping) => {
    const random = sequence(7);
    for (let round = 0; round < 20; round += 1) {
      const trees = treesOf(...Array.from({ length: 4 }, () => randomLayer(random)));
      const { bytes } = trees.analysis;
      const wasted = bytes.wasted.deleted + bytes.wasted.overwritten + bytes.wasted.metadataOnly;
      const picture = pictureOf(trees.tree(grouping));
      expectSums(picture);
      const whole = grouping === "hidden" ? wasted : grouping === "symbols" ? 0 : bytes.layers;
      expect([picture.bytes, picture.wasted]).toEqual([whole, grouping === "symbols" ? 0 : wasted]);
    }
  });
});

describe("a picture", () => {
  it("holds what it cuts in one node, whatever the number of files", () => {
    const files = Array.from({ length: 5_000 }, (_, at) => `d${at % 70}/f${at}=${"x".repeat((at % 9) + 1)}`);
    const tree = treesOf(files.join(" ")).tree();
    const picture = pictureOf(tree);
    expectSums(picture);
    const count = (it: PictureNode): number =>
      1 + (it.children ?? []).reduce((sum, one) => sum + count(one), 0);
    expect(count(picture)).toBeLessThan(3_200);
    const [layer] = picture.children ?? [];
    expect(layer?.children?.at(-1)).toMatchObject({ kind: "rest", name: "10 smaller" });
    const folder = layer?.children?.[0];
    const inside = tree.subtree(folder?.id ?? -1, () => ({ base: null, linked: false }));
    expectSums(inside as PictureNode);
    expect(inside?.path).toBe(folder?.path);
    expect(inside?.children?.[0]?.path).toMatch(/^\/d\d+\/f\d+$/);
  });

  it("knows no nodes of other trees", () => {
    const tree = treesOf("a=1").tree();
    for (const id of [-1, 99, 0.5, Number.NaN]) {
      expect(tree.subtree(id, () => ({ base: null, linked: false }))).toBeUndefined();
      expect(nodeRows(tree, id, () => ({}) as never)).toBeUndefined();
      expect(nodeDetails(tree, id, () => ({}) as never)).toBeUndefined();
      expect(tree.layerOf(id)).toBeUndefined();
    }
  });

  it("tells the layer where there is one alone", () => {
    const trees = shop();
    const tree = trees.tree("packages");
    expect(tree.layerOf(idOf(tree, "Python packages", "core 1.0"))).toBe(1);
    expect(tree.layerOf(idOf(tree, "Python packages"))).toBeUndefined();
    expect(trees.tree().layerId(2)).toBe(3);
    expect(trees.tree().layerId(3)).toBeUndefined();
    expect(tree.layerId(0)).toBeUndefined();
  });
});

describe("a filter", () => {
  const trees = (): SmallTrees =>
    treesOf("usr/lib/Big.so=1234567 usr/libexec/x=12 opt/tests/a=123 opt/Tests.txt=1 opt/latest/b=12345");
  it.each([
    ["", 18],
    ["  ", 18],
    ["big.SO", 7],
    ["lib", 9],
    ["usr/lib/", 7],
    ["/usr/lib", 9],
    ["opt/t", 4],
    ["tests/", 3],
    ["test", 9],
    ["opt b", 5],
    ["usr opt", 0],
    ["r/libexec/x", 2],
    ["lib/x", 0],
    ["/", 18],
  ])("of %j leaves %i bytes", (words, bytes) => {
    expect(pictureOf(trees().tree("folders", words)).bytes).toBe(bytes);
  });

  it("finds files by the name of their package", () => {
    const it = shop();
    const picture = pictureOf(it.tree("folders", "core"));
    expect(picture.bytes).toBe(
      it.analysis.packages.filter(({ name }) => name === "core").reduce((sum, row) => sum + row.bytes, 0),
    );
  });
});

describe("a table of packages", () => {
  it("says what was asked for, and who needs the rest", () => {
    const rows = rowsIn(shop(), "packages");
    expect(rows.flatMap((it) => it.package ?? [])).toEqual([
      { ecosystem: "python", name: "core", version: "1.0", requested: false, neededBy: ["web"] },
      { ecosystem: "python", name: "web", version: "1.0", requested: true, neededBy: [] },
    ]);
    expect(rows.find(({ name }) => name === "core 1.0")?.layers).toEqual([1]);
    expect(rows.find(({ name }) => name === "Of no package")?.layers).toEqual([0, 2]);
  });

  it("leads from what was asked for to what it brought, the shortest way, through circles", () => {
    const rows = [
      ["app", true, "long", "circle"],
      ["long", false, "deep"],
      ["circle", null, "circle", "back"],
      ["back", false, "circle", "deep", "absent"],
      ["deep", false],
      ["alone", false],
    ] as const;
    const ties = new PackageTies(
      rows.map(([name, requested, ...dependsOn]) => ({ ecosystem: "deb", name, requested, dependsOn })),
    );
    expect(ties.of({ ecosystem: "deb", name: "deep" })).toEqual({
      requested: false,
      neededBy: ["back", "long"],
      dependsOn: [],
      broughtBy: ["app", "long", "deep"],
    });
    for (const name of ["app", "alone", "absent"])
      expect(ties.of({ ecosystem: "deb", name }).broughtBy).toEqual([]);
    expect(ties.of({ ecosystem: "rpm", name: "deep" }).requested).toBeNull();
  });
});

describe("details", () => {
  it("say whose the bytes of a folder are", () => {
    const it = shop();
    const tree = it.tree("layers");
    const ties = new PackageTies(it.analysis.packages);
    const details = nodeDetails(tree, idOf(tree, "RUN 1"), (one) => ties.of(one));
    expect(details?.layers.rows).toEqual([{ layer: 1, bytes: it.analysis.layers[1]?.bytes }]);
    expect(details?.packages.rows.map((row) => [row.package?.name, row.package?.broughtBy])).toEqual([
      ["core", ["web", "core"]],
    ]);
    expect(details?.hidden.rows).toEqual([
      { kind: "deleted", by: 2, bytes: 9 },
      { kind: "metadataOnly", by: 2, bytes: 7 },
      { kind: "overwritten", by: 2, bytes: 5 },
    ]);
    const [layer] = details?.layers.rows ?? [];
    const sum = (rows: readonly { readonly bytes: number }[] = []): number =>
      rows.reduce((total, row) => total + row.bytes, 0);
    expect(sum(details?.packages.rows) + sum(details?.hidden.rows)).toBe(layer?.bytes);
    expect(sum(details?.categories.rows) + sum(details?.hidden.rows)).toBe(layer?.bytes);
  });
});

describe("CSV", () => {
  it("has every file, the largest first", () => {
    const csv = filesCsv(treesOf('b=12 a/x,y"z=123', "-b c/d=1").tree());
    expect(csv.split("\r\n")).toEqual([
      "path,bytes,layer,hidden,hidden by layer,package,version,ecosystem,category",
      '"/a/x,y""z",3,0,,,,,,application',
      "/b,2,0,deleted,1,,,,hidden",
      "/c/d,1,1,,,,,,application",
      "",
    ]);
  });

  it("has no name that spreadsheets take for a formula", () => {
    const { files, analysis } = treesOf("a=1");
    const packages = [{ ecosystem: "npm", name: "=HYPERLINK(A1)", version: "-1" }];
    const csv = filesCsv(new ImageTree({ ...files, packages, owners: Uint32Array.of(1) }, analysis));
    expect(csv).toContain("/a,1,0,,,'=HYPERLINK(A1),'-1,npm,");
  });
});

/** Park and Miller's generator: the same numbers on every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function randomLayer(random: (below: number) => number): string {
  const path = (): string => ["a", "b/c", "b/d", "e/f/g", "e/f/h"][random(5)] ?? "a";
  return Array.from({ length: 6 }, () => {
    const kind = random(10);
    if (kind === 0) return `-${path()}`;
    if (kind === 1) return "!e";
    return `${path()}/n${random(4)}=${"x".repeat(random(30))}`;
  }).join(" ");
}
