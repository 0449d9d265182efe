/**
 * Reads the headers of a tar archive, block by block, and says what follows each: the way through an archive is the
 * reader's own, whether bytes pass by or a file is wound. Formats: v7, ustar, GNU (long names, base-256, sparse), PAX
 * (per file and global, sparse 0.0, 0.1 and 1.0).
 *
 * Invariant: bounded memory for any input; what is no header is a trouble with its place, and the next header counts.
 */
import { textOf } from "../text/utf8.ts";
import { copied } from "./copied.ts";
import { numberOf, partsOf, type SparseForm } from "./sparse.ts";
import { decimal, field, isTarHead, number, tarBlock, upToZero } from "./tar-fields.ts";
import { isForAll, mostNumbers, Numbers, noRecords, type Records, readRecords } from "./tar-records.ts";

export type TarKind = "file" | "hardlink" | "symlink" | "directory" | "other";

export interface TarEntry {
  /** As it is written, without a leading `./` or `/` and a trailing `/`. Valid until the next header is read. */
  readonly name: Uint8Array;
  readonly kind: TarKind;
  /** Bytes of a file's content, holes included; 0 for everything else. */
  readonly size: number;
  /** Bytes of the body that follows, without its padding. */
  readonly stored: number;
  /** Of a hard link without a leading `./` or `/`; of a symbolic link as it is written; else empty. */
  readonly link: Uint8Array;
  /** How the body of a sparse file is to be read; undefined for all others. */
  readonly sparse: SparseForm | undefined;
}

export type TarStep =
  /** Nothing yet: the next block is a header too. */
  | { readonly kind: "more" }
  /** A record of this size and its padding follow; it is to be given to `record` before the next header. */
  | { readonly kind: "record"; readonly size: number }
  | { readonly kind: "entry"; readonly entry: TarEntry }
  | { readonly kind: "end" }
  | { readonly kind: "broken"; readonly why: string };

/** What an archive's end at `end` is called where something was to come; `headAt`: where the header of that stands. */
export const cutShort = (end: number, headAt: number | undefined): string =>
  headAt === undefined
    ? `the archive ends in the middle of an entry, at byte ${end}`
    : `the archive ends in the middle of an entry, at byte ${end}; its header is at byte ${headAt}`;

export const paddingOf = (size: number): number => (tarBlock - (size % tarBlock)) % tarBlock;

/** Names and PAX records longer than this are made to hurt. */
const longestRecord = 1 << 20;
/** A global record is read once and meant for every file after it: Linux takes no longer path. */
const longestGlobal = 4_096;

type Special = "pax" | "global" | "longName" | "longLink";

/** By the header's flag. */
function specialOf(flag: number): Special | undefined {
  switch (flag) {
    case 0x78: // x
    case 0x58: // X
      return "pax";
    case 0x67: // g
      return "global";
    case 0x4c: // L
      return "longName";
    case 0x4b: // K
      return "longLink";
    default:
      return undefined;
  }
}

/** Of a header without records: both parts and the slash between them. */
const longestName = 256;

const nothing = new Uint8Array(0);
const more: TarStep = { kind: "more" };
const end: TarStep = { kind: "end" };

export class TarHeads {
  #next: Records = noRecords();
  readonly #global = new Map<string, Uint8Array>();
  /** What the record that is being waited for is, and where its header stands. */
  #special: { readonly kind: Special; readonly at: number } | undefined;
  /** A sparse file of GNU's old format whose list of parts goes on in the next block. */
  #growing: { readonly entry: TarEntry; readonly numbers: Numbers } | undefined;
  #zeroBlocks = 0;
  /** Of the present header: a name for each would be garbage at once. */
  readonly #name = new Uint8Array(longestName);
  /** By length: its first bytes. A view takes longer to make than to fill. */
  readonly #names: Uint8Array[] = [];
  /** After something that was no header: on the way to the next one. */
  #lost = false;

