import { describe, expect, it } from "vitest";
import { squarify } from "../../../core/treemap/squarify.ts";
import { tonesOf } from "../../../core/treemap/tones.ts";

const row = (length: number) => Array.from({ length }, (_, x) => ({ x, y: 0, width: 1, height: 1 }));

describe("colours of boxes", () => {
  it("are as wished where no neighbour has the same", () => {
    expect(tonesOf(row(3), [0, 1, 0], 6)).toEqual([0, 1, 0]);
  });

  it("are the next ones where a neighbour has it", () => {
    expect(tonesOf(row(3), [2, 8, 2], 6)).toEqual([2, 3, 2]);
  });

  it("do not count a common corner, and leave out who wishes for none", () => {
    const corner = [
      { x: 0, y: 0, width: 1, height: 1 },
      { x: 1, y: 1, width: 1, height: 1 },
    ];
    expect(tonesOf(corner, [4, 4], 6)).toEqual([4, 4]);
    expect(tonesOf(row(3), [1, undefined, 1], 6)).toEqual([1, undefined, 1]);
  });

  it("differ between all neighbours of a layout, however the layers are numbered", () => {
    const weights = Array.from({ length: 40 }, (_, index) => ((index * 37) % 41) + 1);
    const boxes = squarify(weights, { x: 3, y: 7, width: 611, height: 397 });
    const wishes = weights.map((_, index) => index * 6);
    const tones = tonesOf(boxes, wishes, 6);
    const alike = boxes.flatMap((a, i) =>
      boxes.slice(i + 1).filter((b, j) => {
        const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
        const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
        const beside = (across > 1 && down > -0.001) || (down > 1 && across > -0.001);
        return beside && tones[i] === tones[i + 1 + j];
      }),
    );
    expect(alike).toEqual([]);
  });
});
