/**
 * Which files a person means by some words: each must occur in the file's path or in the name of its package, whatever
 * the case of ASCII letters.
 */
import { bytesOf } from "../text/utf8.ts";
import type { FileColumns } from "./file-columns.ts";

/** Longer ones are no search. */
const mostWords = 16;

export function pathFilter(files: FileColumns, query: string): (file: number) => boolean {
  const words = query.trim().split(/\s+/).filter(Boolean).slice(0, mostWords).map(lowered);
  if (words.length === 0) return () => true;
  const names = lowered(files.nameBytes);
  const hits = words.map((word) => ({
    paths: pathsWith(files, names, word),
    packages: files.packages.map(({ name }) => contains(lowered(name), word)),
  }));
  return (file) =>
    hits.every(
      ({ paths, packages }) =>
        paths[files.paths[file] ?? 0] === 1 || packages[(files.owners[file] ?? 0) - 1] === true,
    );
}

/** By path: 1 where the word occurs in it. A slash in the word is one between names. */
function pathsWith({ parents, nameStarts }: FileColumns, names: Uint8Array, word: Uint8Array): Uint8Array {
  const res = new Uint8Array(parents.length);
  const segments = segmentsOf(word);
  const nameAt = (path: number): Uint8Array => names.subarray(nameStarts[path], nameStarts[path + 1]);
  const [only] = segments;
  for (let path = 1; path < parents.length; path += 1) {
    const parent = parents[path] ?? 0;
    if (res[parent] === 1) res[path] = 1;
    else if (segments.length > 1) res[path] = endsAt(path, segments, parents, nameAt) ? 1 : 0;
    else if (only !== undefined) {
      const [start = 0, end = 0] = [nameStarts[path], nameStarts[path + 1]];
      res[path] = occurs(names, start, end, only) ? 1 : 0;
    }
  }
  return res;
}

/** The last segment begins this name, the first ends that of a folder above, those between are whole names. */
function endsAt(
  path: number,
  segments: readonly Uint8Array[],
  parents: Uint32Array,
  nameAt: (path: number) => Uint8Array,
): boolean {
  let at = path;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index] ?? new Uint8Array(0);
    const name = at === 0 ? new Uint8Array(0) : nameAt(at);
    const isFirst = index === 0;
    const isLast = index === segments.length - 1;
    if (at === 0 && !(isFirst && segment.length === 0)) return false;
    if (name.length < segment.length || (!isFirst && !isLast && name.length !== segment.length)) return false;
    const from = isFirst ? name.length - segment.length : 0;
    if (!segment.every((byte, offset) => name[from + offset] === byte)) return false;
    at = parents[at] ?? 0;
  }
  return true;
}

function segmentsOf(word: Uint8Array): readonly Uint8Array[] {
  const res: Uint8Array[] = [];
  let start = 0;
  for (let at = word.indexOf(0x2f); at !== -1; at = word.indexOf(0x2f, start)) {
    res.push(word.subarray(start, at));
    start = at + 1;
  }
  return [...res, word.subarray(start)];
}

const contains = (text: Uint8Array, word: Uint8Array): boolean => occurs(text, 0, text.length, word);

function occurs(text: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  const first = word[0];
  for (let at = start; at + word.length <= end; at += 1) {
    if (text[at] !== first) continue;
    let same = 1;
    while (same < word.length && text[at + same] === word[same]) same += 1;
    if (same === word.length) return true;
  }
  return false;
}

function lowered(text: string | Uint8Array): Uint8Array {
  const res = typeof text === "string" ? bytesOf(text) : text.slice();
  for (let at = 0; at < res.length; at += 1) {
    const byte = res[at] ?? 0;
    if (byte >= 0x41 && byte <= 0x5a) res[at] = byte + 32;
  }
  return res;
}