  /** `at`: the block's place in the archive, for what is said of it. */
  head(block: Uint8Array, at: number): TarStep {
    if (this.#growing !== undefined) return this.#grow(block, this.#growing);
    if (block[0] === 0 && block.every((it) => it === 0)) {
      // In a body that nobody knows the length of they mean nothing.
      if (!this.#lost) this.#zeroBlocks += 1;
      // Two empty blocks end an archive; what follows is filling.
      return this.#zeroBlocks === 2 ? end : more;
    }
    this.#zeroBlocks = 0;
    if (!isTarHead(block)) return this.#broken(`no tar header at byte ${at}`);
    const flag = block[156] ?? 0;
    const special = specialOf(flag);
    const size = special === undefined ? this.#sizeOf(block, flag) : number(block, 124, 12);
    if (size === undefined) return this.#broken(`no size in the tar header at byte ${at}`);
    this.#lost = false;
    if (special === undefined) return this.#entry(block, flag, size, at);
    if (size > longestRecord) return this.#broken(`a name or record of ${size} bytes at byte ${at}`);
    this.#special = { kind: special, at };
    return { kind: "record", size };
  }

  /** The content of the record that the last step asked for. Answers what is wrong with it; what can be read counts. */
  record(bytes: Uint8Array): string | undefined {
    const { kind, at } = this.#special ?? { kind: undefined, at: 0 };
    this.#special = undefined;
    if (kind === "longName") this.#next.values.set("path", upToZero(bytes));
    else if (kind === "longLink") this.#next.values.set("linkpath", upToZero(bytes));
    else if (kind !== undefined) {
      const records = kind === "pax" ? this.#next : noRecords();
      const why = readRecords(bytes, records);
      if (kind === "global") {
        for (const [key, value] of records.values)
          if (isForAll(key) && value.length <= longestGlobal) this.#global.set(key, value);
      }
      return why === undefined ? undefined : `${why} in the extended header at byte ${at}`;
    }
    return undefined;
  }

  /** Whether a file is announced that has not come: where an archive ends so, it was cut short. */
  get isOpen(): boolean {
    return this.#growing !== undefined || this.#next.values.size > 0 || this.#next.numbers.count > 0;
  }

  /** What was said of the next file; most have nothing. */
  #forget(): void {
    if (this.#next.values.size > 0 || this.#next.numbers.count > 0) this.#next = noRecords();
  }

  #broken(why: string): TarStep {
    const first = !this.#lost;
    this.#lost = true;
    this.#forget();
    return first ? { kind: "broken", why } : more;
  }

  /** An empty value takes a key back, of the global records too. */
  #value(key: string): Uint8Array | undefined {
    if (this.#next.values.size === 0 && this.#global.size === 0) return undefined;
    const value = this.#next.values.get(key) ?? this.#global.get(key);
    return value === undefined || value.length === 0 ? undefined : value;
  }

  #count(key: string): number | undefined {
    const value = this.#value(key);
    return value === undefined ? undefined : decimal(textOf(value));
  }

  /** Of what has no body it does not matter. */
  #sizeOf(block: Uint8Array, flag: number): number | undefined {
    return isBodilessFlag(flag) ? 0 : (this.#count("size") ?? number(block, 124, 12));
  }

  #entry(block: Uint8Array, flag: number, size: number, at: number): TarStep {
    const written = this.#value("path") ?? this.#nameIn(block);
    const name = this.#value("GNU.sparse.name") ?? written;
    const kind = kindOf(flag, name);
    // Older archives mark a directory by its name alone.
    const stored = kind === "directory" && flag !== 0x44 ? 0 : size;
    const isLink = kind === "hardlink" || kind === "symlink";
    const link = isLink ? (this.#value("linkpath") ?? field(block, 157, 100)) : nothing;
    const entry: TarEntry = {
      name: plainName(name),
      kind,
      size: kind === "file" ? size : 0,
      stored,
      link: kind === "hardlink" ? plainName(link) : link,
      sparse: undefined,
    };
    if (flag === 0x53) return this.#oldSparse(block, entry, at);
    const sparse = kind === "file" ? this.#paxSparse() : undefined;
    this.#forget();
    return {
      kind: "entry",
      entry: sparse === undefined ? entry : { ...entry, size: sparse.size, sparse: sparse.form },
    };
  }

