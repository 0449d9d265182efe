/** Reads of an ELF file what the analysis wants: some kilobytes at its start, in its data and at its end. */

import { bytes } from "../size/bytes.ts";
import { copied } from "./copied.ts";
import {
  type ElfHeader,
  type ElfSection,
  type ElfSegment,
  elfHeader,
  elfName,
  elfSections,
  elfSegments,
  loadSegment,
} from "./elf.ts";
import { longestRange, type Probe } from "./probe.ts";
import type { FileFacts } from "./probes.ts";
import { goFacts, goInfoAt, goInfoLength, type ProgramFacts, rustFacts } from "./program-facts.ts";
import { strippableBytes } from "./strippable.ts";

const headLength = 4_096;
/** Linkers put the names of the sections right before the section headers, or a small table of names between. */
const namesLength = 64 << 10;
/** Go's linker puts its information at the start of the data, others somewhere in it. */
const goLength = 1 << 20;
/** The list of crates is among the first sections behind what is loaded. */
const rustLength = 32 << 10;

export function* elfProbe(size: number): Probe<FileFacts | undefined> {
  // A range's bytes are valid until the next is asked for.
  const head = copied(yield { start: 0, end: Math.min(headLength, size) });
  const header = elfHeader(head);
  if (header === undefined) return undefined;
  const segments = elfSegments(head, header);
  const parts = new Parts(head);
  let program = isGo(head) ? yield* goProbe(segments, parts) : undefined;
  const loadedEnd = segments.reduce((end, it) => Math.max(end, it.offset + it.fileSize), 0);
  // What was moved behind the section headers (by patchelf) would be read in their stead.
  if (program === undefined && loadedEnd <= header.sections.offset)
    yield* parts.ask(loadedEnd, Math.min(size, loadedEnd + rustLength));
  const sections = yield* sectionsProbe(header, size, parts);
  if (sections === undefined) return program === undefined ? undefined : { program };
  const { names, list } = sections;
  const crates = names === undefined ? undefined : list.find((it) => elfName(names, it.name) === ".dep-v0");
  const crateList = crates === undefined ? undefined : parts.at(crates.offset, crates.offset + crates.size);
  program ??= crateList === undefined ? undefined : rustFacts(crateList);
  const strippable = bytes(Math.min(strippableBytes(header, segments, list, names), size));
  return { strippable, ...(program === undefined ? {} : { program }) };
}

/** What was read so far. */
class Parts {
  readonly #parts: { readonly start: number; bytes: Uint8Array }[];
  #end: number;

  constructor(head: Uint8Array) {
    this.#parts = [{ start: 0, bytes: head }];
    this.#end = head.length;
  }

  /** Reads what is not yet behind, up to what one range may hold. */
  *ask(from: number, to: number): Probe<void> {
    const start = Math.max(from, this.#end);
    if (start >= to) return;
    const end = Math.min(to, start + longestRange);
    const got = copied(yield { start, end });
    const last = this.#parts.at(-1);
    if (last !== undefined && last.start + last.bytes.length === start) last.bytes = joined(last.bytes, got);
    else this.#parts.push({ start, bytes: got });
    this.#end = end;
  }

  /** Undefined where it was not read whole. */
  at(from: number, to: number): Uint8Array | undefined {
    const it = this.#parts.find(({ start, bytes: { length } }) => from >= start && to <= start + length);
    return it?.bytes.subarray(from - it.start, to - it.start);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const res = new Uint8Array(a.length + b.length);
  res.set(a);
  res.set(b, a.length);
  return res;
}

/** The note `Go`, which Go's linker puts among the first. */
function isGo(head: Uint8Array): boolean {
  for (let at = head.indexOf(0x47); at !== -1; at = head.indexOf(0x47, at + 1)) {
    // Length of the name, of the text, the type 4, the name.
    if (head[at + 1] === 0x6f && head[at + 2] === 0 && head[at - 12] === 4 && head[at - 4] === 4) return true;
  }
  return false;
}

const isWritable = ({ flags }: ElfSegment): boolean => (flags & 2) !== 0;

function* goProbe(segments: readonly ElfSegment[], parts: Parts): Probe<ProgramFacts | undefined> {
  for (const { offset, fileSize } of segments.filter((it) => it.type === loadSegment && isWritable(it))) {
    const end = offset + Math.min(fileSize, goLength);
    yield* parts.ask(offset, end);
    const segment = parts.at(offset, end);
    const at = segment === undefined ? undefined : goInfoAt(segment);
    if (segment === undefined || at === undefined) continue;
    const info = segment.subarray(at);
    return goInfoLength(info) <= info.length ? goFacts(info) : undefined;
  }
  return undefined;
}

/** The section headers are the last thing in the file, or near it. */
function* sectionsProbe(
  { wide, little, sections, ...rest }: ElfHeader,
  size: number,
  parts: Parts,
): Probe<{ readonly list: readonly ElfSection[]; readonly names: Uint8Array | undefined } | undefined> {
  const { offset, count, entrySize, namesIndex } = sections;
  const end = offset + count * entrySize;
  if (count === 0 || end > size || end - offset > longestRange) return undefined;
  if (parts.at(offset, end) === undefined)
    yield* parts.ask(Math.max(offset - namesLength, end - longestRange), end);
  const table = parts.at(offset, end);
  if (table === undefined) return undefined;
  const list = elfSections(table, { wide, little, sections, ...rest });
  const names = list[namesIndex];
  return { list, names: names === undefined ? undefined : parts.at(names.offset, names.offset + names.size) };
}
