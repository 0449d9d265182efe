import { describe, expect, it } from "vitest";
import { TarReader } from "../../../core/image/tar.ts";
import { passedLayer, readTar, storedLayer } from "../support/read-tar.ts";
import {
  archive,
  base256,
  extended,
  file,
  head,
  oldSparse,
  padded,
  pax,
  record,
} from "../support/tar-maker.ts";

const after = file("after", "end");
const rowsOf = (bytes: Uint8Array): string[] =>
  readTar(bytes).entries.map(
    ({ kind, path, size, link }) => `${kind} ${path} ${size}${link && ` -> ${link}`}`,
  );

/** Both readers and pieces of any size come to the same. */
function read(bytes: Uint8Array): { rows: string[]; troubles: readonly string[] } {
  const whole = readTar(bytes);
  for (const piece of bytes.length < 100_000 ? [1, 512, 700] : [700])
    expect(readTar(bytes, piece)).toEqual(whole);
  expect(storedLayer(bytes)).toEqual(passedLayer(bytes, 333));
  return { rows: rowsOf(bytes), troubles: whole.troubles };
}

describe("what tar headers may say", () => {
  it.each<[string, Buffer, readonly string[]]>([
    [
      "an empty value takes a name back, and a global one",
      archive(
        pax({ path: "global", linkpath: "to" }, "g"),
        file("own", "1"),
        pax({ path: "" }),
        file("own", "1"),
        pax({ path: "given" }),
        pax({ path: "" }),
        file("own", "1"),
        pax({ linkpath: "" }),
        head({ name: "l", flag: "2", link: "kept" }),
      ),
      ["file global 1", "file own 1", "file own 1", "symlink global 0 -> kept"],
    ],
    [
      "empty values of other keys",
      archive(pax({ size: "", mtime: "", "SCHILY.xattr.user.a": "", comment: "" }), file("a", "12")),
      ["file a 2"],
    ],
    [
      "a size in an extended header alone",
      archive(pax({ size: "3" }), file("a", "123", { size: 0 })),
      ["file a 3"],
    ],
    [
      "a value that holds an equals sign, a newline and no UTF-8",
      archive(pax({ path: Buffer.from("a=b\nc\u00ff=", "latin1") }), file("x", "1")),
      ["file a=b\nc\udcff= 1"],
    ],
    ["a name ends at its first zero byte", archive(pax({ path: "a\0b" }), file("x", "1")), ["file a 1"]],
    ["Solaris' own letter", archive(extended(record("path", "sun"), "X"), file("x", "1")), ["file sun 1"]],
    [
      "GNU's long name and long link, in any order",
      archive(
        file("././@LongLink", `${"l".repeat(300)}\0`, { flag: "K" }),
        file("././@LongLink", `${"n".repeat(300)}\0`, { flag: "L" }),
        head({ name: "n", flag: "1", link: "l" }),
        file("next", "1"),
      ),
      [`hardlink ${"n".repeat(300)} 0 -> ${"l".repeat(300)}`, "file next 1"],
    ],
    [
      "base-256 numbers",
      archive(file("a", "12345", { size: base256(5n) }), file("b", "1")),
      ["file a 5", "file b 1"],
    ],
    [
      "numbers between spaces and zero bytes",
      archive(
        file("a", "12345", { size: "      5 \0\0\0\0" }),
        file("b", "12345", { size: "\0\0\0\x30\x30\x35\0\0\0\0\0\0" }),
        file("c", "12345", { size: "000000000005" }),
        head({ name: "d", size: "\0\0\0\0\0\0\0\0\0\0\0\0" }),
      ),
      ["file a 5", "file b 5", "file c 5", "file d 0"],
    ],
    [
      "a first part of the name, of ustar and of star",
      archive(
        file("name", "1", { prefix: "p".repeat(155) }),
        file("name", "1", {
          prefix: "q".repeat(131),
          patch: { 476: "00000000001\0", 488: "00000000001\0", 508: "tar\0" },
        }),
        file("name", "1", { magic: "ustar  \0", patch: { 345: "12345670123\0" } }),
      ),
      [`file ${"p".repeat(155)}/name 1`, `file ${"q".repeat(131)}/name 1`, "file name 1"],
    ],
    [
      "links, directories and devices have no body, whatever their size",
      archive(
        head({ name: "h", flag: "1", link: "./after", size: 700 }),
        head({ name: "s", flag: "2", link: "./after/", size: base256(1n << 80n) }),
        head({ name: "c", flag: "3", size: 9 }),
        head({ name: "b", flag: "4", size: 9 }),
        head({ name: "d", flag: "5", size: 9 }),
        head({ name: "p", flag: "6", size: 9 }),
        head({ name: "old/", flag: "\0", size: 9, magic: "" }),
      ),
      [
        "hardlink h 0 -> after",
        "symlink s 0 -> ./after/",
        "other c 0",
        "other b 0",
        "directory d 0",
        "other p 0",
        "directory old 0",
      ],
    ],
    [
      "a body for what nobody knows, and for GNU's own directories",
      archive(
        file("a", "x".repeat(600), { flag: "D" }),
        file("b", "x".repeat(600), { flag: "V" }),
        file("c", "1", { flag: "7" }),
      ),
      ["directory a 0", "other b 0", "file c 1"],
    ],
    [
      "checksums of signed bytes",
      archive(signed(head({ name: "ä".repeat(3), size: 1 })), padded("1")),
      [`file ${"ä".repeat(3)} 1`],
    ],
    [
      "an archive in a file is a body",
      archive(file("in.tar", archive(file("inner", "1")))),
      ["file in.tar 2048"],
    ],
    [
      "one empty block is none of the two at the end",
      archive(file("a", "1"), Buffer.alloc(512), file("b", "1")),
      ["file a 1", "file b 1"],
    ],
  ])("%s", (_, bytes, rows) => {
    const body = bytes.subarray(0, bytes.length - 1_024);
    expect(read(archive(body, file("last", "1")))).toEqual({
      rows: [...rows, rowsOf(archive(body, file("last", "1"))).at(-1)],
      troubles: [],
    });
    expect(rowsOf(archive(body))).toEqual(rows);
  });

  it("nothing counts behind two empty blocks", () => {
    expect(read(Buffer.concat([archive(file("a", "1")), file("b", "1")]))).toEqual({
      rows: ["file a 1"],
      troubles: [],
    });
  });

  it("a list of parts that goes on is read from bytes that are lent", () => {
    const lent = Buffer.alloc(512);
    const names: string[] = [];
    const reader = new TarReader({
      entry: ({ name }) => names.push(Buffer.from(name).toString()),
      body: () => {},
      end: () => {},
    });
    const bytes = archive(
      oldSparse([0, 1, 512, 1, 1_024, 1, 1_536, 1], 4_096, 4, true),
      Buffer.alloc(512),
      padded("abcd"),
    );
    for (let at = 0; at < bytes.length; at += 512) {
      bytes.copy(lent, 0, at, at + 512);
      reader.push(lent);
    }
    expect(names).toEqual(["holes"]);
  });
});

