import { describe, expect, it } from "vitest";
import type { Layer, LayerEntry } from "../../../core/image/layer.ts";
import { duplicatedBytes, mergeLayers, wasteOf } from "../../../core/image/merged-view.ts";
import { bytes, sumOf } from "../../../core/size/bytes.ts";

/** One line a layer: `path=content` a file, `path>target` a hard link, `path/` a directory, `-path` a whiteout, `!dir` opaque. */
function layersOf(...lines: string[]): Layer[] {
  return lines.map((line) => ({
    diffId: "",
    texts: new Map(),
    entries: line.split(" ").filter(Boolean).map(entryOf),
  }));
}

function entryOf(word: string): LayerEntry {
  const inFolder = (path: string, name: string): string => {
    const slash = path.lastIndexOf("/");
    return slash === -1 ? `${name}${path}` : `${path.slice(0, slash + 1)}${name}${path.slice(slash + 1)}`;
  };
  if (word.startsWith("-"))
    return { kind: "file", path: inFolder(word.slice(1), ".wh."), bytes: bytes(0), hash: "" };
  if (word.startsWith("!"))
    return { kind: "file", path: `${word.slice(1)}/.wh..wh..opq`, bytes: bytes(0), hash: "" };
  if (word.endsWith("/")) return { kind: "directory", path: word.slice(0, -1) };
  const [path = "", link] = word.split(">");
  if (link !== undefined) return { kind: "hardlink", path, link };
  const [name = "", content = ""] = word.split("=");
  return { kind: "file", path: name, bytes: bytes(content.length), hash: content };
}

const judged = (...lines: string[]) => {
  const { files, troubles } = mergeLayers(layersOf(...lines));
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
    ["a path that leads out", ["../a=12"], { ...clean, visible: 0, troubles: 1 }],
    ["a hard link to nothing", ["a>b"], { ...clean, visible: 0, troubles: 1 }],
  ])("%s", (_, lines, expected) => {
    expect(judged(...lines)).toEqual(expected);
  });

  it("counts equal contents once", () => {
    const { files } = mergeLayers(layersOf("a=12 b=12 c>a d=", "e=12 f=3"));
    expect(duplicatedBytes(files)).toBe(4);
  });
});
