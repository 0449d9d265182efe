import { describe, expect, it } from "vitest";
import { squarify } from "../../../core/treemap/squarify.ts";

const box = { x: 10, y: 20, width: 300, height: 200 };

describe("the layout", () => {
  it.each([
    [[1]],
    [[6, 6, 4, 3, 2, 2, 1]],
    [[1e9, 1, 1, 1]],
    [Array.from({ length: 500 }, (_, index) => index + 1)],
  ])("fills the box with areas of the weights: %j", (weights) => {
    const boxes = squarify(weights, box);
    const total = weights.reduce((sum, it) => sum + it, 0);
    boxes.forEach((it, index) => {
      expect(it.width * it.height).toBeCloseTo(((weights[index] ?? 0) / total) * 60_000, 3);
      expect(it.x).toBeGreaterThanOrEqual(10 - 1e-6);
      expect(it.y + it.height).toBeLessThanOrEqual(220 + 1e-6);
    });
  });

  it("gives what has no weight an empty box, and never NaN", () => {
    for (const weights of [[], [0, 0], [Number.NaN, 5, -3]]) {
      for (const it of squarify(weights, box)) expect(Object.values(it).every(Number.isFinite)).toBe(true);
    }
    expect(squarify([0, 5], box)[0]).toMatchObject({ width: 0, height: 0 });
    expect(squarify([1, 2], { ...box, width: 0 })).toHaveLength(2);
  });
});
