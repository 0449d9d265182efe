import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AlikeGroup, notTold } from "../../../core/image/contents.ts";
import {
  claims,
  comparedGroup,
  compareGroup,
  comparisonOf,
  Pieces,
} from "../../../server/engine/image/compare-beside.ts";

describe("contents compared beside", () => {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-compare-"));
  let file = -1;
  const size = 300_000;
  const changed = (at: number): Buffer => {
    const res = Buffer.alloc(size, 1);
    if (at >= 0) res[at] = 2;
    return res;
  };
  const group = (...contents: number[]): AlikeGroup => ({
    size,
    places: contents.map((it) => ({ file, at: it * size })),
  });

  beforeAll(() => {
    const path = join(folder, "contents");
    // Ten contents, the first two equal; each of the others differs from all in one byte.
    writeFileSync(
      path,
      Buffer.concat([-1, -1, 0, 5_000, 40_000, 280_000, 299_999, 7, 8, 9, 10, 11].map(changed)),
    );
    file = openSync(path, "r");
  });
  afterAll(() => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });

  const compared = (...groups: readonly AlikeGroup[]): (number[] | undefined)[] => {
    const it = comparisonOf(groups)!;
    const pieces = new Pieces();
    groups.forEach((_, index) => {
      expect(claims(it, index)).toBe(true);
      compareGroup(it, index, pieces);
    });
    return groups.map((_, index) => {
      const res = comparedGroup(it, index);
      return res === undefined ? undefined : [...res];
    });
  };

  it("are told apart by any byte", () => {
    expect(compared(group(0, 1), group(0, 2, 1, 3, 2), group(6, 5, 4, 6))).toEqual([
      [0, 0],
      [0, 1, 0, 2, 1],
      [0, 1, 2, 0],
    ]);
  });

  it("are not told where too many differ, or one cannot be read", () => {
    expect(compared(group(2, 3, 4, 5, 6, 7, 8, 9, 10))).toEqual([Array(9).fill(notTold)]);
    const closed = {
      size,
      places: [
        { file: 999_999, at: 0 },
        { file, at: 0 },
      ],
    };
    expect(compared(closed, group(0, 1))).toEqual([
      [notTold, notTold],
      [0, 0],
    ]);
  });

  it("are each their own where they end too early", () => {
    expect(compared(group(11, 12, 12))).toEqual([[0, 1, 2]]);
  });

  it("are claimed once, and waited for only where they are claimed", async () => {
    const it = comparisonOf([group(0, 1), group(1, 0)])!;
    expect(comparedGroup(it, 0)).toBeUndefined();
    expect([claims(it, 0), claims(it, 0), claims(it, 1)]).toEqual([true, false, true]);
    const waiting = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
       parentPort.postMessage("waiting");
       while (Atomics.load(workerData.states, 0) === 1) Atomics.wait(workerData.states, 0, 1);
       parentPort.postMessage([...workerData.classes.subarray(0, 2)]);`,
      { eval: true, workerData: it },
    );
    const told = await new Promise((resolve) => {
      waiting.on("message", (message) => {
        if (message === "waiting") compareGroup(it, 0, new Pieces());
        else resolve(message);
      });
    });
    expect(told).toEqual([0, 0]);
    await waiting.terminate();
  });

  it("are left alone where there are none", () => {
    expect(comparisonOf([])).toBeUndefined();
  });
});
