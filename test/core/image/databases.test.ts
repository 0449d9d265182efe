import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bdbValues } from "../../../core/image/databases/bdb.ts";
import { ndbHeaders } from "../../../core/image/databases/ndb.ts";
import { RpmHeader, rpmTags } from "../../../core/image/databases/rpm-header.ts";
import { Sqlite } from "../../../core/image/databases/sqlite.ts";
import { goFacts, goInfoAt, rustFacts } from "../../../core/image/program-facts.ts";
import { randomFrom } from "../support/random.ts";
import { digestOf } from "../support/saved-image.ts";

const made = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("pragma page_size = " + sys.argv[2])
if sys.argv[3] == "wal": db.execute("pragma journal_mode = wal"); db.execute("pragma wal_autocheckpoint = 0")
db.execute("create table other (x)")
db.execute("create table Packages (hnum integer primary key autoincrement, blob blob not null)")
for i in range(400):
    db.execute("insert into Packages values (?, ?)", (i + 1, bytes([i % 251]) * (i * i % 9001)))
db.execute("create table kinds (a, b, c, d, e, f, g)")
db.execute("insert into kinds values (null, 0, 1, -129, 9007199254740991, 1.5, 'a' || char(228))")
db.execute("insert into kinds values (-1, 127, 40000, -9000000, 2147483648, -0.25, '')")
db.commit()
db.execute("delete from Packages where hnum % 3 = 0")
db.commit()
db.execute("insert into Packages values (1000, x'abcd')")
if sys.argv[3] != "wal": db.commit()
else:
    db.commit()
    import shutil
    shutil.copy(sys.argv[1], sys.argv[1] + ".copy"); shutil.copy(sys.argv[1] + "-wal", sys.argv[1] + ".copy-wal")