  #nameIn(block: Uint8Array): Uint8Array {
    const name = this.#name;
    let length = 0;
    // GNU's own format has times where ustar has the first part of a long name.
    if (block[345] !== 0 && isUstar(block)) {
      length = copyField(block, 345, isStar(block) ? 131 : 155, name, 0);
      name[length] = slash;
      length += 1;
    }
    length = copyField(block, 0, 100, name, length);
    const view = this.#names[length] ?? name.subarray(0, length);
    this.#names[length] = view;
    return view;
  }

  #paxSparse(): { readonly size: number; readonly form: SparseForm } | undefined {
    const size = this.#count("GNU.sparse.realsize") ?? this.#count("GNU.sparse.size");
    if (size === undefined) return undefined;
    if (this.#count("GNU.sparse.major") === 1) return { size, form: { kind: "inBody", size } };
    const list = this.#value("GNU.sparse.map");
    const numbers = list === undefined ? this.#next.numbers.all : textOf(list).split(",").map(numberOf);
    return { size, form: formOf(numbers, size) };
  }

  #oldSparse(block: Uint8Array, entry: TarEntry, at: number): TarStep {
    const size = number(block, 483, 12);
    if (size === undefined) return this.#broken(`no size in the sparse header at byte ${at}`);
    const numbers = new Numbers();
    readParts(block, 386, 4, numbers);
    // More headers may follow before it is told.
    const whole = { ...entry, name: copied(entry.name), kind: "file" as const, size };
    if (block[482] === 0) return this.#sparseEntry(whole, numbers);
    this.#growing = { entry: whole, numbers };
    return more;
  }

  #grow(block: Uint8Array, { entry, numbers }: { entry: TarEntry; numbers: Numbers }): TarStep {
    readParts(block, 0, 21, numbers);
    // Of a longer list the blocks are passed over, and the content is not known.
    return block[504] === 0 ? this.#sparseEntry(entry, numbers) : more;
  }

  #sparseEntry(entry: TarEntry, numbers: Numbers): TarStep {
    this.#growing = undefined;
    this.#forget();
    return { kind: "entry", entry: { ...entry, sparse: formOf(numbers.all, entry.size) } };
  }
}

const formOf = (numbers: ArrayLike<number>, size: number): SparseForm => ({
  kind: "map",
  parts: numbers.length >= mostNumbers ? undefined : partsOf(numbers, size),
  size,
});

function readParts(block: Uint8Array, start: number, count: number, into: Numbers): void {
  for (let index = 0; index < count && into.count < mostNumbers; index += 1) {
    const at = start + index * 24;
    // An entry without a text is beyond the last.
    if (block[at + 12] === 0) return;
    into.push(number(block, at, 12) ?? Number.NaN);
    into.push(number(block, at + 12, 12) ?? Number.NaN);
  }
}

/** Up to the first zero byte; answers where it ends in `into`. */
function copyField(block: Uint8Array, start: number, length: number, into: Uint8Array, from: number): number {
  let end = from;
  for (let at = start; at < start + length; at += 1) {
    const byte = block[at] ?? 0;
    if (byte === 0) break;
    into[end] = byte;
    end += 1;
  }
  return end;
}

function isMarked(block: Uint8Array, start: number, mark: string): boolean {
  for (let at = 0; at < mark.length; at += 1) if (block[start + at] !== mark.charCodeAt(at)) return false;
  return true;
}
const isUstar = (block: Uint8Array): boolean => isMarked(block, 257, "ustar\0");
/** star has times at the end of the first part of a long name. */
const isStar = (block: Uint8Array): boolean => isMarked(block, 508, "tar\0");

function kindOf(flag: number, name: Uint8Array): TarKind {
  switch (flag) {
    case 0x30: // 0
    case 0:
      // Older archives mark a directory by its name alone.
      return name[name.length - 1] === slash ? "directory" : "file";
    case 0x37: // 7: a contiguous file
    case 0x53: // S: a sparse one
      return "file";
    case 0x31: // 1
      return "hardlink";
    case 0x32: // 2
      return "symlink";
    case 0x35: // 5
    case 0x44: // D
      return "directory";
    default:
      return "other";
  }
}

/** Links, directories, devices and pipes have no body, whatever size their header gives. */
const isBodilessFlag = (flag: number): boolean => flag >= 0x31 && flag <= 0x36;

const slash = 0x2f;
const dot = 0x2e;

/** Without a leading `./` or `/` and a trailing `/`. */
export function plainName(name: Uint8Array): Uint8Array {
  let start = 0;
  for (;;) {
    if (name[start] === slash) start += 1;
    else if (name[start] === dot && (name[start + 1] === slash || start + 1 === name.length)) start += 1;
    else break;
  }
  let stop = name.length;
  while (stop > start && name[stop - 1] === slash) stop -= 1;
  return start === 0 && stop === name.length ? name : name.subarray(start, stop);
}
