import { describe, expect, it } from "vitest";
import { randomFrom } from "../support/random.ts";
import { passedLayer, readTar, storedLayer } from "../support/read-tar.ts";
import { archive, base256, file, head, oldSparse, padded, pax, summed } from "../support/tar-maker.ts";

describe("thousands of archives with faults", () => {
  const parts: readonly Buffer[] = [
    head({ name: "d/", flag: "5" }),
    file("d/a", "x".repeat(700)),
    Buffer.concat([
      pax({ path: `d/${"p".repeat(150)}`, mtime: "1.5", "SCHILY.xattr.user.x": "y" }),
      file("short", "x".repeat(512)),
    ]),
    Buffer.concat([
      file("././@LongLink", `d/${"g".repeat(200)}\0`, { flag: "L" }),
      file("cut", "x".repeat(5)),
    ]),
    head({ name: "d/h", flag: "1", link: "d/a" }),
    head({ name: "d/s", flag: "2", link: "a" }),
    Buffer.concat([oldSparse([512, 512, 2_048, 100], 4_096, 612), padded("s".repeat(612))]),
    Buffer.concat([
      pax({
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "d/one",
        "GNU.sparse.realsize": "3000",
      }),
      file("x", Buffer.concat([padded("1\n100\n600\n"), Buffer.alloc(600, "z")])),
    ]),
    Buffer.concat([
      pax({
        "GNU.sparse.size": "900",
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.offset": "10",
        "GNU.sparse.numbytes": "20",
      }),
      file("d/zero", "x".repeat(20)),
    ]),
    head({ name: "d/dev", flag: "3" }),
    file("d/.wh.gone", ""),
    file("d/big", "x".repeat(3_000), { size: base256(3_000n) }),
  ];
  const sound = archive(...parts);
  const whole = readTar(sound);
  /** By entry: where its first header stands, and where the next begins. */
  const places = parts.map((it, index) => {
    const start = parts.slice(0, index).reduce((sum, one) => sum + one.length, 0);
    return { start, end: start + it.length };
  });
  it("are sound to begin with", () => {
    expect(whole.troubles).toEqual([]);
    expect(whole.entries).toHaveLength(parts.length);
    expect(passedLayer(sound).rows.filter((it) => it.endsWith("unknown"))).toEqual([]);
  });

  it.each<[string, (bytes: Buffer, next: () => number) => number]>([
    [
      "bytes anywhere",
      (bytes, next) => {
        let first = bytes.length;
        for (let count = 1 + (next() % 20); count > 0; count -= 1) {
          const at = next() % (bytes.length - 1_024);
          bytes[at] = next() & 255;
          first = Math.min(first, at);
        }
        return first;
      },
    ],
    [
      "a header that is right in itself",
      (bytes, next) => {
        const { start } = places[next() % places.length]!;
        const header = bytes.subarray(start, start + 512);
        for (let count = 1 + (next() % 4); count > 0; count -= 1) {
          const [at, length] = fields[next() % fields.length]!;
          const kind = next() % 4;
          for (let offset = 0; offset < length; offset += 1)
            header[at + offset] =
              kind === 0 ? 0x30 + (next() & 7) : kind === 1 ? 0xff : kind === 2 ? next() & 255 : 0;
        }
        summed(header);
        return start;
      },
    ],
    [
      "records of extended headers",
      (bytes, next) => {
        const extendeds = places.filter(({ start }) =>
          "xL".includes(String.fromCharCode(bytes[start + 156] ?? 0)),
        );
        const { start } = extendeds[next() % extendeds.length]!;
        for (let count = 1 + (next() % 6); count > 0; count -= 1)
          bytes[start + 512 + (next() % 90)] =
            Buffer.from("0123456789 =\nxGS.,\0\xff", "latin1")[next() % 20] ?? 0;
        return start;
      },
    ],
    [
      "blocks that stand elsewhere",
      (bytes, next) => {
        const blocks = bytes.length / 512;
        const [from, to] = [next() % blocks, next() % blocks];
        bytes.copy(bytes, to * 512, from * 512, from * 512 + 512);
        return to * 512;
      },
    ],
  ])("%s", (_, change) => {
    for (let seed = 1; seed <= 800; seed += 1) {
      const next = randomFrom(seed);
      const bytes = Buffer.from(sound);
      const first = change(bytes, next);
      const length = next() % 4 === 0 ? next() % bytes.length : bytes.length;
      const cut = bytes.subarray(0, length);
      const got = readTar(cut, 1 + (next() % 1_000));
      const untouched = places.filter((it) => it.end <= Math.min(first, length)).length;
      expect([seed, got.entries.slice(0, untouched)]).toEqual([seed, whole.entries.slice(0, untouched)]);
      if (seed % 10 === 0) expect([seed, storedLayer(cut)]).toEqual([seed, passedLayer(cut, 999)]);
    }
  });

  it("any one broken header costs its own file alone", () => {
    parts.forEach((part, index) => {
      for (let at = 0; at < 512; at += 3) {
        const bytes = Buffer.from(sound);
        const { start } = places[index]!;
        bytes[start + at] = (bytes[start + at] ?? 0) ^ 1;
        const { entries, troubles } = readTar(bytes);
        // Filling and the end of the checksum's own field mean nothing.
        if (troubles.length === 0) {
          expect(at).toBeGreaterThanOrEqual(148);
          expect(entries).toHaveLength(parts.length);
          continue;
        }
        expect(troubles).toEqual([`no tar header at byte ${start}`]);
        const isSpecial = "xL".includes(String.fromCharCode(part[156] ?? 0));
        const others = whole.entries.filter((_it, other) => other !== index);
        const found = isSpecial ? entries.filter((_it, other) => other !== index) : entries;
        expect(found).toEqual(others);
      }
    });
  });
});

/** Places and lengths: name, mode, size, checksum, flag, link, magic, prefix, sparse parts and size. */
const fields: readonly (readonly [number, number])[] = [
  [0, 100],
  [0, 4],
  [124, 12],
  [124, 1],
  [156, 1],
  [157, 100],
  [257, 8],
  [345, 155],
  [386, 24],
  [482, 1],
  [483, 12],
];