`;

/** What Python's sqlite3 writes; undefined where there is no Python. */
function database(
  pageSize: number,
  mode: "plain" | "wal",
): { bytes: Uint8Array; log: Uint8Array | undefined } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-sqlite-"));
  try {
    const path = join(folder, "it.sqlite");
    if (spawnSync("python3", ["-c", made, path, String(pageSize), mode]).status !== 0) return undefined;
    return mode === "plain"
      ? { bytes: readFileSync(path), log: undefined }
      : { bytes: readFileSync(`${path}.copy`), log: readFileSync(`${path}.copy-wal`) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const small = database(512, "plain");

describe.skipIf(small === undefined)("SQLite", () => {
  it.each([
    [512, "plain"],
    [4_096, "plain"],
    [65_536, "plain"],
    [1_024, "wal"],
    [4_096, "wal"],
  ] as const)("pages of %i, %s", (pageSize, mode) => {
    const { bytes, log } = database(pageSize, mode) ?? { bytes: new Uint8Array(0), log: undefined };
    const found = Sqlite.open(bytes, log);
    if (found === undefined) throw new Error("not opened");
    const rows = [...found.rows("Packages")].map(([key, blob]) => [key, digestOf(blob as Uint8Array)]);
    const expected = Array.from(
      { length: 400 },
      (_, at) => [at + 1, Buffer.alloc((at * at) % 9_001, at % 251)] as const,
    )
      .filter(([key]) => key % 3 !== 0)
      .map(([key, blob]) => [key, digestOf(blob)]);
    expect(rows).toEqual([...expected, [1_000, digestOf(Buffer.from([0xab, 0xcd]))]]);
    expect([...found.rows("kinds")]).toEqual([
      [1, 0, 1, -129, 9_007_199_254_740_991, 1.5, "aä"],
      [-1, 127, 40_000, -9_000_000, 2_147_483_648, -0.25, ""],
    ]);
    expect([...found.rows("absent")]).toEqual([]);
    expect(found.isBroken).toBe(false);
  });

  it("ends, whatever its bytes are", () => {
    const sound = small?.bytes ?? new Uint8Array(0);
    let opened = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const next = randomFrom(seed);
      const bytes = Uint8Array.from(sound).subarray(0, seed % 5 === 0 ? next() % sound.length : sound.length);
      // Page headers, where it hurts, and anywhere.
      for (let count = 0; count < 30; count += 1) {
        const page = next() % (bytes.length / 512);
        bytes[(count % 2 === 0 ? Math.floor(page) * 512 + (next() % 16) : next()) % bytes.length] = next();
      }
      const found = Sqlite.open(bytes);
      if (found === undefined) continue;
      opened += 1;
      const total = [...found.rows("Packages")].reduce(
        (sum, [, blob]) => sum + (blob instanceof Uint8Array ? blob.length : 0),
        0,
      );
      expect(total).toBeLessThanOrEqual(2 * sound.length + 65_536);
    }
    expect(opened).toBeGreaterThan(60);
  });

  it("a thousand rows that are all the same large one are no thousand copies", () => {
    const bytes = Uint8Array.from(database(65_536, "plain")?.bytes ?? []);
    const view = new DataView(bytes.buffer);
    for (let page = 1; page < bytes.length / 65_536; page += 1) {
      const start = page * 65_536;
      if (bytes[start] !== 0x0d || view.getUint16(start + 3) < 10) continue;
      const cell = view.getUint16(start + 8);
      view.setUint16(start + 3, 20_000);
      for (let at = 0; at < 20_000; at += 1) view.setUint16(start + 8 + at * 2, cell);
    }
    const found = Sqlite.open(bytes);
    let rows = 0;
    for (const _ of found?.rows("Packages") ?? []) rows += 1;
    expect(found?.isBroken === true || rows < 100_000).toBe(true);
  });
});

/** Entries of an rpm header: tag, type, offset, count. */
function rpmHeader(entries: readonly (readonly [number, number, number, number])[], data: Buffer): Buffer {
  const head = Buffer.alloc(8 + entries.length * 16);
  head.writeUInt32BE(entries.length, 0);
  head.writeUInt32BE(data.length, 4);
  entries.forEach((it, index) => {
    for (const [part, value] of it.entries()) head.writeUInt32BE(value, 8 + index * 16 + part * 4);
  });
  return Buffer.concat([head, data]);
}

describe("rpm's headers", () => {
  const data = Buffer.concat([Buffer.from("bash\0a\0b\0ü\0"), Buffer.from([0, 0, 0, 7, 0, 9])]);
  const sound = rpmHeader(
    [
      [rpmTags.name, 6, 0, 1],
      [rpmTags.baseNames, 8, 5, 3],
      [rpmTags.epoch, 4, 12, 1],
    ],
    data,
  );

  it("hold texts and numbers", () => {
    const it = new RpmHeader(sound);
    expect(it.text(rpmTags.name)).toBe("bash");
    expect(it.texts(rpmTags.baseNames)).toEqual(["a", "b", "ü"]);
    expect(it.numbers(rpmTags.epoch)).toEqual([7]);
    expect(it.texts(rpmTags.epoch)).toEqual([]);
    expect(it.numbers(rpmTags.version)).toEqual([]);
  });

  it("never throw, and give no more than there is", () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const next = randomFrom(seed);
      const bytes = Uint8Array.from(sound).subarray(0, seed % 3 === 0 ? next() % sound.length : sound.length);
      for (let count = 0; count < 5; count += 1)
        bytes[next() % bytes.length] = next() % 3 === 0 ? 0xff : next();
      const it = new RpmHeader(bytes);
      for (const tag of Object.values(rpmTags))
        expect(it.texts(tag).length + it.numbers(tag).length).toBeLessThanOrEqual(bytes.length);
    }
  });

  it("of ndb are found once each, however often a slot names them", () => {
    const bytes = Buffer.alloc(8_192);
    bytes.write("RpmP", 0, "latin1");
    bytes.writeUInt32LE(1, 12);
    const place = 4_096 / 16;
    for (let at = 32; at < 4_096; at += 16) {
      bytes.write("Slot", at, "latin1");
      bytes.writeUInt32LE(1, at + 4);
      bytes.writeUInt32LE(place, at + 8);
    }
    bytes.write("BlbS", 4_096, "latin1");
    bytes.writeUInt32LE(sound.length, 4_096 + 12);
    sound.copy(bytes, 4_096 + 16);
    const found = ndbHeaders(bytes);
    expect(found?.headers.map((it) => new RpmHeader(it).text(rpmTags.name))).toEqual(["bash"]);
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const next = randomFrom(seed);
      const broken = Uint8Array.from(bytes);
      for (let count = 0; count < 10; count += 1)
        broken[next() % (count % 2 === 0 ? 64 : broken.length)] = next();
      const total = ndbHeaders(broken)?.headers.reduce((sum, it) => sum + it.length, 0) ?? 0;
      expect(total).toBeLessThanOrEqual(broken.length);
    }
  });
});

const hash = `
use DB_File;
my $info = new DB_File::HASHINFO; $info->{bsize} = $ARGV[1]; $info->{lorder} = $ARGV[2];
tie my %db, "DB_File", $ARGV[0], O_RDWR | O_CREAT, 0644, $info or die;
for my $i (1 .. 300) { $db{pack("L", $i)} = chr($i % 251) x ($i * $i % 20011 + 1) }
delete $db{pack("L", $_ * 7)} for 1 .. 40;
`;

/** What Berkeley DB itself writes; undefined where Perl does not have it. */
function hashDatabase(pageSize: number, order: number): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bdb-"));
  try {
    const path = join(folder, "Packages");
    const { status } = spawnSync("perl", ["-e", hash, path, String(pageSize), String(order)]);
    return status === 0 ? readFileSync(path) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const smallHash = hashDatabase(4_096, 1234);

describe.skipIf(smallHash === undefined)("Berkeley DB's hash", () => {
  it.each([
    [512, 1234],
    [4_096, 1234],
    [4_096, 4321],
    [16_384, 1234],
  ])("pages of %i in order %i", (pageSize, order) => {
    const found = bdbValues(hashDatabase(pageSize, order) ?? new Uint8Array(0));
    const said = found?.values.map((it) => `${it.length} ${digestOf(it)}`).sort();
    const expected = Array.from({ length: 300 }, (_, at) => at + 1)
      .filter((it) => it % 7 !== 0 || it > 280)
      .map((it) =>
        Buffer.alloc(((it * it) % 20_011) + 1, Buffer.from(String.fromCharCode(it % 251), "latin1")),
      );
    expect(said).toEqual(expected.map((it) => `${it.length} ${digestOf(it)}`).sort());
    expect(found?.isBroken).toBe(false);
  });

  it("ends, and gives no more than there is, whatever its bytes are", () => {
    const sound = smallHash ?? new Uint8Array(0);
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = randomFrom(seed);
      const bytes = Uint8Array.from(sound);
      for (let count = 0; count < 40; count += 1) {
        const page = 4_096 * (next() % (bytes.length / 4_096));
        bytes[(count % 2 === 0 ? Math.floor(page / 4_096) * 4_096 + (next() % 40) : next()) % bytes.length] =
          next();
      }
      const total = bdbValues(bytes)?.values.reduce((sum, it) => sum + it.length, 0) ?? 0;
      expect(total).toBeLessThanOrEqual(bytes.length);
    }
  });
});

describe("what programs hold", () => {
  const text = (it: string): Buffer => Buffer.concat([lengthOf(Buffer.byteLength(it)), Buffer.from(it)]);
  const mark = "0123456789abcdef";
  const goInfo = (lines: string): Buffer =>
    Buffer.concat([
      Buffer.from("\xff Go buildinf:\x08\x02", "latin1"),
      Buffer.alloc(16),
      text("go1.22.1"),
      text(`${mark}${lines}${mark}`),
    ]);
  const lines =
    "path\texample.org/tool/cmd/tool\nmod\texample.org/tool\tv1.2.3\th1:x=\ndep\tgolang.org/x/sys\tv0.1.0\th1:y=\ndep\told.org/a\tv1.0.0\n=>\tnew.org/a\tv1.0.1\th1:z=\nbuild\t-compiler=gc\n";

  it("of Go: its module and those that it is made of", () => {
    expect(goFacts(goInfo(lines))).toEqual({
      language: "go",
      name: "example.org/tool",
      version: "v1.2.3",
      modules: ["golang.org/x/sys", "new.org/a"],
    });
    expect(goFacts(goInfo("path\tcommand-line-arguments\n"))?.name).toBe("command-line-arguments");
    expect(goFacts(goInfo("mod\tm\t(devel)\n"))?.version).toBe("");
    const segment = Buffer.concat([Buffer.alloc(160, 0xff), goInfo(lines)]);
    expect(goInfoAt(segment)).toBe(160);
    expect(goInfoAt(Buffer.alloc(1 << 20, 0xff))).toBeUndefined();
  });

  it("of Rust: its crates", () => {
    const list = {
      packages: [
        { name: "tool", version: "0.3", root: true },
        { name: "serde" },
        { name: "serde" },
        { no: 1 },
        7,
      ],
    };
    expect(rustFacts(deflateSync(JSON.stringify(list)))).toEqual({
      language: "rust",
      name: "tool",
      version: "0.3",
      modules: ["serde"],
    });
    for (const hostile of [
      "null",
      "[]",
      '{"packages": 3}',
      '{"packages": [null]}',
      "{",
      `${"[".repeat(100_000)}`,
    ])
      expect(rustFacts(deflateSync(hostile))).toBeUndefined();
    expect(rustFacts(deflateSync(Buffer.alloc(16 << 20)))).toBeUndefined();
  });

  it("is nothing where it is broken", () => {
    const rust = deflateSync(JSON.stringify({ packages: [{ name: "tool", root: true }] }));
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const next = randomFrom(seed);
      for (const sound of [goInfo(lines), rust]) {
        const bytes = Uint8Array.from(sound).subarray(0, 1 + (next() % sound.length));
        for (let count = 0; count < 3; count += 1) bytes[next() % bytes.length] = next();
        const found = sound === rust ? rustFacts(bytes) : goFacts(bytes);
        expect((found?.name ?? "").length + (found?.modules.join("").length ?? 0)).toBeLessThanOrEqual(
          sound.length * 3,
        );
      }
    }
  });
});

/** Seven bits a byte, the lowest first. */
function lengthOf(value: number): Buffer {
  return value < 0x80 ? Buffer.from([value]) : Buffer.from([0x80 | (value & 0x7f), value >> 7]);
}
