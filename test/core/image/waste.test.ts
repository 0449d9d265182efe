import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { analyzeHere } from "../../../server/engine/image/analyze-here.ts";
import { savedImage } from "../support/saved-image.ts";
import { allInOne, layerTars, type WasteCase, wasteCases } from "../support/waste-cases.ts";

describe("what becomes of each byte", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-waste-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const analysed = async (image: Buffer): Promise<ImageAnalysis> => {
    const path = join(folder, "image.tar");
    writeFileSync(path, image);
    const nobody = { first: () => {}, layer: () => {}, progress: () => {} };
    const res = await analyzeHere({ kind: "archive", path, platform: "" }, nobody, undefined);
    if (!res.ok) throw new Error(res.problem.message);
    return res.analysis;
  };

  it.each(Object.entries({ ...wasteCases(""), "all of these": allInOne() }))("%s", async (_, one) => {
    const image = await savedImage(layerTars(one));
    const found = await analysed(image);
    expect(found.troubles).toEqual([]);
    expect(said(found)).toEqual(truth(one));
    // Packed as a whole it can only be read from one end to the other.
    expect(said(await analysed(gzipSync(image)))).toEqual(truth(one));
    const rows = (list: readonly { bytes: number }[]): number => list.reduce((sum, it) => sum + it.bytes, 0);
    expect([rows(found.packages), rows(found.categories)]).toEqual([one.total, one.total]);
  });

  it("a single layer has no share of its own waste, and no bytes are no waste", async () => {
    const image = async (...layers: Buffer[][]): Promise<ImageAnalysis["diveCompatible"]> =>
      (await analysed(await savedImage(layerTars({ layers })))).diveCompatible;
    const [made] = wasteCases("")["a file made, then deleted"]?.layers ?? [];
    const [empty] = wasteCases("")["an empty file stored again, and deleted"]?.layers ?? [];
    expect(await image([...(made ?? [])])).toEqual({
      efficiency: 1,
      wastedBytes: 0,
      userWastedPercent: null,
    });
    expect(await image([...(empty ?? [])])).toEqual({
      efficiency: 1,
      wastedBytes: 0,
      userWastedPercent: null,
    });
    expect(await image([...(made ?? [])], [])).toEqual({
      efficiency: 1,
      wastedBytes: 0,
      userWastedPercent: null,
    });
  });
});

const byPath = (a: { path: string; layer: number }, b: { path: string; layer: number }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.layer - b.layer;

function said({ bytes, layers, hidden }: ImageAnalysis): unknown {
  const { wasted } = bytes;
  return {
    total: bytes.layers,
    visible: bytes.visible,
    waste: wasted.deleted + wasted.overwritten + wasted.metadataOnly,
    wasted,
    duplicated: bytes.duplicated,
    hidden: [...hidden].sort(byPath),
    layers: layers.map((it) => ({ wasted: it.wasted, hides: it.hides })),
  };
}

function truth({ layers, total, hidden, duplicated = 0 }: WasteCase): unknown {
  const sums = (of: (it: WasteCase["hidden"][number]) => boolean): Record<string, number> => {
    const res = { deleted: 0, overwritten: 0, metadataOnly: 0 };
    for (const it of hidden.filter(of)) res[it.kind] += it.bytes;
    return res;
  };
  const waste = hidden.reduce((sum, it) => sum + it.bytes, 0);
  return {
    total,
    visible: total - waste,
    waste,
    wasted: sums(() => true),
    duplicated,
    hidden: [...hidden].sort(byPath),
    layers: layers.map((_, index) => ({
      wasted: sums((it) => it.layer === index),
      hides: sums((it) => it.hiddenBy === index),
    })),
  };
}
