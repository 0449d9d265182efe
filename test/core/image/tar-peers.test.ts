import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namedText } from "../../../core/text/utf8.ts";
import { passedLayer, type ReadEntry, readTar, storedLayer } from "../support/read-tar.ts";

const tar = (words: readonly string[], input?: Uint8Array): Buffer =>
  execFileSync("tar", words, { input, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "pipe"] });

/** The first field of `tar -tv` is the mode, the third the size. */
function listedByTar(archive: Uint8Array): string[] {
  const text = tar(["--numeric-owner", "--full-time", "--quoting-style=escape", "-tvf", "-"], archive);
  return text
    .toString("latin1")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, mode = "", size = "", rest = ""] =
        /^(.)\S+ +\S+ +(\d+(?:,\d+)?) \S+ [\d:.]+ +(.*)$/s.exec(line) ?? [];
      const [name = "", link = ""] = rest.split(mode === "h" ? " link to " : " -> ");
      const kind = kinds[mode] ?? "other";
      return [kind, plain(unescaped(name)), kind === "file" ? size : 0, linkOf(kind, unescaped(link))].join(
        "|",
      );
    });
}

const kinds: Readonly<Record<string, string>> = { "-": "file", h: "hardlink", l: "symlink", d: "directory" };
const plain = (name: string): string => name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
const linkOf = (kind: string, link: string): string => (kind === "hardlink" ? plain(link) : link);

/** Of the text as latin1: `\ooo` and the letters of C. */
function unescaped(text: string): string {
  const letters: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const bytes: number[] = [];
  for (const [it] of text.matchAll(/\\[0-7]{3}|\\.|[^\\]/gs)) {
    if (it.length === 4) bytes.push(Number.parseInt(it.slice(1), 8));
    else if (it.length === 2) bytes.push(letters[it[1] ?? ""] ?? it.charCodeAt(1));
    else bytes.push(it.charCodeAt(0));
  }
  return namedText(Uint8Array.from(bytes));
}

const row = ({ kind, path, size, link }: ReadEntry): string => [kind, path, size, link].join("|");

/** v7 too; its types do not know the option. */
const anyFormat: object = { allowUnknownFormat: true };

/** tar-stream reads no sparse files and keeps only what is UTF-8. */
async function listedByTarStream(archive: Uint8Array): Promise<string[]> {
  const res: string[] = [];
  const reader = extract(anyFormat);
  reader.on("entry", ({ name, type, size = 0, linkname }, body, next) => {
    const kind =
      type === "link"
        ? "hardlink"
        : type === "symlink" || type === "directory" || type === "file"
          ? type
          : type === "contiguous-file"
            ? "file"
            : "other";
    res.push(
      [kind, plain(name), kind === "file" ? size : 0, linkname ? linkOf(kind, linkname) : ""].join("|"),
    );
    body.on("end", next).resume();
  });
  const ended = new Promise<void>((resolve, reject) => {
    reader.on("finish", () => resolve()).on("error", reject);
  });
  reader.end(archive);
  await ended;
  return res;
}

const shaOf = (path: string | Buffer): string =>
  createHash("sha256").update(readFileSync(path)).digest("hex");

