/**
 * How many bytes `strip --strip-unneeded` of binutils frees, from the section headers alone. strip drops the symbol
 * table with its names and the sections that BFD takes for debugging, and lays the rest out anew: segments, each at
 * the next offset that suits its address, then what is not loaded, the section names, the section headers.
 *
 * A relocatable object keeps the symbols that its relocations need, which the headers do not tell: of those files
 * only the debugging sections count, so the number is a lower bound.
 */
import {
  type ElfHeader,
  type ElfSection,
  type ElfSegment,
  elfName,
  isAllocated,
  loadSegment,
  sectionTypes,
} from "./elf.ts";

const relocatable = 1;

/**
 * `sections`: as in the file, the empty first one too. `names`: the content of the section of names; undefined where
 * it could not be had: then a section that is not loaded and not small counts as debugging.
 */
export function strippableBytes(
  header: ElfHeader,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  names: Uint8Array | undefined,
): number {
  const namesOf = sections.map((it) => (names === undefined ? undefined : elfName(names, it.name)));
  const isDebugging = sections.map((it, index) => !isAllocated(it) && debugging(it, namesOf[index]));
  const isRelocation = ({ type }: ElfSection): boolean =>
    type === sectionTypes.rela || type === sectionTypes.rel;
  // Relocations that stay need their symbols: of an object, or of a program linked with --emit-relocs.
  const keepsSymbols =
    header.type === relocatable ||
    sections.some((it) => isRelocation(it) && !isAllocated(it) && isDebugging[it.info] !== true);
  const symbols = new Set<number>();
  sections.forEach(({ type, link }, index) => {
    if (type === sectionTypes.symtab) symbols.add(index).add(link);
    else if (type === sectionTypes.symtabShndx) symbols.add(index);
  });
  const goes = sections.map(
    (it, index) =>
      index !== header.sections.namesIndex &&
      !isAllocated(it) &&
      (isDebugging[index] === true ||
        (symbols.has(index) && !keepsSymbols) ||
        (isRelocation(it) && isDebugging[it.info] === true)),
  );
  const kept = sections.filter((_, index) => goes[index] !== true);
  const before = sections.reduce(
    (end, it) => Math.max(end, endOf(it)),
    header.sections.offset + sections.length * header.sections.entrySize,
  );
  return Math.max(
    0,
    before - endAfter(header, segments, sections, kept, namesSize(namesOf, goes, sections, header)),
  );
}

const endOf = ({ type, offset, size }: ElfSection): number =>
  type === sectionTypes.nobits ? 0 : offset + size;

/** Where the file ends once only `kept` are in it. */
function endAfter(
  header: ElfHeader,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
  kept: readonly ElfSection[],
  names: number,
): number {
  const isMoved = (it: ElfSection): boolean => header.type === relocatable || !isAllocated(it);
  let end = Math.max(
    header.headerSize,
    header.segments.offset + header.segments.count * header.segments.entrySize,
  );
  const loaded = kept.filter((it) => !isMoved(it) && it.type !== sectionTypes.nobits);
  if (segments.length === header.segments.count) end = endOfSegments(segments, loaded, end);
  else for (const it of loaded) end = Math.max(end, endOf(it));
  for (const it of kept) {
    if (!isMoved(it) || it.type === sectionTypes.nobits || it === sections[header.sections.namesIndex])
      continue;
    end = aligned(end, it.alignment) + it.size;
  }
  return aligned(end + names, header.wide ? 8 : 4) + kept.length * header.sections.entrySize;
}

/** A segment lies at an offset that equals its address modulo its alignment; the first holds the headers too. */
function endOfSegments(
  segments: readonly ElfSegment[],
  loaded: readonly ElfSection[],
  headersEnd: number,
): number {
  let end = headersEnd;
  for (const { type, offset, address, memorySize, alignment } of segments) {
    if (type !== loadSegment) continue;
    const inside = loaded.filter((it) => it.address >= address && it.address < address + memorySize);
    const modulus = Math.max(1, alignment);
    const gap = (((address - end) % modulus) + modulus) % modulus;
    const start = offset === 0 ? 0 : end + gap;
    for (const it of inside) end = Math.max(end, start + it.address - address + it.size);
  }
  return end;
}

/** Of the section of names once only those of the kept are in it; a name that ends another shares its bytes. */
function namesSize(
  names: readonly (string | undefined)[],
  goes: readonly boolean[],
  sections: readonly ElfSection[],
  header: ElfHeader,
): number {
  const kept: string[] = [];
  for (const [index, name] of names.entries()) {
    if (name === undefined) return sections[header.sections.namesIndex]?.size ?? 0;
    if (goes[index] !== true && name !== "") kept.push(name);
  }
  // Backwards and sorted, a name stands right before those that it ends.
  const turned = [...new Set(kept.map((it) => [...it].reverse().join("")))].sort();
  return turned.reduce(
    (sum, it, index) => (turned[index + 1]?.startsWith(it) ? sum : sum + it.length + 1),
    1,
  );
}

const aligned = (at: number, alignment: number): number =>
  alignment > 1 ? Math.ceil(at / alignment) * alignment : at;

/** As BFD decides, by the name (bfd/elf.c). */
const debuggingName = /^\.(?:debug|zdebug|gnu\.debuglto_\.debug_|gnu\.linkonce\.wi\.|line|stab|gdb_index$)/;
/** Compilers' names in .comment and notes are smaller. */
const smallest = 4_096;

const debugging = ({ type, size }: ElfSection, name: string | undefined): boolean =>
  name === undefined ? type === sectionTypes.progbits && size >= smallest : debuggingName.test(name);
