/**
 * Reads the headers of a tar archive, block by block, and says what follows each: the way through an archive is the
 * reader's own, whether bytes pass by or a file is wound. Formats: v7, ustar, GNU (long names, base-256, sparse), PAX
 * (per file and global, sparse 0.0, 0.1 and 1.0).
 *
 * Invariant: bounded memory for any input; what is no header is a trouble with its place, and the next header counts.
 */
import { textOf } from "../text/utf8.ts";
import { partsOfNumbers, type SparseForm, type SparsePart } from "./sparse.ts";

export type TarKind = "file" | "hardlink" | "symlink" | "directory" | "other";

export interface TarEntry {
  /** As it is written, without a leading `./` or `/` and a trailing `/`. */
  readonly name: Uint8Array;
  readonly kind: TarKind;
  /** Bytes of a file's content, holes included; 0 for everything else. */
  readonly size: number;
  /** Bytes of the body that follows, without its padding. */
  readonly stored: number;
  /** Of a hard link without a leading `./` or `/`; of a symbolic link as it is written. */
  readonly link: Uint8Array;
  /** How the body of a sparse file is to be read; undefined for all others. */
  readonly sparse: SparseForm | undefined;
}

export type TarStep =
  /** Nothing yet: the next block is a header too. */
  | { readonly kind: "more" }
  /** A record of this size and its padding follow; it is to be given to `record`. */
  | { readonly kind: "record"; readonly size: number }
  | { readonly kind: "entry"; readonly entry: TarEntry }
  | { readonly kind: "end" }
  | { readonly kind: "broken"; readonly why: string };

export const tarBlock = 512;
export const paddingOf = (size: number): number => (tarBlock - (size % tarBlock)) % tarBlock;

/** Names and PAX records longer than this are made to hurt. */
const longestRecord = 1 << 20;
const mostParts = 1 << 20;

type Special = "pax" | "global" | "longName" | "longLink";

const specials: Readonly<Record<string, Special>> = {
  x: "pax",
  X: "pax",
  g: "global",
  L: "longName",
  K: "longLink",
};

/** Values of a PAX record that say something about a file's place, size or content. */
interface Records {
  readonly values: Map<string, Uint8Array>;
  /** Offsets and lengths in turn, of the format that repeats its keys. */
  readonly numbers: number[];
}

const more: TarStep = { kind: "more" };
const end: TarStep = { kind: "end" };

export class TarHeads {
  #next: Records = noRecords();
  readonly #global = new Map<string, Uint8Array>();
  #special: Special | undefined;
  /** A sparse file of GNU's old format whose list of parts goes on in the next block. */
  #growing: { readonly entry: TarEntry; readonly parts: SparsePart[] } | undefined;
  #zeroBlocks = 0;
  /** After something that was no header: on the way to the next one. */
  #lost = false;

  /** `at`: the block's place in the archive, for what is said of it. */
  head(block: Uint8Array, at: number): TarStep {
    if (this.#growing !== undefined) return this.#grow(block, this.#growing);
    if (this.#lost && !isMarked(block)) return more;
    if (block[0] === 0 && block.every((it) => it === 0)) {
      this.#zeroBlocks += 1;
      // Two empty blocks end an archive; what follows is filling.
      return this.#zeroBlocks === 2 ? end : more;
    }
    this.#zeroBlocks = 0;
    if (!isChecksum(block, octal(block, 148, 8))) return this.#broken(`no tar header at byte ${at}`);
    const flag = String.fromCharCode(block[156] ?? 0);
    const special = specials[flag];
    const size = special === undefined ? this.#sizeOf(block) : number(block, 124, 12);
    if (size === undefined) return this.#broken(`no size in the tar header at byte ${at}`);
    this.#lost = false;
    if (special === undefined) return this.#entry(block, flag, size, at);
    if (size > longestRecord) return this.#broken(`a name or record of ${size} bytes at byte ${at}`);
    this.#special = special;
    return { kind: "record", size };
  }

  /** The content of the record that the last step asked for. */
  record(bytes: Uint8Array): void {
    const special = this.#special;
    this.#special = undefined;
    const text = (): Uint8Array => bytes.slice(0, endOf(bytes, 0, bytes.length));
    if (special === "longName") this.#next.values.set("path", text());
    else if (special === "longLink") this.#next.values.set("linkpath", text());
    else if (special === "pax") readRecords(bytes, this.#next);
    else if (special === "global") {
      const records = noRecords();
      readRecords(bytes, records);
      for (const [key, value] of records.values) this.#global.set(key, value);
    }
  }

  #broken(why: string): TarStep {
    const first = !this.#lost;
    this.#lost = true;
    this.#next = noRecords();
    return first ? { kind: "broken", why } : more;
  }

  /** An empty value takes a key back, of the global records too. */
  #value(key: string): Uint8Array | undefined {
    const value = this.#next.values.get(key) ?? this.#global.get(key);
    return value === undefined || value.length === 0 ? undefined : value;
  }

  #count(key: string): number | undefined {
    const value = this.#value(key);
    return value === undefined ? undefined : decimal(textOf(value));
  }

