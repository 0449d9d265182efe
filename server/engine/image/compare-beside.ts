import { readSync } from "node:fs";
import { type AlikeGroup, type Classes, classesOf, notTold } from "../../../core/image/contents.ts";

/**
 * Files of equal size to be compared by two threads at once: each group is claimed by whoever comes first. Memory that
 * both share; descriptors are the process's.
 */
export interface Comparison {
  /** By group: size of its files, and the first of them in `files`; one more for the end. */
  readonly sizes: Float64Array;
  readonly starts: Uint32Array;
  /** By file: descriptor and place. */
  readonly files: Float64Array;
  /** By group: 0 not claimed, 1 claimed, 2 done. */
  readonly states: Int32Array<SharedArrayBuffer>;
  /** By file, once its group is done: `Classes`. */
  readonly classes: Uint8Array<SharedArrayBuffer>;
}

/** More are compared by one thread alone. */
const mostFiles = 1 << 18;

/** Undefined where there is nothing that both threads can read. */
export function comparisonOf(groups: readonly AlikeGroup[]): Comparison | undefined {
  const taken: AlikeGroup[] = [];
  let count = 0;
  for (const it of groups) {
    count += it.places.length;
    if (count > mostFiles) break;
    taken.push(it);
  }
  if (taken.length === 0) return undefined;
  const starts = new Uint32Array(taken.length + 1);
  taken.forEach(({ places }, group) => {
    starts[group + 1] = (starts[group] ?? 0) + places.length;
  });
  const files = new Float64Array(2 * (starts[taken.length] ?? 0));
  taken
    .flatMap((it) => it.places)
    .forEach(({ file, at }, index) => {
      files.set([file, at], 2 * index);
    });
  return {
    sizes: Float64Array.from(taken, (it) => it.size),
    starts,
    files,
    states: new Int32Array(new SharedArrayBuffer(4 * taken.length)),
    classes: new Uint8Array(new SharedArrayBuffer(starts[taken.length] ?? 0)),
  };
}

/** Whether this thread is the one that is to compare the group. */
export const claims = ({ states }: Comparison, group: number): boolean =>
  Atomics.compareExchange(states, group, 0, 1) === 0;

/** Of a group that this thread has claimed. Never throws: what cannot be read is left to the other thread. */
export function compareGroup(it: Comparison, group: number, pieces: Pieces): void {
  const [start = 0, end = 0] = it.starts.subarray(group, group + 2);
  try {
    it.classes.set(classesWithin(it, group, end - start, pieces), start);
  } catch {
    it.classes.fill(notTold, start, end);
  }
  Atomics.store(it.states, group, 2);
  Atomics.notify(it.states, group);
}

/** Waits for the other thread where that has claimed it; undefined: nobody has. */
export function comparedGroup(it: Comparison, group: number): Classes | undefined {
  if (Atomics.load(it.states, group) === 0) return undefined;
  while (Atomics.load(it.states, group) === 1) Atomics.wait(it.states, group, 1);
  return Uint8Array.from(it.classes.subarray(it.starts[group], it.starts[group + 1]));
}

/** What is read of two files at a time. */
export class Pieces {
  readonly left = Buffer.alloc(pieceLength);
  readonly right = Buffer.alloc(pieceLength);
}

const pieceLength = 1 << 18;

function classesWithin(it: Comparison, group: number, count: number, pieces: Pieces): Classes {
  const first = it.starts[group] ?? 0;
  const read = (file: number, start: number, length: number, into: Buffer): Buffer | undefined => {
    const [descriptor = -1, at = 0] = it.files.subarray(2 * (first + file), 2 * (first + file) + 2);
    let done = 0;
    while (done < length) {
      const piece = readSync(descriptor, into, done, length - done, at + start + done);
      if (piece === 0) return undefined;
      done += piece;
    }
    return into.subarray(0, length);
  };
  return classesOf(count, it.sizes[group] ?? 0, pieceLength, (a, b, start, length) => {
    const left = read(a, start, length, pieces.left);
    const right = left && read(b, start, length, pieces.right);
    return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0;
  });
}
