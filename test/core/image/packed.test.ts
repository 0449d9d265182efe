import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { analyzeHere } from "../../../server/engine/image/analyze-here.ts";
import { ZstdFrames } from "../../../server/engine/image/zstd-frames.ts";
import { blobOf, configOf, digestOf, rawTarOf, savedImage } from "../support/saved-image.ts";
import { archive, file } from "../support/tar-maker.ts";
import { allInOne, layerTars } from "../support/waste-cases.ts";

interface Frame {
  readonly single?: boolean;
  /** Instead of the content's own. */
  readonly size?: bigint;
  readonly window?: number;
  /** Bytes of a block. */
  readonly step?: number;
}

/** One frame of blocks that are stored as they are; a block of one byte is stored once. */
function zstd(
  content: Buffer,
  { single = false, size = BigInt(content.length), window = 0x50, step = 100_000 }: Frame = {},
): Buffer {
  const sized = Buffer.alloc(8);
  sized.writeBigUInt64LE(size);
  const parts: Buffer[] = [
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc0 | (single ? 0x20 : 0)]),
    ...(single ? [] : [Buffer.from([window])]),
    sized,
  ];
  for (let at = 0; at < content.length || at === 0; at += step) {
    const block = content.subarray(at, at + step);
    const isLast = at + step >= content.length;
    const isOneByte = block.length > 1 && block.every((it) => it === block[0]);
    const word = (block.length << 3) | (isOneByte ? 2 : 0) | (isLast ? 1 : 0);
    parts.push(
      Buffer.from([word & 255, (word >> 8) & 255, word >> 16]),
      isOneByte ? block.subarray(0, 1) : block,
    );
  }
  return Buffer.concat(parts);
}

function skippable(length: number, content = Buffer.alloc(length, "s")): Buffer {
  const head = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, content]);
}

const halves = (it: Buffer): [Buffer, Buffer] => [
  it.subarray(0, it.length >> 1),
  it.subarray(it.length >> 1),
];

const packings: Record<string, (it: Buffer) => Buffer> = {
  plain: (it) => it,
  gzip: (it) => gzipSync(it),
  "gzip of several members, as eStargz has": (it) => Buffer.concat(halves(it).map((half) => gzipSync(half))),
  zstd: (it) => zstd(it),
  "zstd in one segment": (it) => zstd(it, { single: true }),
  "zstd of several frames, with others between, as zstd:chunked has": (it) =>
    Buffer.concat([skippable(3), ...halves(it).flatMap((half) => [zstd(half), skippable(70_000)])]),
};

/** What the program of that name makes, where it is there. */
const hasZstd = spawnSync("zstd", ["--version"]).status === 0;
if (hasZstd) {
  for (const level of ["-1", "-19", "--long=24"])
    packings[`zstd ${level}`] = (it) =>
      spawnSync("zstd", ["-q", "-c", level], { input: it, maxBuffer: 1 << 28 }).stdout;
}

