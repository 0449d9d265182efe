import { describe, expect, it } from "vitest";
import { type TomlList, tomlAt } from "../../../core/python/toml/nodes.ts";
import { tomlValues } from "../../../core/python/toml/parse.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import {
  addEntry,
  addTable,
  addToList,
  quoted,
  removeFromList,
  sectionAt,
} from "../../../core/python/toml-edits.ts";
import { applyEdits } from "../../../core/text/edit.ts";

const reader = new TomlReader();

function listIn(text: string): TomlList {
  const list = tomlAt(reader.read(text).root, "a");
  if (list?.kind !== "list") throw new Error("no list");
  return list;
}

const added = (text: string, value = "n"): string => applyEdits(text, addToList(text, listIn(text), value));
const removed = (text: string, index: number): string =>
  applyEdits(text, removeFromList(text, listIn(text), index));
const itemsOf = (text: string): unknown => {
  const read = tomlValues(text);
  return read.ok && typeof read.value === "object" && read.value !== null && "a" in read.value
    ? read.value.a
    : read;
};

const lists = [
  'a = ["x"]',
  'a = [ "x", "y" ]',
  'a = ["x", "y",]',
  "a = ['x', 'y']\nb = 1\n",
  'a = [\n  "x",\n  "y",\n]\n',
  'a = [\n  "x",\n  "y"\n]\n',
  'a = [\n  "x", # one, two\n  # about y\n  "y", # last\n  # the end\n]\nb = ["z"]\n',
  'a = [\n  "x" # one\n  , "y" # two\n]\n',
  'a = [\r\n\t"x",\r\n\t"y",\r\n]\r\n',
  'a = ["x",\n     "y"]\n',
  'a = [\n  "x", "y",\n  "z", "w"\n]\n',
  'a = [\n  "x",\n  "y"]\n',
  'a = [\n  "#", ",",\n  "]",\n]\n',
];

describe("lists", () => {
  it.each(lists)("adds to and removes from %j, and nothing else changes", (text) => {
    const before = itemsOf(text);
    expect(before).toBeInstanceOf(Array);
    if (!Array.isArray(before)) return;
    expect(itemsOf(added(text))).toEqual([...before, "n"]);
    before.forEach((_, index) => {
      expect(itemsOf(removed(text, index)), removed(text, index)).toEqual(before.toSpliced(index, 1));
    });
    // Taking the added item out again gives the text back.
    expect(removed(added(text), before.length)).toBe(text);
    expect(added(text).match(/#.*/g) ?? []).toEqual(text.match(/#.*/g) ?? []);
  });

  it("follows the list's own style", () => {
    expect(added("a = ['x']")).toBe("a = ['x', 'n']");
    expect(added('a = [\n    "x",\n]\n')).toBe('a = [\n    "x",\n    "n",\n]\n');
    expect(added('a = [\n  "x" # why\n]\n')).toBe('a = [\n  "x", # why\n  "n"\n]\n');
    expect(added("a = []")).toBe('a = ["n"]');
    expect(added("a = [\n]\n")).toBe('a = [\n    "n",\n]\n');
    expect(removed('a = [\n  "x", # why\n  "y",\n]\n', 0)).toBe('a = [\n  "y",\n]\n');
    expect(removed('a = [\n  "x",\n  "y"\n]\n', 1)).toBe('a = [\n  "x"\n]\n');
    expect(added('a = ["x"]', 'b"\\c; python_version > "3"')).toBe(
      'a = ["x", "b\\"\\\\c; python_version > \\"3\\""]',
    );
  });
});

describe("tables", () => {
  it("adds a table at the end and an entry below a header", () => {
    const text = "[a]\nx = 1 # one\n\n[b]\n";
    expect(applyEdits(text, [addTable(text, "[c]", ["y = 2"])])).toBe(`${text}\n[c]\ny = 2\n`);
    const document = reader.read(text);
    const [a, b] = [sectionAt(document, "a"), sectionAt(document, "b")];
    expect(a && applyEdits(text, [addEntry(text, a, "z = 3")])).toBe("[a]\nx = 1 # one\nz = 3\n\n[b]\n");
    expect(b && applyEdits(text, [addEntry(text, b, "z = 3")])).toBe(`${text.trimEnd()}\nz = 3\n`);
    expect(addTable("x = 1", "[c]", []).insert).toBe("\n\n[c]\n");
  });

  it("quotes what needs it", () => {
    expect([quoted("a'b", "'"), quoted("a\nb", '"'), quoted('"', "'")]).toEqual([
      '"a\'b"',
      '"a\\u000ab"',
      "'\"'",
    ]);
  });
});