function signed(header: Buffer): Buffer {
  header.write("        ", 148);
  const sum = header.reduce((total, it) => total + (it > 127 ? it - 256 : it), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

describe("what is broken is said with its place, and what follows is read", () => {
  const a = file("a", "1");
  const broken = head({ name: "broken", size: 3 });
  broken[0] = 0x63;
  it.each<[string, Buffer, RegExp]>([
    ["a checksum", Buffer.concat([broken, padded("abc")]), /^no tar header at byte 1024$/],
    ["noise", Buffer.alloc(5_120, "noise"), /^no tar header at byte 1024$/],
    [
      "empty blocks in a body whose length is lost",
      Buffer.concat([broken, Buffer.alloc(4_096)]),
      /^no tar header at byte 1024$/,
    ],
    [
      "a size that is no number",
      file("b", "1", { size: "0000000000x\0" }),
      /^no size in the tar header at byte 1024$/,
    ],
    [
      "a negative size",
      file("b", "1", { size: Buffer.alloc(12, 0xff) }),
      /^no size in the tar header at byte 1024$/,
    ],
    [
      "a size that no number holds",
      file("b", "1", { size: base256(1n << 80n) }),
      /^no size in the tar header at byte 1024$/,
    ],
    [
      "a long name of 9 GB",
      head({ flag: "L", size: base256(9_000_000_000n) }),
      /^a name or record of 9000000000 bytes at byte 1024$/,
    ],
    [
      "an extended header of 2 MiB",
      extended(record("path", "x".repeat(2 << 20))),
      /^a name or record of 2\d+ bytes at byte 1024$/,
    ],
    [
      "a record without a length",
      Buffer.concat([extended("path=x\n"), a]),
      /^a broken record in the extended header at byte 1024$/,
    ],
    ["a record of length 0", Buffer.concat([extended("0 path=x\n"), a]), /^a broken record .* 1024$/],
    [
      "a record longer than its header",
      Buffer.concat([extended("99 path=x\n"), a]),
      /^a broken record .* 1024$/,
    ],
    [
      "a length of many digits",
      Buffer.concat([extended(`${"1".repeat(400)} path=x\n`), a]),
      /^a broken record .* 1024$/,
    ],
    ["a negative length", Buffer.concat([extended("-9 path=x\n"), a]), /^a broken record .* 1024$/],
    ["a record without its newline", Buffer.concat([extended("10 path=xy"), a]), /^a broken record .* 1024$/],
    [
      "a record that names nothing",
      Buffer.concat([extended("8 patha\n"), a]),
      /^a record without a key in the extended header at byte 1024$/,
    ],
    [
      "a record of an empty name",
      Buffer.concat([extended("8 =path\n"), a]),
      /^a record without a key .* 1024$/,
    ],
    [
      "a size that is none",
      Buffer.concat([pax({ size: "many" }), a]),
      /^no number as size in the extended header at byte 1024$/,
    ],
    [
      "a negative size in a record",
      Buffer.concat([pax({ size: "-1" }), a]),
      /^no number as size in .* 1024$/,
    ],
    [
      "a global size that is none",
      Buffer.concat([pax({ size: "1e3" }, "g"), a]),
      /^no number as size in .* 1024$/,
    ],
    [
      "no size of a sparse file",
      head({ flag: "S", patch: { 483: "zzz" } }),
      /^no size in the sparse header at byte 1024$/,
    ],
  ])("%s", (_, bytes, why) => {
    const { rows, troubles } = read(archive(a, bytes, after));
    expect(troubles).toEqual([expect.stringMatching(why)]);
    expect(rows[0]).toBe("file a 1");
    expect(rows.at(-1)).toBe("file after 3");
    expect(rows.slice(1, -1).filter((it) => it !== "file a 1")).toEqual([]);
  });

  it("in v7 too, where headers bear no mark", () => {
    const old = (name: string): Buffer => file(name, "1", { magic: "", flag: "\0" });
    expect(read(archive(old("a"), Buffer.alloc(512, "noise"), old("b")))).toEqual({
      rows: ["file a 1", "file b 1"],
      troubles: ["no tar header at byte 1024"],
    });
  });

  it("many faults are not a list without end", () => {
    const parts = Array.from({ length: 100 }, () => Buffer.concat([Buffer.alloc(512, "noise"), after]));
    const { rows, troubles } = read(archive(...parts));
    expect(rows).toHaveLength(100);
    expect(troubles).toHaveLength(20);
  });

  it.each<[string, Buffer]>([
    ["parts that lead back", oldSparse([1_024, 512, 0, 512], 4_096, 1_024)],
    ["parts that overlap", oldSparse([0, 600, 512, 424], 4_096, 1_024)],
    ["a part beyond the end", oldSparse([0, 512, 4_000, 512], 4_096, 1_024)],
    ["more stored than there is", oldSparse([0, 1_024], 4_096, 512)],
    [
      "a map of words",
      Buffer.concat([
        pax({ "GNU.sparse.size": "9", "GNU.sparse.map": "0,x" }),
        head({ name: "holes", size: 1_024 }),
      ]),
    ],
    [
      "a map of empty numbers",
      Buffer.concat([
        pax({ "GNU.sparse.size": "9", "GNU.sparse.map": ",,," }),
        head({ name: "holes", size: 1_024 }),
      ]),
    ],
    [
      "a start without a length",
      Buffer.concat([
        pax({ "GNU.sparse.size": "9", "GNU.sparse.offset": "1" }),
        head({ name: "holes", size: 1_024 }),
      ]),
    ],
    [
      "a body without a list",
      Buffer.concat([
        pax({ "GNU.sparse.major": "1", "GNU.sparse.realsize": "9" }),
        head({ name: "holes", size: 1_024 }),
      ]),
    ],
    ["more holes than are worth reading", oldSparse([0, 512], 2 ** 32 + 513, 512)],
  ])("a sparse file with %s is listed, and its content is not known", (_, header) => {
    const stored = (it: Buffer): number =>
      Number.parseInt(it.toString("latin1", it.length - 388, it.length - 376), 8);
    const bytes = archive(header, Buffer.alloc(stored(header), "x"), after);
    expect(passedLayer(bytes).rows).toEqual([
      expect.stringMatching(/^file\|holes\|\d+\|\|unknown$/),
      expect.stringMatching(/^file\|after\|3\|\|[0-9a-f]{32}$/),
    ]);
    expect(storedLayer(bytes)).toEqual(passedLayer(bytes));
  });
});

describe("what is made to hurt", () => {
  it("a record is no reason to take more memory than it has bytes", () => {
    const before = process.memoryUsage().arrayBuffers;
    const reader = new TarReader({ entry: () => {}, body: () => {}, end: () => {} });
    for (let round = 0; round < 200; round += 1)
      reader.push(head({ flag: "L", size: base256(BigInt(1 << 30)) }));
    reader.push(head({ flag: "x", size: 1 << 20 }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  it.each<[string, Buffer, number]>([
    ["records without an equals sign", archive(extended("4 a\n".repeat(1 << 18)), after), 1],
    ["the shortest records", archive(extended("5 a=\n".repeat(200_000)), after), 1],
    [
      "a global map of parts, and many files",
      archive(
        pax({ "GNU.sparse.size": "1", "GNU.sparse.map": "0,".repeat(500_000) }, "g"),
        ...Array.from({ length: 20_000 }, () => after),
      ),
      20_000,
    ],
    [
      "a global name of a million letters",
      archive(pax({ path: "a/".repeat(500_000) }, "g"), ...Array.from({ length: 20_000 }, () => after)),
      20_000,
    ],
    ["a name of a million folders", archive(pax({ path: "a/".repeat(500_000) }), after), 1],
    [
      "a map of half a million parts",
      archive(pax({ "GNU.sparse.size": "1", "GNU.sparse.map": "0,0,".repeat(260_000).slice(0, -1) }), after),
      1,
    ],
    [
      "a list of parts without end",
      Buffer.concat([
        oldSparse([0, 1], 1, 1, true),
        ...Array.from({ length: 2_000 }, () => Buffer.alloc(512, 1)),
      ]),
      0,
    ],
  ])("%s", (_, bytes, count) => {
    expect(readTar(bytes).entries).toHaveLength(count);
    expect(storedLayer(bytes)).toEqual(passedLayer(bytes));
  });
});
