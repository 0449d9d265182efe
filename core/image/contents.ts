/**
 * Which files have equal contents, looking at no more than can matter: files of equal size that are both visible, or
 * one in the other's place. First their hashes where they are known, else their first bytes (or a checksum), their last,
 * the whole.
 */
import { addBytes, type Bytes, bytes, noBytes } from "../size/bytes.ts";
import type { FileVersions } from "./file-versions.ts";
import { fingerprinted, fingerprintOf, isEqual } from "./fingerprint.ts";
import type { LayerContents, Place } from "./layer.ts";

const none = 0xffff_ffff;
const little = 4_096;
/** Contents that differ late are told apart by hashes rather than each with each. */
const mostClasses = 8;

/** Whether two pieces of equal length are equal. */
export type IsEqual = (a: Uint8Array, b: Uint8Array) => boolean;

/** Files of equal size, first and last bytes, each of which lies somewhere in one piece. */
export interface AlikeGroup {
  readonly size: number;
  readonly places: readonly Place[];
}

/** By file of a group: a number, equal for equal contents, or `notTold` for all of them. */
export type Classes = Uint8Array;
export const notTold = 0xff;

/**
 * Somebody who compares groups while other work goes on; what is answered tells by a group's number what was found, or
 * undefined where nobody has looked at it, and then nobody will.
 */
export type CompareBeside = (groups: readonly AlikeGroup[]) => (group: number) => Classes | undefined;

/**
 * Sets the contents of the files, and what their twins tell of what hid them, once the answer is called: until then
 * nothing is known, and only `beside` is at work. `contents`: by layer.
 */
export function settleContents(
  files: FileVersions,
  contents: readonly LayerContents[],
  equal: IsEqual = isEqual,
  beside?: CompareBeside,
): () => void {
  const settler = new Settler(files, contents, equal);
  for (const group of groupsOfEqualSize(files)) settler.settle(group);
  settler.begin(beside);
  return () => {
    settler.compare();
    settleTwins(files);
  };
}

function settleTwins(files: FileVersions): void {
  for (let at = 0; at < files.count; at += 1) {
    const twin = files.twinOf(at);
    if (twin === undefined) continue;
    const content = files.contentOf(at);
    const isSame = files.sizeOf(at) === 0 || (content !== undefined && content === files.contentOf(twin));
    if (isSame) files.hide(at, "metadataOnly", files.hiddenBy(at), twin);
  }
}

/** Over groups of visible, non-empty entries of equal content, all but one of each. */
export function duplicatedBytes(files: FileVersions): Bytes {
  const seen = new Set<number>();
  let res = noBytes;
  for (let at = 0; at < files.count; at += 1) {
    const content = files.contentOf(at);
    if (content === undefined || files.isHidden(at)) continue;
    if (seen.has(content)) res = addBytes(res, bytes(files.sizeOf(at)));
    else seen.add(content);
  }
  return res;
}

function* groupsOfEqualSize(files: FileVersions): Iterable<readonly number[]> {
  const next = new Uint32Array(files.count).fill(none);
  const matters = new Uint8Array(files.count);
  for (let at = 0; at < files.count; at += 1) {
    const twin = files.twinOf(at);
    if (!files.isHidden(at)) matters[at] = 1;
    if (twin !== undefined) {
      matters[at] = 1;
      matters[twin] = 1;
    }
  }
  const heads = new Map<number, number>();
  for (let at = files.count - 1; at >= 0; at -= 1) {
    const size = files.sizeOf(at);
    if (matters[at] === 0 || size === 0) continue;
    next[at] = heads.get(size) ?? none;
    heads.set(size, at);
  }
  for (const head of heads.values()) {
    if (next[head] === none) continue;
    const group: number[] = [];
    for (let at = head; at !== none; at = next[at] ?? none) group.push(at);
    yield group;
  }
}

class Settler {
  readonly #files: FileVersions;
  readonly #contents: readonly LayerContents[];
  readonly #equal: IsEqual;
  readonly #left = new Uint8Array(1 << 18);
  #last = 0;
  /** Files of equal size that are as good as equal, to be looked at as a whole. */
  readonly #alike: (readonly number[])[] = [];
  /** By group: what was found beside. */
  #told: (() => Classes | undefined)[] = [];

  constructor(files: FileVersions, contents: readonly LayerContents[], equal: IsEqual) {
    this.#files = files;
    this.#contents = contents;
    this.#equal = equal;
  }

