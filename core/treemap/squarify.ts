/**
 * Squarified treemap layout (Bruls, Huizing, van Wijk 2000): weights in, boxes of those areas out, near to square.
 *
 * Invariant: deterministic; boxes keep the order of the weights, do not overlap and fill the box; weights that are not
 * positive get empty boxes.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function squarify(weights: readonly number[], box: Box): readonly Box[] {
  const res: Box[] = weights.map(() => ({ x: box.x, y: box.y, width: 0, height: 0 }));
  const order = weights
    .map((weight, index) => ({ weight, index }))
    .filter(({ weight }) => weight > 0 && Number.isFinite(weight))
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  const total = order.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0 || !(box.width > 0) || !(box.height > 0)) return res;
  const scale = (box.width * box.height) / total;
  let free = box;
  for (let at = 0; at < order.length; ) {
    const side = Math.min(free.width, free.height);
    const row = rowFrom(order, at, side, scale);
    const area = row.reduce((sum, { weight }) => sum + weight, 0) * scale;
    const isLast = at + row.length === order.length;
    free = placeRow(row, area, free, scale, isLast, res);
    at += row.length;
  }
  return res;
}

interface Weighted {
  readonly weight: number;
  readonly index: number;
}

/** As many as make the row's worst proportion better. */
function rowFrom(order: readonly Weighted[], from: number, side: number, scale: number): readonly Weighted[] {
  let sum = 0;
  let largest = 0;
  let worst = Number.POSITIVE_INFINITY;
  let end = from;
  for (; end < order.length; end += 1) {
    const area = (order[end]?.weight ?? 0) * scale;
    const nextSum = sum + area;
    largest = Math.max(largest, area);
    // Weights fall, so the last is the smallest.
    const next = Math.max(
      (side * side * largest) / (nextSum * nextSum),
      (nextSum * nextSum) / (side * side * area),
    );
    if (end > from && next > worst) break;
    worst = next;
    sum = nextSum;
  }
  return order.slice(from, end);
}

function placeRow(
  row: readonly Weighted[],
  area: number,
  free: Box,
  scale: number,
  isLast: boolean,
  into: Box[],
): Box {
  const isWide = free.width >= free.height;
  const side = isWide ? free.height : free.width;
  const depth = isLast ? (isWide ? free.width : free.height) : area / side;
  let at = 0;
  row.forEach(({ weight, index }, place) => {
    const length = place === row.length - 1 ? side - at : (weight * scale) / depth;
    into[index] = isWide
      ? { x: free.x, y: free.y + at, width: depth, height: length }
      : { x: free.x + at, y: free.y, width: length, height: depth };
    at += length;
  });
  return isWide
    ? { x: free.x + depth, y: free.y, width: Math.max(0, free.width - depth), height: free.height }
    : { x: free.x, y: free.y + depth, width: free.width, height: Math.max(0, free.height - depth) };
}