  #sizeOf(block: Uint8Array): number | undefined {
    return this.#value("size") === undefined ? number(block, 124, 12) : this.#count("size");
  }

  #entry(block: Uint8Array, flag: string, size: number, at: number): TarStep {
    const written = this.#value("path") ?? nameIn(block);
    const name = this.#value("GNU.sparse.name") ?? written;
    const kind = kindOf(flag, name);
    const stored = isBodiless(flag, kind) ? 0 : size;
    const link = this.#value("linkpath") ?? field(block, 157, 100);
    const entry: TarEntry = {
      name: plainName(name),
      kind,
      size: kind === "file" ? size : 0,
      stored,
      link: kind === "hardlink" ? plainName(link) : link,
      sparse: undefined,
    };
    if (flag === "S") return this.#oldSparse(block, entry, at);
    const sparse = kind === "file" ? this.#paxSparse() : undefined;
    this.#next = noRecords();
    return {
      kind: "entry",
      entry: sparse === undefined ? entry : { ...entry, size: sparse.size, sparse: sparse.form },
    };
  }

  #paxSparse(): { readonly size: number; readonly form: SparseForm } | undefined {
    const size = this.#count("GNU.sparse.realsize") ?? this.#count("GNU.sparse.size");
    if (size === undefined) return undefined;
    if (this.#count("GNU.sparse.major") === 1) return { size, form: { kind: "inBody", size } };
    const list = this.#value("GNU.sparse.map");
    const numbers = list === undefined ? this.#next.numbers : textOf(list).split(",").map(Number);
    return { size, form: formOf(partsOfNumbers(numbers), size) };
  }

  #oldSparse(block: Uint8Array, entry: TarEntry, at: number): TarStep {
    const size = number(block, 483, 12);
    if (size === undefined) return this.#broken(`no size in the sparse header at byte ${at}`);
    const parts: SparsePart[] = [];
    readParts(block, 386, 4, parts);
    const whole = { ...entry, kind: "file" as const, size };
    if (block[482] !== 0) {
      this.#growing = { entry: whole, parts };
      return more;
    }
    this.#next = noRecords();
    return { kind: "entry", entry: { ...whole, sparse: formOf(parts, size) } };
  }

  #grow(block: Uint8Array, { entry, parts }: { entry: TarEntry; parts: SparsePart[] }): TarStep {
    readParts(block, 0, 21, parts);
    if (block[504] !== 0 && parts.length < mostParts) return more;
    this.#growing = undefined;
    this.#next = noRecords();
    return { kind: "entry", entry: { ...entry, sparse: formOf(parts, entry.size) } };
  }
}

const noRecords = (): Records => ({ values: new Map(), numbers: [] });

const formOf = (parts: readonly SparsePart[] | undefined, size: number): SparseForm => ({
  kind: "map",
  parts,
  size,
});

function readParts(block: Uint8Array, start: number, count: number, into: SparsePart[]): void {
  for (let index = 0; index < count; index += 1) {
    const at = start + index * 24;
    // An entry without a text is beyond the last.
    if (block[at + 12] === 0) return;
    into.push({
      start: number(block, at, 12) ?? Number.NaN,
      length: number(block, at + 12, 12) ?? Number.NaN,
    });
  }
}

