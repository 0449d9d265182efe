import { describe, expect, it } from "vitest";
import { applyEdits } from "../../../core/text/edit.ts";
import { editsBetween } from "../../../core/text/line-diff.ts";

describe("editsBetween", () => {
  it("touches only the lines that differ", () => {
    expect(editsBetween("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n")).toEqual([
      { at: { start: 2, end: 4 }, insert: "B\n" },
      { at: { start: 8, end: 8 }, insert: "e\n" },
    ]);
    expect(editsBetween("a\n", "a\n")).toEqual([]);
  });

  it("leads from any text to any other", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const breaks = ["\n", "\r\n", ""];
    const text = (): string =>
      Array.from(
        { length: random(12) },
        () => "abc"[random(3)] + breaks[random(20) === 0 ? 2 : random(2)]!,
      ).join("");
    for (let round = 0; round < 2000; round += 1) {
      const [before, after] = [text(), text()];
      expect(applyEdits(before, editsBetween(before, after))).toBe(after);
    }
  });

  it("stays quick on texts that share nothing", () => {
    const before = Array.from({ length: 20_000 }, (_, at) => `old ${at}\n`).join("");
    const after = Array.from({ length: 20_000 }, (_, at) => `new ${at}\n`).join("");
    expect(applyEdits(before, editsBetween(before, after))).toBe(after);
  });
});
