/**
 * Which files have equal contents, looking at no more than can matter: files of equal size that are both visible, or
 * one in the other's place. First their hashes where they are known, else their first bytes (or a checksum), their last,
 * the whole.
 */
import { addBytes, type Bytes, bytes, noBytes } from "../size/bytes.ts";
import type { FileVersions } from "./file-versions.ts";
import { fingerprinted, fingerprintOf, isEqual } from "./fingerprint.ts";
import type { LayerContents } from "./layer.ts";

const none = 0xffff_ffff;
const little = 4_096;
/** Contents that differ late are told apart by hashes rather than each with each. */
const mostClasses = 8;

/** Whether two pieces of equal length are equal. */
export type IsEqual = (a: Uint8Array, b: Uint8Array) => boolean;

/** Sets the contents of the files, and what their twins tell of what hid them. `contents`: by layer. */
export function settleContents(
  files: FileVersions,
  contents: readonly LayerContents[],
  equal: IsEqual = isEqual,
): void {
  const settler = new Settler(files, contents, equal);
  for (const group of groupsOfEqualSize(files)) settler.settle(group);
  settler.compare();
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
  compare(): void {
    this.#alike.sort(([a = 0], [b = 0]) => a - b);
    for (const it of this.#alike) this.#settleByBytes(it, this.#files.sizeOf(it[0] ?? 0));
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

  #settleByBytes(group: readonly number[], size: number): void {
    const classes: { readonly first: number; readonly content: number }[] = [];
    for (const file of group) {
      const equal = classes.find((it) => this.#isEqual(it.first, file, size));
      if (equal !== undefined) {
        this.#files.setContent(file, equal.content);
        continue;
      }
      if (classes.length === mostClasses) {
        this.#settleByHash(group);
        return;
      }
      this.#last += 1;
      this.#files.setContent(file, this.#last);
      classes.push({ first: file, content: this.#last });
    }
  }

  #isEqual(a: number, b: number, size: number): boolean {
    let step = little;
    for (let at = 0; at < size; ) {
      const length = Math.min(step, size - at);
      if (this.#read(a, at, length, this.#left) === undefined) return false;
      const right = this.#of(b)?.read(this.#files.entryOf(b), at, length);
      if (right?.length !== length || !this.#equal(this.#left.subarray(0, length), right)) return false;
      at += length;
      // What differs mostly does so soon.
      step = Math.min(step * 8, this.#left.length);
    }
    return true;
  }
}
