/** dive's numbers by dive's rules (its filetree/efficiency.go), for users who compare; docs/numbers.md says how ours differ. */
import { type Bytes, bytes } from "../size/bytes.ts";
import { type Layer, whiteoutKind, whiteoutTarget } from "./layer.ts";

export interface DiveNumbers {
  /** 1 is best; null for an image without bytes. */
  readonly efficiency: number | null;
  readonly wastedBytes: Bytes;
  /** Of all layers but the lowest; null where they hold nothing. */
  readonly userWastedPercent: number | null;
}

interface PathRecord {
  sum: number;
  least: number;
  count: number;
}

export function diveNumbers(layers: readonly Layer[]): DiveNumbers {
  const records = new Map<string, PathRecord>();
  /** Files as stacked up to the layer below. */
  const stacked = new Map<string, number>();
  let upper = 0;
  layers.forEach(({ entries }, index) => {
    const seen = new Map<string, number>();
    const removed: string[] = [];
    for (const it of entries) {
      if (it.kind === "directory") continue;
      if (whiteoutKind(it.path) === "whiteout") {
        const target = whiteoutTarget(it.path);
        removed.push(target);
        seen.set(target, stacked.has(target) ? 0 : sumBelow(stacked, `${target}/`));
      } else if (whiteoutKind(it.path) === "none") seen.set(it.path, it.kind === "file" ? it.bytes : 0);
    }
    for (const [path, size] of seen) {
      const record = records.get(path) ?? { sum: 0, least: Number.POSITIVE_INFINITY, count: 0 };
      record.sum += size;
      record.least = Math.min(record.least, size);
      record.count += 1;
      records.set(path, record);
    }
    for (const target of removed) {
      if (stacked.delete(target)) continue;
      for (const path of stacked.keys()) if (path.startsWith(`${target}/`)) stacked.delete(path);
    }
    for (const it of entries) {
      if (it.kind !== "file") continue;
      stacked.set(it.path, it.bytes);
      if (index > 0) upper += it.bytes;
    }
  });
  let [sum, least, wasted] = [0, 0, 0];
  for (const record of records.values()) {
    sum += record.sum;
    least += record.least;
    if (record.count > 1) wasted += record.sum;
  }
  return {
    efficiency: sum === 0 ? null : least / sum,
    wastedBytes: bytes(wasted),
    userWastedPercent: upper === 0 ? null : wasted / upper,
  };
}

function sumBelow(stacked: ReadonlyMap<string, number>, prefix: string): number {
  let res = 0;
  for (const [path, size] of stacked) if (path.startsWith(prefix)) res += size;
  return res;
}
