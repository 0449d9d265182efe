import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EntryTable } from "../../../core/image/entry-table.ts";
import { layerColumns, layerFrom } from "../../../core/image/layer-columns.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { KeptFiles } from "../../../server/engine/image/kept-files.ts";
import { clearLayers, LayerCache } from "../../../server/engine/image/layer-cache.ts";
import { LayerReader } from "../../../server/engine/image/layer-reader.ts";
import { entriesOf, tarOf } from "../support/saved-image.ts";

const line =
  "a/b/one=1 a/two=22 a/link@b/one a/hard>a/two -a/gone !opaque dir/ var/lib/dpkg/status=x a/two=333";

async function read(words: string, tree = new PathTree()) {
  const reader = new LayerReader(tree);
  reader.push(await tarOf(entriesOf(words)));
  return reader.finish();
}

const rowsOf = (entries: EntryTable): string[] =>
  Array.from({ length: entries.count }, (_, at) =>
    [
      entries.kindOf(at),
      entries.tree.pathOf(entries.nodeOf(at)),
      entries.sizeOf(at),
      entries.tree.pathOf(entries.linkOf(at)),
      entries.targetOf(at),
    ].join(" "),
  );

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-layers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cacheOf = (program = "p"): LayerCache => new LayerCache({ folder, program });
const files = (): string[] => readdirSync(join(folder, "layers"));

describe("a layer's columns", () => {
  it("say the same in another image's tree, names of any bytes too", async () => {
    const { entries } = await read(line);
    const tree = new PathTree();
    tree.intern(Buffer.from([0x61, 0x2f, 0xff, 0xfe]));
    entries.add("file", entries.tree.intern(Buffer.from([0x7a, 0x2f, 0xff])) ?? 0, 7, 0);
    entries.facts.set(0, { archive: { packages: [] } } as never);
    const copy = layerFrom(layerColumns(entries), tree);
    expect(copy && rowsOf(copy)).toEqual(rowsOf(entries));
    expect(copy?.facts).toEqual(entries.facts);
    expect([...(copy?.tree.nameBytes(copy.nodeOf(copy.count - 1)) ?? [])]).toEqual([0xff]);
  });

  it("of an empty layer are empty", async () => {
    const { entries } = await read("");
    expect(layerFrom(layerColumns(entries), new PathTree())?.count).toBe(0);
  });
});

describe("kept layers", () => {
  it("are what was read: entries, hashes, and the contents that somebody wants", async () => {
    const layer = await read(line);
    await cacheOf().write("sha256:1", layer);
    const found = await cacheOf().read("sha256:1", new PathTree());
    expect(found && rowsOf(found.entries)).toEqual(rowsOf(layer.entries));
    for (let at = 0; at < layer.entries.count; at += 1) {
      expect(found?.contents.hash(at)).toBe(layer.contents.hash(at));
      expect(found?.contents.read(at, 0, 9)?.toString()).toBe(layer.contents.read(at, 0, 9)?.toString());
    }
    const status = rowsOf(layer.entries).findIndex((it) => it.includes("status"));
    expect(found?.contents.read(status, 0, 9)?.toString()).toBe("x");
  });

  it("are all there or none, and another program's are none", async () => {
    await cacheOf().write("sha256:1", await read("a=1"));
    await cacheOf().write("sha256:2", await read("b=22"));
    const tree = new PathTree();
    const all = await cacheOf().readAll(["sha256:2", "sha256:1", "sha256:2"], tree);
    expect(all?.map(({ entries }) => rowsOf(entries))).toEqual([
      ["file b 2  "],
      ["file a 1  "],
      ["file b 2  "],
    ]);
    expect(all?.every(({ entries }) => entries.tree === tree)).toBe(true);
    expect(await cacheOf().readAll(["sha256:1", "sha256:3"], tree)).toBeUndefined();
    expect(await cacheOf().readAll([], tree)).toBeUndefined();
    expect(await cacheOf("q").read("sha256:1", tree)).toBeUndefined();
  });

  it("are not those that had troubles, or that can be read at their place", async () => {
    const layer = await read("a=1");
    await cacheOf().write("sha256:1", { ...layer, troubles: ["cut short"] });
    await cacheOf().write("sha256:2", { ...layer, contents: { ...layer.contents, isReadable: true } });
    expect(() => files()).toThrow();
  });

  it("are gone where the file is broken, and come again", async () => {
    const layer = await read("a=1");
    await cacheOf().write("sha256:1", layer);
    const [name = ""] = files();
    const path = join(folder, "layers", name);
    const whole = readFileSync(path);
    for (const broken of [whole.subarray(0, 40), Buffer.concat([whole, Buffer.from("x")]), Buffer.alloc(0)]) {
      writeFileSync(path, broken);
      expect(await cacheOf().read("sha256:1", new PathTree())).toBeUndefined();
      expect(files()).toEqual([]);
      await cacheOf().write("sha256:1", layer);
      expect(await cacheOf().read("sha256:1", new PathTree())).toBeDefined();
    }
  });

  it("are found by the packed bytes whose hash was learnt", async () => {
    expect(await cacheOf().diffIdOf("sha256:packed")).toBeUndefined();
    await cacheOf().learn("sha256:packed", "sha256:1");
    expect(await cacheOf().diffIdOf("sha256:packed")).toBe("sha256:1");
  });

  it("are cleared, and how much that was is told", async () => {
    await cacheOf().write("sha256:1", await read("a=1"));
    const [name = ""] = files();
    const { size } = statSync(join(folder, "layers", name));
    expect(await clearLayers(folder)).toBe(size);
    expect(await clearLayers(folder)).toBe(0);
    expect(await cacheOf().read("sha256:1", new PathTree())).toBeUndefined();
  });
});

describe("kept files", () => {
  const at = (limit: number): KeptFiles => new KeptFiles(join(folder, "k"), ".it", limit);
  const read = (key: string): Promise<string | undefined> => at(1_000).read(key, (it) => it.toString());

  it("are bounded: what was used last stays", async () => {
    const body = Buffer.alloc(300, "x");
    for (const key of ["a", "b"]) await at(1_000).write(key, body);
    // Older than any use.
    for (const it of readdirSync(join(folder, "k"))) utimesSync(join(folder, "k", it), 1, 1);
    expect(await read("a")).toBe(body.toString());
    await at(900).write("c", body);
    expect([await read("a"), await read("b"), await read("c")].map((it) => it?.length)).toEqual([
      300,
      undefined,
      300,
    ]);
    await at(900).write("large", Buffer.alloc(501));
    expect(await read("large")).toBeUndefined();
  });

  it("may be written by several at once: a reader sees one whole value or none", async () => {
    const values = Array.from({ length: 20 }, (_, index) =>
      Buffer.alloc(5_000, String.fromCharCode(97 + index)),
    );
    const seen: (string | undefined)[] = [];
    await Promise.all(
      values.flatMap((it) => [at(100_000).write("same", it), read("same").then((found) => seen.push(found))]),
    );
    const whole = values.map((it) => it.toString());
    expect(seen.every((it) => it === undefined || whole.includes(it))).toBe(true);
    expect(whole).toContain(await read("same"));
    expect(readdirSync(join(folder, "k"))).toHaveLength(1);
  });

  it("leave no half-written ones behind for long", async () => {
    await at(1_000).write("a", Buffer.from("a"));
    const old = join(folder, "k", ".half");
    writeFileSync(old, "half");
    utimesSync(old, 1, 1);
    await at(1_000).write("b", Buffer.from("b"));
    expect(readdirSync(join(folder, "k")).filter((it) => it.startsWith("."))).toEqual([]);
  });
});
