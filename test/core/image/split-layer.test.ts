import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PathTree } from "../../../core/image/path-tree.ts";
import { LayerReader, type ReadLayer } from "../../../server/engine/image/layer-reader.ts";
import { LayerFiles } from "../../../server/engine/store/layer-files.ts";
import { readSplitLayer } from "../../../server/engine/store/split-layer.ts";
import { DeniedError, StoreError } from "../../../server/engine/store/store-error.ts";
import { entriesOf, type SavedEntry, tarOf } from "../support/saved-image.ts";

interface Split {
  readonly archive: Buffer;
  /** As tar-split writes them. */
  readonly records: readonly object[];
}

const block = 512;
const checksum = (content: string): string =>
  createHash("sha256").update(content).digest().subarray(0, 8).toString("base64");

/** Takes an archive to pieces entry by entry, whose bytes are known here. */
async function splitOf(entries: readonly SavedEntry[]): Promise<Split> {
  const records: object[] = [];
  const archive: Buffer[] = [];
  let padding = Buffer.alloc(0);
  const segment = (...bytes: Buffer[]): void => {
    records.push({ type: 2, payload: Buffer.concat(bytes).toString("base64"), position: records.length });
  };
  for (const entry of entries) {
    const tar = await tarOf([entry]);
    const whole = tar.subarray(0, tar.length - 2 * block);
    const { name, content = "" } = entry;
    const size = Buffer.byteLength(content);
    const padded = Math.ceil(size / block) * block;
    archive.push(whole);
    segment(padding, whole.subarray(0, whole.length - padded));
    const file = size === 0 ? { payload: null } : { size, payload: checksum(content) };
    records.push({ type: 1, name, ...file, position: records.length });
    padding = Buffer.alloc(padded - size);
  }
  segment(padding, Buffer.alloc(2 * block));
  return { archive: Buffer.concat([...archive, Buffer.alloc(2 * block)]), records };
}

let place = "";
const at = (path: string): string => join(place, "diff", path);
const put = (path: string, content: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
};

/** The records as they are given, the files of these entries beside them. */
async function read(
  lines: string | Buffer,
  tree = new PathTree(),
): Promise<{ layer: ReadLayer; files: LayerFiles }> {
  writeFileSync(join(place, "records"), typeof lines === "string" ? gzipSync(lines) : lines);
  const files = new LayerFiles(tree);
  const layer = await readSplitLayer(
    { records: join(place, "records"), folder: join(place, "diff") },
    files,
    tree,
    () => {},
  );
  return { layer, files };
}

const linesOf = (records: readonly object[]): string =>
  records.map((it) => `${JSON.stringify(it)}\n`).join("");

async function split(line: string): Promise<Split & { readonly lines: string }> {
  const entries = entriesOf(line);
  for (const { name, type = "file", content = "" } of entries) {
    if (type === "file" && !name.includes(".wh.")) put(name, content);
  }
  const res = await splitOf(entries);
  return { ...res, lines: linesOf(res.records) };
}

function tableOf({ entries, contents }: ReadLayer): unknown[] {
  return Array.from({ length: entries.count }, (_, entry) => [
    entries.tree.pathOf(entries.nodeOf(entry)),
    entries.kindOf(entry),
    entries.sizeOf(entry),
    entries.tree.pathOf(entries.linkOf(entry)),
    entries.targetOf(entry),
    entries.kindOf(entry) === "file" && entries.sizeOf(entry) > 0 ? contents.hash(entry) : "",
  ]);
}