  settle(group: readonly number[]): void {
    if (!group.every((it) => this.#of(it)?.isReadable === true)) {
      this.#settleByHash(group);
      return;
    }
    const size = this.#files.sizeOf(group[0] ?? 0);
    for (const first of this.#partedBy(group, (it) => this.#firstOf(it, size))) {
      const isTold = size <= 2 * little || first.every((it) => this.#of(it)?.fingerprintsWhole === true);
      this.#alike.push(...(isTold ? [first] : this.#partedBy(first, (it) => this.#lastOf(it, size))));
    }
  }

  /** In the order of the archives: neighbours on the disk are read one after another. */
  begin(beside: CompareBeside | undefined): void {
    this.#alike.sort(([a = 0], [b = 0]) => a - b);
    if (beside === undefined) return;
    const groups = this.#alike.map((group): AlikeGroup | undefined => {
      const places = group.flatMap((it) => this.#of(it)?.placeOf?.(this.#files.entryOf(it)) ?? []);
      return places.length === group.length ? { size: this.#files.sizeOf(group[0] ?? 0), places } : undefined;
    });
    const told = beside(groups.filter((it) => it !== undefined));
    let next = 0;
    this.#told = groups.map((it) => {
      if (it === undefined) return () => undefined;
      const own = next;
      next += 1;
      return () => told(own);
    });
  }

  compare(): void {
    this.#alike.forEach((group, index) => {
      const told = this.#told[index]?.();
      this.#setClasses(group, told ?? this.#classesOf(group, this.#files.sizeOf(group[0] ?? 0)));
    });
  }

  #of(file: number): LayerContents | undefined {
    return this.#contents[this.#files.layerOf(file)];
  }

  #partedBy(
    group: readonly number[],
    keyOf: (file: number) => number | string | undefined,
  ): readonly (readonly number[])[] {
    const res = new Map<number | string, number[]>();
    for (const it of group) {
      const key = keyOf(it);
      if (key === undefined) continue;
      const part = res.get(key);
      if (part === undefined) res.set(key, [it]);
      else part.push(it);
    }
    return [...res.values()].filter((it) => it.length > 1);
  }

  #firstOf(file: number, size: number): number | undefined {
    const known = this.#of(file)?.fingerprint(this.#files.entryOf(file));
    if (known !== undefined) return known;
    const length = this.#read(file, 0, Math.min(size, fingerprinted), this.#left);
    return length === undefined ? undefined : fingerprintOf(this.#left, 0, length);
  }

  #lastOf(file: number, size: number): number | undefined {
    const length = this.#read(file, size - fingerprinted, fingerprinted, this.#left);
    return length === undefined ? undefined : fingerprintOf(this.#left, 0, length);
  }

  #read(file: number, start: number, length: number, into: Uint8Array): number | undefined {
    const bytes = this.#of(file)?.read(this.#files.entryOf(file), start, length);
    if (bytes === undefined || bytes.length !== length) return undefined;
    into.set(bytes);
    return length;
  }

  #settleByHash(group: readonly number[]): void {
    for (const part of this.#partedBy(group, (it) => this.#of(it)?.hash(this.#files.entryOf(it)))) {
      this.#last += 1;
      for (const it of part) this.#files.setContent(it, this.#last);
    }
  }

  #classesOf(group: readonly number[], size: number): Classes {
    return classesOf(group.length, size, this.#left.length, (a, b, start, length) =>
      this.#isEqual(group[a] ?? 0, group[b] ?? 0, start, length),
    );
  }

  #setClasses(group: readonly number[], classes: Classes): void {
    if (classes[0] === notTold) {
      this.#settleByHash(group);
      return;
    }
    let most = 0;
    group.forEach((file, index) => {
      const own = classes[index] ?? 0;
      most = Math.max(most, own);
      this.#files.setContent(file, this.#last + 1 + own);
    });
    this.#last += 1 + most;
  }

  #isEqual(a: number, b: number, start: number, length: number): boolean {
    if (this.#read(a, start, length, this.#left) === undefined) return false;
    const right = this.#of(b)?.read(this.#files.entryOf(b), start, length);
    return right?.length === length && this.#equal(this.#left.subarray(0, length), right);
  }
}

/**
 * Which of `count` contents of one size are equal, each compared with the first of every class. `areEqual`: whether both
 * can be read and are equal from `start`, at most `longest` bytes.
 */
export function classesOf(
  count: number,
  size: number,
  longest: number,
  areEqual: (a: number, b: number, start: number, length: number) => boolean,
): Classes {
  const res = new Uint8Array(count);
  const firsts: number[] = [];
  const isEqualTo = (a: number, b: number): boolean => {
    let step = little;
    for (let at = 0; at < size; ) {
      const length = Math.min(step, size - at);
      if (!areEqual(a, b, at, length)) return false;
      at += length;
      // What differs mostly does so soon.
      step = Math.min(step * 8, longest);
    }
    return true;
  };
  for (let file = 0; file < count; file += 1) {
    const known = firsts.findIndex((it) => isEqualTo(it, file));
    if (known === -1 && firsts.length === mostClasses) return res.fill(notTold);
    res[file] = known === -1 ? firsts.push(file) - 1 : known;
  }
  return res;
}
