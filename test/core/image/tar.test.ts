import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TarReader } from "../../../core/image/tar.ts";
import { namedText } from "../../../core/text/utf8.ts";

interface Read {
  path: string;
  kind: string;
  size: number;
  stored: number;
  link: string;
  body: number;
}

function read(archive: Uint8Array, piece: number): { entries: Read[]; troubles: readonly string[] } {
  const entries: Read[] = [];
  const reader = new TarReader({
    entry: ({ name, kind, size, stored, link }) =>
      entries.push({ path: namedText(name), kind, size, stored, link: namedText(link), body: 0 }),
    body: (it) => {
      const last = entries.at(-1);
      if (last !== undefined) last.body += it.length;
    },
    end: () => {},
  });
  for (let at = 0; at < archive.length; at += piece) reader.push(archive.subarray(at, at + piece));
  reader.finish();
  return { entries, troubles: reader.troubles };
}

describe("tar archives of GNU tar", () => {
  let folder = "";
  const long = `${"d".repeat(120)}/${"f".repeat(120)}`;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-tar-"));
    mkdirSync(join(folder, "in", "d".repeat(120)), { recursive: true });
    writeFileSync(join(folder, "in", long), "x".repeat(700));
    writeFileSync(join(folder, "in", "ä ö.txt"), "y".repeat(512));
    writeFileSync(join(folder, "in", "empty"), "");
    execFileSync("ln", [join(folder, "in", "empty"), join(folder, "in", "hard")]);
    execFileSync("ln", ["-s", "empty", join(folder, "in", "soft")]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(["gnu", "pax", "posix"])("are read in any pieces: %s", (format) => {
    const archive = execFileSync("tar", ["-C", join(folder, "in"), `--format=${format}`, "-cf", "-", "."]);
    const whole = read(archive, archive.length);
    expect(whole.troubles).toEqual([]);
    const sizes = Object.fromEntries(
      whole.entries.filter((it) => it.kind === "file").map((it) => [it.path, it.size]),
    );
    expect(sizes[long]).toBe(700);
    expect(sizes["ä ö.txt"]).toBe(512);
    expect(whole.entries.every((it) => it.body === it.size)).toBe(true);
    expect(whole.entries.filter((it) => it.kind === "hardlink").length).toBe(1);
    expect(whole.entries.find((it) => it.kind === "symlink")?.link).toBe("empty");
    for (const piece of [1, 7, 511, 513]) expect(read(archive, piece)).toEqual(whole);
  });

  it("that end too early keep what was read and say where", () => {
    const archive = execFileSync("tar", ["-C", join(folder, "in"), "-cf", "-", "."]);
    const { troubles, entries } = read(archive.subarray(0, 1_700), 100);
    expect(troubles.join()).toMatch(/ends in the middle .* byte 1700/);
    expect(entries.length).toBeGreaterThan(0);
  });

  it("never throw on noise, and end", () => {
    let state = 42;
    const next = (): number => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return state;
    };
    const archive = execFileSync("tar", ["-C", join(folder, "in"), "--format=pax", "-cf", "-", "."]);
    for (let round = 0; round < 300; round += 1) {
      const broken = Uint8Array.from(archive);
      for (let flips = 0; flips < 20; flips += 1) broken[next() % broken.length] = next() & 255;
      expect(() => read(broken, 997)).not.toThrow();
    }
  });
});
