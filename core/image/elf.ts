/**
 * The headers of an ELF file (System V ABI; `man 5 elf`), both classes and byte orders.
 *
 * Invariant: whatever the bytes say, results are undefined or hold safe, non-negative numbers.
 */

export interface ElfHeader {
  readonly wide: boolean;
  readonly little: boolean;
  /** 1 relocatable, 2 executable, 3 shared object or position-independent executable. */
  readonly type: number;
  readonly headerSize: number;
  readonly segments: { readonly offset: number; readonly count: number; readonly entrySize: number };
  readonly sections: {
    readonly offset: number;
    /** 0 where there are none, or more than a header can say: then section 0 holds the count. */
    readonly count: number;
    readonly entrySize: number;
    readonly namesIndex: number;
  };
}

export interface ElfSection {
  /** Offset of the name in the section of names. */
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
}

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

export const sectionTypes = {
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  nobits: 8,
  rel: 9,
  symtabShndx: 18,
};
export const isAllocated = ({ flags }: ElfSection): boolean => (flags & 2) !== 0;
export const loadSegment = 1;

/** `head`: at least the first 64 bytes. */
export function elfHeader(head: Uint8Array): ElfHeader | undefined {
  const isElf = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  const wide = head[4] === 2;
  const little = head[5] === 1;
  if (!isElf || head.length < 64 || !(wide || head[4] === 1) || !(little || head[5] === 2)) return undefined;
  const it = new Fields(head, wide, little);
  return {
    wide,
    little,
    type: it.half(16),
    headerSize: wide ? 64 : 52,
    segments: {
      offset: it.address(wide ? 32 : 28),
      entrySize: it.half(wide ? 54 : 42),
      count: it.half(wide ? 56 : 44),
    },
    sections: {
      offset: it.address(wide ? 40 : 32),
      entrySize: it.half(wide ? 58 : 46),
      count: it.half(wide ? 60 : 48),
      namesIndex: it.half(wide ? 62 : 50),
    },
  };
}

/** `table`: the section headers' bytes. */
export function elfSections(table: Uint8Array, { wide, little, sections }: ElfHeader): readonly ElfSection[] {
  const it = new Fields(table, wide, little);
  const res: ElfSection[] = [];
  const { entrySize } = sections;
  if (entrySize < (wide ? 64 : 40)) return res;
  for (let at = 0; at + entrySize <= table.length; at += entrySize) {
    res.push({
      name: it.word(at),
      type: it.word(at + 4),
      flags: it.address(at + 8),
      address: it.address(at + (wide ? 16 : 12)),
      offset: it.address(at + (wide ? 24 : 16)),
      size: it.address(at + (wide ? 32 : 20)),
      link: it.word(at + (wide ? 40 : 24)),
      info: it.word(at + (wide ? 44 : 28)),
      alignment: it.address(at + (wide ? 48 : 32)),
    });
  }
  return res;
}

/** The segments that lie within `head`, the file's first bytes. */
export function elfSegments(head: Uint8Array, { wide, little, segments }: ElfHeader): readonly ElfSegment[] {
  const it = new Fields(head, wide, little);
  const res: ElfSegment[] = [];
  const { offset, count, entrySize } = segments;
  if (entrySize < (wide ? 56 : 32)) return res;
  for (let index = 0; index < count; index += 1) {
    const at = offset + index * entrySize;
    if (at + entrySize > head.length) break;
    res.push({
      type: it.word(at),
      flags: it.word(at + (wide ? 4 : 24)),
      offset: it.address(at + (wide ? 8 : 4)),
      address: it.address(at + (wide ? 16 : 8)),
      fileSize: it.address(at + (wide ? 32 : 16)),
      memorySize: it.address(at + (wide ? 40 : 20)),
      alignment: it.address(at + (wide ? 48 : 28)),
    });
  }
  return res;
}

/** The text at `offset` in a section of names, up to its zero byte. */
export function elfName(names: Uint8Array, offset: number): string | undefined {
  if (offset >= names.length) return undefined;
  let res = "";
  // A name is short; a hostile one is not worth its memory.
  const end = Math.min(names.length, offset + 256);
  for (let at = offset; at < end && names[at] !== 0; at += 1) res += String.fromCharCode(names[at] ?? 0);
  return res;
}

/** Numbers of the file's class and byte order; 0 beyond the end. */
class Fields {
  readonly #view: DataView;
  readonly #wide: boolean;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, wide: boolean, little: boolean) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#wide = wide;
    this.#little = little;
  }

  half(at: number): number {
    return at + 2 <= this.#view.byteLength ? this.#view.getUint16(at, this.#little) : 0;
  }

  word(at: number): number {
    return at + 4 <= this.#view.byteLength ? this.#view.getUint32(at, this.#little) : 0;
  }

  /** 4 or 8 bytes; what no file reaches is the largest safe number. */
  address(at: number): number {
    if (!this.#wide) return this.word(at);
    const [low, high] = this.#little
      ? [this.word(at), this.word(at + 4)]
      : [this.word(at + 4), this.word(at)];
    return Math.min(high * 2 ** 32 + low, Number.MAX_SAFE_INTEGER);
  }
}
