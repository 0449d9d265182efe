/** Reads of an ELF file what the analysis wants: a few kilobytes at its start and end, however large it is. */
import { bytes } from "../size/bytes.ts";
import { type ElfHeader, elfHeader, elfSections, elfSegments } from "./elf.ts";
import { longestRange, type Probe } from "./probe.ts";
import type { FileFacts } from "./probes.ts";
import { strippableBytes } from "./strippable.ts";

const headLength = 4_096;
/** Linkers put the names of the sections right before the section headers, or a small table of names between. */
const namesLength = 64 << 10;

export function* elfProbe(size: number): Probe<FileFacts | undefined> {
  const head = yield { start: 0, end: Math.min(headLength, size) };
  const header = elfHeader(head);
  return header === undefined ? undefined : yield* symbolsProbe(header, head, size);
}

/** The section headers are the last thing in the file, or near it. */
function* symbolsProbe(header: ElfHeader, head: Uint8Array, size: number): Probe<FileFacts | undefined> {
  const { offset, count, entrySize, namesIndex } = header.sections;
  const end = offset + count * entrySize;
  if (count === 0 || end > size) return undefined;
  const start = Math.max(head.length, offset - namesLength, end - longestRange);
  if (start > offset && end > head.length) return undefined;
  const tail = end <= head.length ? head : yield { start, end };
  const tailStart = tail === head ? 0 : start;
  const part = (from: number, to: number): Uint8Array | undefined =>
    from >= tailStart && to - tailStart <= tail.length
      ? tail.subarray(from - tailStart, to - tailStart)
      : to <= head.length
        ? head.subarray(from, to)
        : undefined;
  const table = part(offset, end);
  if (table === undefined) return undefined;
  const sections = elfSections(table, header);
  const names = sections[namesIndex];
  const text = names === undefined ? undefined : part(names.offset, names.offset + names.size);
  return {
    strippable: bytes(Math.min(strippableBytes(header, elfSegments(head, header), sections, text), size)),
  };
}