const refused = async (lines: string | Buffer): Promise<string> => {
  const cause: unknown = await read(lines).then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(cause).toBeInstanceOf(Error);
  return cause instanceof StoreError ? cause.message : `not foreseen: ${String(cause)}`;
};

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "plimsoll-split-"));
  mkdirSync(join(place, "diff"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const long = "a-long-name/".repeat(20);

/** The store is one of Linux, and so is the way its files are opened. */
const isElsewhere = process.platform !== "linux";

describe.skipIf(isElsewhere)("a layer's records", () => {
  it.each([
    ["files, links and whiteouts", "a=text d/ d/b=more d/c>d/b l@d/b -d/gone !d e= x/y/z=deep"],
    ["long names", `${long}file=text ${long}link>${long}file ${long}to@${long}file`],
    ["nothing", ""],
    ["names that are no ASCII", "ü/ß=text 日本=語"],
    ["contents of whole blocks", `a=${"x".repeat(512)} b=${"y".repeat(1_024)} c=z`],
  ])("give what the archive gives: %s", async (_, line) => {
    const { archive, lines } = await split(line);
    const passing = new LayerReader(new PathTree());
    passing.push(archive);
    const { layer, files } = await read(lines);
    expect(tableOf(layer)).toEqual(tableOf(passing.finish()));
    expect(layer.troubles).toEqual([]);
    files.close();
  });

  it("tell contents apart without a look at them", async () => {
    const { lines } = await split("a=same b=same c=else");
    const { contents } = (await read(lines)).layer;
    expect(contents.fingerprint(0)).toBe(contents.fingerprint(1));
    expect(contents.fingerprint(0)).not.toBe(contents.fingerprint(2));
  });

  it("tell short contents apart by checksums that differ in a few upper bits", async () => {
    const { records } = await split("a=1 b=2 c=3");
    const changed = records.map((it, index) => {
      if (!("size" in it)) return it;
      const payload = Buffer.alloc(8);
      payload.writeUInt8(index, 0);
      return { ...it, payload: payload.toString("base64") };
    });
    const { contents } = (await read(linesOf(changed))).layer;
    expect(new Set([0, 1, 2].map((it) => contents.fingerprint(it))).size).toBe(3);
  });

  it("have names as bytes where they are no text", async () => {
    const { records } = await split("aa=text");
    const name = Buffer.from([0x61, 0xff]);
    const [head, file, end] = records as [{ payload: string }, object, object];
    const header = Buffer.from(head.payload, "base64");
    header[1] = 0xff;
    const sum = header.reduce((total, it, index) => total + (index >= 148 && index < 156 ? 0x20 : it), 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    writeFileSync(Buffer.concat([Buffer.from(`${place}/diff/`), name]), "text");
    const changed = [
      { ...head, payload: header.toString("base64") },
      { ...file, name: "", name_raw: name.toString("base64") },
      end,
    ];
    const { layer } = await read(linesOf(changed));
    expect(Buffer.from(layer.contents.read(0, 0, 9) ?? []).toString()).toBe("text");
  });

  it("may come in any pieces, with other spaces and orders of keys", async () => {
    const { records, lines } = await split(`a=${"x".repeat(300_000)} b=text`);
    const loose = records.map(
      (it) =>
        `${JSON.stringify(Object.fromEntries(Object.entries(it).reverse()), undefined, 1).replaceAll("\n", " ")}\n`,
    );
    expect(tableOf((await read(loose.join(""))).layer)).toEqual(tableOf((await read(lines)).layer));
  });

  it.each([
    ["a size that the header has not", (it: string) => it.replace('"size":4', '"size":5')],
    ["no size", (it: string) => it.replace('"size":4,', "")],
    ["a size below zero", (it: string) => it.replace('"size":4', '"size":-4')],
    ["a size that is no number", (it: string) => it.replace('"size":4', '"size":"4"')],
    ["another name", (it: string) => it.replace('"name":"a"', '"name":"b"')],
    ["a checksum that is none", (it: string) => it.replace(/"payload":"[^"]{12}"/, '"payload":"AAAA"')],
    ["a file without a header", (it: string) => it.split("\n").slice(1).join("\n")],
    [
      "a header without a file",
      (it: string) =>
        it
          .split("\n")
          .filter((one) => !one.includes('"name"'))
          .join("\n"),
    ],
    ["a file twice", (it: string) => it.replace(/(\{"type":1.*\n)/, "$1$1")],
    ["a segment that is no base64", (it: string) => it.replace('"payload":"YQ', '"payload":"?!')],
    ["a segment that has no end", (it: string) => it.replace(/"payload":"(YQ[^"]*)".*/, '"payload":"$1')],
    ["a kind that there is not", (it: string) => it.replace('"type":1', '"type":3')],
    ["a line that is no JSON", (it: string) => `${it}nothing\n`],
    ["a last line that is cut", (it: string) => it.slice(0, -9)],
    ["an archive that is cut", (it: string) => it.split("\n").slice(0, 1).join("\n").concat("\n")],
    [
      "a header that is none",
      (it: string) => it.replace(/"payload":"YQ(.{40})/, '"payload":"YQ//$1').replace(/AA"/, '"'),
    ],
  ])("are not believed with %s", async (_, change) => {
    const { lines } = await split("a=text");
    expect(change(lines)).not.toBe(lines);
    expect(await refused(change(lines))).toMatch(/^(?:a|the) (?:record|records|layer)/);
  });

  it("are not believed when the compression is broken, or hides more than there can be", async () => {
    const { lines } = await split("a=text");
    const packed = gzipSync(lines);
    await refused(packed.subarray(0, -12));
    await refused(Buffer.from(lines));
    expect(await refused("x".repeat(20_000_000))).toBe("a record of a layer is too long");
  });

  it("leave a sparse file to the engine", async () => {
    writeFileSync(join(place, "holes"), "");
    truncateSync(join(place, "holes"), 1_000_000);
    const archive = execFileSync("tar", ["-C", place, "--sparse", "--format=gnu", "-cf", "-", "holes"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const records = [{ type: 2, payload: archive.toString("base64"), position: 0 }];
    expect(await refused(linesOf(records))).toBe("a layer has a sparse file");
  });
});

describe.skipIf(isElsewhere)("a layer's files", () => {
  /** What reading the first entry's content ends with. */
  async function reading(line: string, prepare: () => void): Promise<unknown> {
    rmSync(join(place, "diff"), { recursive: true });
    const { lines } = await split(line);
    prepare();
    const { layer, files } = await read(lines);
    try {
      return Buffer.from(layer.contents.read(0, 0, 100) ?? []).toString();
    } catch (cause) {
      return cause instanceof StoreError ? "refused" : cause;
    } finally {
      files.close();
    }
  }

  it("are read at any place", async () => {
    const { lines } = await split(`d/a=0123456789 d/b=${"b".repeat(300_000)} e=${"b".repeat(300_000)}`);
    const { layer } = await read(lines);
    const piece = (entry: number, start: number, length: number): string =>
      Buffer.from(layer.contents.read(entry, start, length) ?? []).toString();
    expect([piece(0, 2, 3), piece(0, 8, 9), piece(0, 99, 9), piece(0, 0, 0)]).toEqual(["234", "89", "", ""]);
    expect([piece(1, 0, 400_000).length, piece(2, 299_999, 9)]).toEqual([300_000, "b"]);
    expect(layer.contents.hash(1)).toBe(layer.contents.hash(2));
  });

  it("are never what lies elsewhere", async () => {
    const outside = join(place, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "a"), "text");
    const linked = (path: string, to: string) => () => {
      rmSync(at(path), { recursive: true });
      symlinkSync(to, at(path));
    };
    expect(await reading("d/a=text", () => {})).toBe("text");
    expect(await reading("d/a=text", linked("d", outside))).toBe("refused");
    expect(await reading("d/a=text", linked("d", "../outside"))).toBe("refused");
    expect(await reading("d/a=text", linked("d/a", join(outside, "a")))).toBe("refused");
    expect(await reading("d/e/a=text", linked("d", place))).toBe("refused");
    expect(readFileSync(join(outside, "a"), "utf8")).toBe("text");
  });

  it("are files of the size that was recorded", async () => {
    expect(await reading("a=text", () => rmSync(at("a")))).toBe("refused");
    expect(await reading("a=text", () => put("a", "longer"))).toBe("refused");
    expect(await reading("a=text", () => put("a", ""))).toBe("refused");
    const other =
      (command: string, ...words: string[]) =>
      () => {
        rmSync(at("a"));
        execFileSync(command, words);
      };
    expect(await reading("a=text", other("mkdir", at("a")))).toBe("refused");
    // Opening it must not wait for a writer.
    expect(await reading("a=text", other("mkfifo", at("a")))).toBe("refused");
  });

  it("may be another user's, which is no disagreement", async () => {
    const { lines } = await split("a=text");
    const { layer } = await read(lines);
    chmodSync(at("a"), 0);
    const own = process.geteuid?.() ?? 0;
    if (own === 0) process.seteuid?.(65_534);
    try {
      expect(() => layer.contents.read(0, 0, 4)).toThrow(DeniedError);
    } finally {
      if (own === 0) process.seteuid?.(0);
    }
  });

  it("are the last of their path", async () => {
    const { lines } = await split("a=earlier a=later");
    const { layer } = await read(lines);
    expect(Buffer.from(layer.contents.read(1, 0, 9) ?? []).toString()).toBe("later");
    expect(() => layer.contents.read(0, 0, 9)).toThrow(StoreError);
  });
});