describe("archives of GNU tar are read as it reads them", () => {
  let home = "";
  let folder = "";
  const at = (name: string): string => join(folder, name);
  const enter = (name: string): string => {
    folder = join(home, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  /** Parts of 4 KiB at these places of a file of this size; the rest is a hole. */
  const sparse = (name: string, size: number, places: readonly number[]): void => {
    const file = openSync(at(name), "w");
    for (const place of places) writeSync(file, Buffer.alloc(4_096, `${name}${place}`), 0, 4_096, place);
    ftruncateSync(file, size);
    closeSync(file);
  };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "plimsoll-tar-"));
    enter("in");
    writeFileSync(at("empty"), "");
    for (const size of [1, 511, 512, 513, 10_240]) writeFileSync(at(`size-${size}`), "x".repeat(size));
    for (const length of [99, 100, 101, 154, 155, 156, 200, 255])
      writeFileSync(at("n".repeat(length)), "long");
    // Around the places where ustar may cut a name in two.
    for (const [folders, name] of [
      [[154], 100],
      [[155], 100],
      [[100, 54], 99],
      [[250, 250, 250], 250],
    ] as const) {
      const path = folders.map((it) => "d".repeat(it)).join("/");
      mkdirSync(at(path), { recursive: true });
      writeFileSync(at(`${path}/${"f".repeat(name)}`), "deep");
    }
    linkSync(at("size-513"), at("hard"));
    linkSync(at("n".repeat(200)), at("hard-to-long"));
    symlinkSync("empty", at("soft"));
    symlinkSync(`../${"t".repeat(300)}`, at("soft-long"));
    symlinkSync("./kept/as/it is/", at("soft-odd"));
    spawnSync("mknod", [at("pipe"), "p"]);
    // Devices need rights that not every machine gives.
    spawnSync("mknod", [at("device"), "c", "1", "3"]);
    spawnSync("mknod", [at("disk"), "b", "7", "0"]);
    for (const bytes of ["ä ö.txt", "new\nline", "back\\slash", "tab\t\u0001", "-dash", " space ", "日本語"])
      writeFileSync(at(bytes), "named");
    for (const bytes of [[0xff, 0xfe], [0x61, 0xe4], [0xc3], [0xed, 0xa0, 0x80], [0x80, 0x61]])
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/raw-`), Buffer.from(bytes)]), "raw");
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it.each(["v7", "oldgnu", "gnu", "ustar", "pax"])("%s", async (format) => {
    // v7 and ustar leave out what they cannot name, and say so by their exit code.
    const made = spawnSync("tar", ["-C", enter("in"), `--format=${format}`, "-cf", "-", "."], {
      maxBuffer: 1 << 28,
    });
    const archive = made.stdout;
    const ours = readTar(archive);
    expect(ours.troubles).toEqual([]);
    const rows = ours.entries.map(row);
    expect(rows).toEqual(listedByTar(archive));
    expect(rows.length).toBeGreaterThan(20);
    const known = (it: string): boolean => !/[\udc80-\udcff\ufffd]/.test(it);
    const theirs = await listedByTarStream(archive);
    expect(theirs.filter(known)).toEqual(rows.filter(known));
    for (const it of ours.entries.filter((one) => one.kind === "file" && known(one.path)))
      expect([it.path, it.sha]).toEqual([it.path, shaOf(at(it.path))]);
    for (const piece of [1, 511, 513, 10_000]) expect(readTar(archive, piece)).toEqual(ours);
  });

  it.each([
    ["gnu", "--format=gnu"],
    ["oldgnu", "--format=oldgnu"],
    ["pax 0.0", "--format=pax", "--sparse-version=0.0"],
    ["pax 0.1", "--format=pax", "--sparse-version=0.1"],
    ["pax 1.0", "--format=pax", "--sparse-version=1.0"],
  ])("with holes: %s", (_, ...words) => {
    const inner = enter("sparse");
    const many = (count: number): number[] =>
      Array.from({ length: count }, (_it, index) => index * 16_384 + 8_192);
    sparse("all-hole", 1 << 20, []);
    sparse("begins", 1 << 20, [0]);
    sparse("ends", (1 << 20) + 4_096, [1 << 20]);
    sparse("middle", 3_000_001, [1 << 20]);
    for (const count of [3, 4, 5, 24, 25, 26, 46, 200]) sparse(`parts-${count}`, 4_000_000, many(count));
    sparse("s".repeat(150), 2_000_000, [500_000]);
    writeFileSync(at("plain"), "after");
    const archive = tar(["-C", inner, "--sparse", "--hole-detection=seek", ...words, "-cf", "-", "."]);
    expect(archive.length).toBeLessThan(6_000_000);
    const ours = readTar(archive);
    expect(ours.troubles).toEqual([]);
    expect(ours.entries.map(row)).toEqual(listedByTar(archive));
    for (const it of ours.entries.filter((one) => one.kind === "file"))
      expect([it.path, it.sha, it.size]).toEqual([it.path, shaOf(at(it.path)), statSync(at(it.path)).size]);
    expect(readTar(archive, 700)).toEqual(ours);
    const stored = storedLayer(archive);
    expect(stored).toEqual(passedLayer(archive, 7_777));
    expect(stored.rows.filter((it) => it.endsWith("unknown"))).toEqual([]);
  });

  it.each(["gnu", "pax"])("beyond 8 GiB: %s", (format) => {
    const inner = enter("huge");
    sparse("huge", 9 * 2 ** 30 + 1, [4_096]);
    writeFileSync(at("plain"), "after");
    const archive = tar(["-C", inner, "--sparse", "--sort=name", `--format=${format}`, "-cf", "-", "."]);
    const ours = readTar(archive);
    expect(ours.entries.map(row)).toEqual(listedByTar(archive));
    expect(ours.entries.find((it) => it.path === "huge")?.size).toBe(9 * 2 ** 30 + 1);
    // Its holes are more than is worth reading: the size is known, the content is not.
    expect(storedLayer(archive)).toEqual(passedLayer(archive));
  });

  it.each([
    ["times taken from global headers", ["--pax-option=globexthdr.name=g,mtime=12345"]],
    ["times in each header", ["--pax-option=mtime:=1.5,atime:=2.5"]],
    ["global and own names", ["--pax-option=comment=all"]],
    ["one name for all", ["--pax-option=path=same"]],
    ["one name for each", ["--pax-option=path:=own"]],
    ["a deleted keyword", ["--pax-option=delete=*time"]],
  ])("pax with %s", (_, words) => {
    const inner = enter("pax");
    for (const name of ["a", "b"]) writeFileSync(at(name), name.repeat(600));
    const archive = tar(["-C", inner, "--format=pax", ...words, "-cf", "-", "."]);
    const ours = readTar(archive);
    expect(ours.troubles).toEqual([]);
    expect(ours.entries.map(row)).toEqual(listedByTar(archive));
  });

  it("cut short at any place keep what is before it, and say where", () => {
    const inner = enter("cut");
    for (const [name, size] of [
      ["a", 700],
      ["b".repeat(200), 5],
      ["c", 1_500],
    ] as const)
      writeFileSync(at(name), "x".repeat(size));
    for (const format of ["gnu", "pax"]) {
      const archive = tar(["-C", inner, `--format=${format}`, "--sort=name", "-cf", "-", "."]);
      const whole = readTar(archive);
      const end = archive.length - archive.findLastIndex((it) => it !== 0);
      for (let length = 0; length < archive.length - end; length += 61) {
        const cut = archive.subarray(0, length);
        const { entries, troubles } = readTar(cut, 300);
        expect(entries.map(row)).toEqual(whole.entries.slice(0, entries.length).map(row));
        const onBoundary = troubles.length === 0;
        // Without its empty blocks an archive ends where an entry does.
        expect([length, onBoundary]).toEqual([length, onBoundary && length % 512 === 0]);
        if (!onBoundary) expect(troubles.join()).toContain(`at byte ${length}`);
        expect(storedLayer(cut)).toEqual(passedLayer(cut, 300));
      }
    }
  });
});
