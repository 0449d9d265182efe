import { describe, expect, it } from "vitest";
import { duplicatedBytes, settleContents } from "../../../core/image/contents.ts";
import { EntryTable } from "../../../core/image/entry-table.ts";
import type { FileVersions } from "../../../core/image/file-versions.ts";
import { addTarEntry } from "../../../core/image/layer.ts";
import { type MergedView, mergeLayers, wasteOf } from "../../../core/image/merged-view.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import type { TarEntry } from "../../../core/image/tar-head.ts";
import { sumOf } from "../../../core/size/bytes.ts";
import { layersOf } from "../support/layers.ts";

function merged(...lines: string[]): MergedView {
  const { tree, layers } = layersOf(...lines);
  const view = mergeLayers(tree, layers);
  settleContents(
    view.files,
    layers.map((it) => it.contents),
  )();
  return view;
}

const judged = (...lines: string[]) => {
  const view = merged(...lines);
  const { troubles } = view;
  const files = [...view.files];
  const { deleted, overwritten, metadataOnly } = wasteOf(files);
  const all = sumOf(files.map((it) => it.bytes));
  const visible = sumOf(files.filter((it) => it.hidden === undefined).map((it) => it.bytes));
  expect(visible + deleted + overwritten + metadataOnly).toBe(all);
  return { visible, deleted, overwritten, metadataOnly, troubles: troubles.length };
};
const clean = { deleted: 0, overwritten: 0, metadataOnly: 0, troubles: 0 };

describe("what hides what", () => {
  it.each([
    ["nothing", ["a=12 b/c=345"], { ...clean, visible: 5 }],
    ["a whiteout", ["a=12 b=3", "-a"], { ...clean, visible: 1, deleted: 2 }],
    ["a whiteout of a directory", ["d/a=12 d/e/b=3", "-d"], { ...clean, visible: 0, deleted: 3 }],
    [
      "an opaque directory, in any order of its layer",
      ["d/a=12", "d/b=345 !d"],
      { ...clean, visible: 3, deleted: 2 },
    ],
    ["other content", ["a=12", "a=345"], { ...clean, visible: 3, overwritten: 2 }],
    ["equal content", ["a=12", "a=12"], { ...clean, visible: 2, metadataOnly: 2 }],
    [
      "equal content under an opaque marker",
      ["d/a=12", "!d d/a=12"],
      { ...clean, visible: 2, metadataOnly: 2 },
    ],
    ["equal content beside a whiteout", ["a=12", "-a a=12"], { ...clean, visible: 2, metadataOnly: 2 }],
    ["a file in the place of a directory", ["d/a=12", "d=345"], { ...clean, visible: 3, deleted: 2 }],
    ["a directory in the place of a file", ["d=12", "d/"], { ...clean, visible: 0, deleted: 2 }],
    ["a file below the place of a file", ["d=12", "d/a=345"], { ...clean, visible: 3, deleted: 2 }],
    ["a path twice in one layer", ["a=12 a=345"], { ...clean, visible: 3, overwritten: 2 }],
    ["one of two names", ["a=12 b>a", "-a"], { ...clean, visible: 2 }],
    ["the last of two names", ["a=12 b>a", "-a", "-b"], { ...clean, visible: 0, deleted: 2 }],
    ["a hard link over a file", ["a=12 b=345", "b>a"], { ...clean, visible: 2, overwritten: 3 }],
    ["a whiteout of nothing", ["a=12", "-x -d/y"], { ...clean, visible: 2 }],
    ["the same layer twice", ["a=12", "a=12", "a=12"], { ...clean, visible: 2, metadataOnly: 4 }],
    ["a deletion and a new file later", ["a=12", "-a", "a=12"], { ...clean, visible: 2, deleted: 2 }],
    ["a hard link to nothing", ["a>b"], { ...clean, visible: 0, troubles: 1 }],
  ])("%s", (_, lines, expected) => {
    expect(judged(...lines)).toEqual(expected);
  });

  it.each(["../a", "a/../../b", "x/".repeat(5_000)])(
    "a name that no image can hold is refused: %.20s",
    (path) => {
      const entries = new EntryTable(new PathTree());
      const it: TarEntry = {
        name: Buffer.from(path),
        kind: "file",
        size: 0,
        stored: 0,
        link: Buffer.from(""),
        sparse: undefined,
      };
      expect(addTarEntry(entries, it).kind).toBe("refused");
      expect(entries.count).toBe(0);
    },
  );

  it("names the layer that hid each", () => {
    const { files } = merged("a=12 b=3 c=4", "-a b=5", "c=4");
    expect([...files].map(({ path, layer, hidden }) => [path, layer, hidden?.kind, hidden?.by])).toEqual([
      ["a", 0, "deleted", 1],
      ["b", 0, "overwritten", 1],
      ["c", 0, "metadataOnly", 2],
      ["b", 1, undefined, undefined],
      ["c", 2, undefined, undefined],
    ]);
  });

  it("counts equal contents once", () => {
    const duplicated = (files: FileVersions): number => duplicatedBytes(files);
    expect(duplicated(merged("a=12 b=12 c>a d=", "e=12 f=3").files)).toBe(4);
    const long = "x".repeat(10_000);
    expect(
      duplicated(merged(`a=${long}1 b=${long}2 c=y${long}`, `d=${long}2 e=${long}1 f=${long}3`).files),
    ).toBe(20_002);
    // Only the middle differs, and often.
    const middle = (index: number): string => `${long}${String(index).padStart(3, "0")}${long}`;
    const many = Array.from({ length: 40 }, (_, index) => `f${index}=${middle(index % 20)}`).join(" ");
    expect(duplicated(merged(many).files)).toBe(20 * 20_003);
  });

  it("follows links in the way to a file, as the image's processes do", () => {
    const { files, resolve, versionAt } = merged(
      "usr/lib/a=12 lib@usr/lib x/y/z@/lib/a loop@loop deep/up@../lib",
      "usr/lib/b=345",
    );
    const at = (path: string): string | undefined => {
      const node = resolve(path);
      const version = node === undefined ? undefined : versionAt(node);
      return version === undefined ? undefined : files.at(version).path;
    };
    expect(at("lib/a")).toBe("usr/lib/a");
    expect(at("/lib/../lib/b")).toBe("usr/lib/b");
    expect(at("deep/up/a")).toBe("usr/lib/a");
    expect(at("x/y/z")).toBeUndefined();
    expect(at("loop/a")).toBeUndefined();
    expect(at("nothing/a")).toBeUndefined();
  });
});
