import type { Box } from "./squarify.ts";

/**
 * A colour for each box, as a number below `count`: the one it wishes for, unless a neighbour has that one; undefined
 * where it wishes for none. With more neighbours than colours it takes what it wishes for.
 */
export function tonesOf(
  boxes: readonly Box[],
  wishes: readonly (number | undefined)[],
  count: number,
): readonly (number | undefined)[] {
  const res: (number | undefined)[] = [];
  boxes.forEach((box, index) => {
    const wish = wishes[index];
    if (wish === undefined) {
      res.push(undefined);
      return;
    }
    const taken = new Set(res.filter((_, other) => touch(box, boxes[other] ?? box)));
    const order = Array.from({ length: count }, (_, step) => (wish + step) % count);
    res.push(order.find((tone) => !taken.has(tone)) ?? wish % count);
  });
  return res;
}

/** In pixels: sides that meet differ by what rounding leaves. */
const nearly = 0.01;

/** They share a part of a side; a common corner is none. */
function touch(a: Box, b: Box): boolean {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > -nearly && down > -nearly && Math.max(across, down) > nearly;
}