/** `LENGTH KEY=VALUE\n`; what follows a broken record is lost. */
function readRecords(bytes: Uint8Array, into: Records): void {
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 || space - at > 8 ? undefined : decimal(textOf(bytes, at, space));
    if (length === undefined || length <= space - at + 1 || at + length > bytes.length) return;
    const equals = bytes.indexOf(0x3d, space);
    if (equals > space && equals < at + length) {
      const key = textOf(bytes, space + 1, equals);
      const value = bytes.slice(equals + 1, at + length - 1);
      if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
        if (into.numbers.length < mostParts) into.numbers.push(decimal(textOf(value)) ?? Number.NaN);
      } else if (wanted.has(key)) into.values.set(key, value);
    }
    at += length;
  }
}

const wanted: ReadonlySet<string> = new Set([
  "path",
  "linkpath",
  "size",
  "GNU.sparse.name",
  "GNU.sparse.size",
  "GNU.sparse.realsize",
  "GNU.sparse.major",
  "GNU.sparse.map",
]);

function nameIn(block: Uint8Array): Uint8Array {
  const plain = field(block, 0, 100);
  // GNU's own format has times where ustar has the first part of a long name.
  const prefix = isUstar(block) ? field(block, 345, 155) : plain.subarray(0, 0);
  if (prefix.length === 0) return plain;
  const res = new Uint8Array(prefix.length + 1 + plain.length);
  res.set(prefix);
  res[prefix.length] = slash;
  res.set(plain, prefix.length + 1);
  return res;
}

/** `ustar` and a zero byte. */
const isUstar = (block: Uint8Array): boolean => isMarked(block) && block[262] === 0;
const isMarked = (block: Uint8Array): boolean =>
  block[257] === 0x75 &&
  block[258] === 0x73 &&
  block[259] === 0x74 &&
  block[260] === 0x61 &&
  block[261] === 0x72;

function kindOf(flag: string, name: Uint8Array): TarKind {
  switch (flag) {
    case "0":
    case "\0":
      // Older archives mark a directory by its name alone.
      return name.at(-1) === slash ? "directory" : "file";
    // Contiguous and sparse files.
    case "7":
    case "S":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
    case "D":
      return "directory";
    default:
      return "other";
  }
}

/** Links, directories, devices and pipes have no body, whatever size their header gives. */
const isBodiless = (flag: string, kind: TarKind): boolean =>
  /[1-6]/.test(flag) || (kind === "directory" && flag !== "D");

const slash = 0x2f;
const dot = 0x2e;

function plainName(name: Uint8Array): Uint8Array {
  let start = 0;
  for (;;) {
    if (name[start] === slash) start += 1;
    else if (name[start] === dot && (name[start + 1] === slash || start + 1 === name.length)) start += 1;
    else break;
  }
  let stop = name.length;
  while (stop > start && name[stop - 1] === slash) stop -= 1;
  return name.subarray(start, stop);
}

/** A copy, up to the first zero byte. */
const field = (block: Uint8Array, start: number, length: number): Uint8Array =>
  block.slice(start, endOf(block, start, length));

function isChecksum(block: Uint8Array, sum: number | undefined): boolean {
  if (sum === undefined) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < tarBlock; at += 1) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return sum === unsigned || sum === signed;
}

/** Octal digits, or base-256 where the first bit is set; undefined for what is negative or no exact number. */
function number(block: Uint8Array, start: number, length: number): number | undefined {
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) return octal(block, start, length);
  if ((first & 0x40) !== 0) return undefined;
  let res = first & 0x3f;
  for (let at = start + 1; at < start + length; at += 1) res = res * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(res) ? res : undefined;
}

/** No digits at all are 0. */
function octal(block: Uint8Array, start: number, length: number): number | undefined {
  let res = 0;
  let digits = 0;
  for (let at = start; at < start + length; at += 1) {
    const byte = block[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) {
      res = res * 8 + byte - 0x30;
      digits += 1;
    } else if (byte === 0 || (byte === 0x20 && digits > 0)) break;
    else if (byte !== 0x20) return undefined;
  }
  return res;
}

const decimal = (text: string): number | undefined => {
  const res = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(res) ? res : undefined;
};

function endOf(bytes: Uint8Array, start: number, length: number): number {
  const zero = bytes.indexOf(0, start);
  return zero === -1 || zero > start + length ? start + length : zero;
}