describe("packed layers", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-packed-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const analysed = async (path: string): Promise<ImageAnalysis> => {
    const nobody = { first: () => {}, layer: () => {}, progress: () => {} };
    const res = await analyzeHere({ kind: "archive", path, platform: "" }, nobody, undefined);
    if (!res.ok) throw new Error(res.problem.message);
    return res.analysis;
  };
  const inArchive = (bytes: Buffer): Promise<ImageAnalysis> => {
    const path = join(folder, "image.tar");
    writeFileSync(path, bytes);
    return analysed(path);
  };
  const inLayout = async (plain: readonly Buffer[], packed: readonly Buffer[]): Promise<ImageAnalysis> => {
    const layout = mkdtempSync(join(folder, "layout-"));
    for (const [path, content] of layoutOf(plain, packed)) {
      mkdirSync(dirname(join(layout, path)), { recursive: true });
      writeFileSync(join(layout, path), content);
    }
    return await analysed(layout);
  };

  const plain = layerTars(allInOne());
  it.each(Object.entries(packings))("%s: in archives, in layouts and around the whole", async (_, pack) => {
    const truth = bare(await inArchive(await savedImage(plain)));
    expect(truth.bytes.layers).toBeGreaterThan(10_000);
    const packed = plain.map(pack);
    expect(bare(await inLayout(plain, packed))).toEqual(truth);
    expect(bare(await inArchive(await rawTarOf(layoutOf(plain, packed))))).toEqual(truth);
    expect(bare(await inArchive(pack(await rawTarOf(layoutOf(plain, packed)))))).toEqual(truth);
  });

  const noise = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 2_654_435_761) % 251));
  const layer = archive(file("first", "1"), file("second", noise), file("third", "3"));
  it.each(["gzip", "zstd"])("that end too early, or are broken, keep what was read: %s", async (kind) => {
    const whole = packings[kind]?.(layer) ?? layer;
    for (const broken of [whole.subarray(0, whole.length - 40_000), damaged(whole)]) {
      const found = await inLayout([layer], [broken]);
      expect(found.layers[0]?.files).toBeGreaterThanOrEqual(
        kind === "gzip" || broken.length < whole.length ? 1 : 0,
      );
      expect(found.troubles.map((it) => it.why).join()).toMatch(/compression is broken|ends in the middle/);
    }
  });

  it.each<[string, Buffer]>([
    ["a window of 2 GB", zstd(layer, { window: 0xa8 })],
    ["one segment of a gigabyte", zstd(layer, { single: true, size: 1n << 30n })],
    ["one segment of no number's size", zstd(layer, { single: true, size: (1n << 64n) - 1n })],
    ["a later frame's window", Buffer.concat([zstd(layer), zstd(layer, { window: 0xff })])],
    ["blocks of a byte each that move a large window", zstd(layer, { window: 0x88, step: 1 })],
    [
      "a window behind a frame without data",
      Buffer.concat([skippable(100_000), zstd(layer, { window: 0xa8 })]),
    ],
  ])("that ask for too much memory are refused: %s", async (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    const found = await inLayout([layer], [bytes]);
    expect(found.troubles.map((it) => it.why).join()).toMatch(/128 MiB|too much memory|too large|window/i);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
  });

  it("frames are followed through pieces of any size", () => {
    const stream = Buffer.concat([
      zstd(layer),
      skippable(9),
      zstd(layer, { single: true }),
      zstd(layer, { window: 0xa8 }),
    ]);
    const end = stream.length - (zstd(layer).length - 14);
    for (const piece of [1, 7, 1_000, stream.length]) {
      const frames = new ZstdFrames();
      let passed = 0;
      while (passed < stream.length && frames.push(stream.subarray(passed, passed + piece))) passed += piece;
      expect(passed).toBe(Math.floor((end - 1) / piece) * piece);
    }
  });
});

function damaged(whole: Buffer): Buffer {
  const res = Buffer.from(whole);
  // The type of a block that is none, or what a code of deflate never is.
  res.fill(0xff, res.length >> 1, Math.min(res.length, (res.length >> 1) + 120_000));
  return res;
}

function layoutOf(plain: readonly Buffer[], packed: readonly Buffer[]): Map<string, Buffer> {
  const config = configOf(plain);
  const described = (it: Buffer): object => ({ digest: `sha256:${digestOf(it)}`, size: it.length });
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, config: described(config), layers: packed.map(described) }),
  );
  const index = { schemaVersion: 2, manifests: [described(manifest)] };
  return new Map([
    ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ["index.json", Buffer.from(JSON.stringify(index))],
    ...[config, manifest, ...packed].map((it): [string, Buffer] => [blobOf(it), it]),
  ]);
}

/** What does not depend on the way to it. */
const bare = ({ bytes, layers, packages, categories, hidden, diveCompatible, troubles }: ImageAnalysis) => ({
  bytes,
  layers,
  packages,
  categories,
  hidden,
  diveCompatible,
  troubles,
});
