/**
 * A push reader of tar streams: bytes in, entries out, bodies passed on in pieces and never kept.
 *
 * Invariant: bounded memory for any input; what is broken ends the reading with a trouble that says where, and
 * everything before it stands. Formats: v7, ustar, GNU (long names, base-256), PAX (per file and global).
 */

export type TarKind = "file" | "hardlink" | "symlink" | "directory" | "other";

export interface TarEntry {
  /** As it is written, without a leading `./` and a trailing `/`. */
  readonly path: string;
  readonly kind: TarKind;
  /** Bytes of the body that follows; 0 for links and directories. */
  readonly size: number;
  readonly link: string;
}

export interface TarListener {
  entry(it: TarEntry): void;
  /** A piece of the last entry's body, valid during the call only. */
  body(piece: Uint8Array): void;
  /** The last entry's body is complete. */
  end(): void;
}

const block = 512;
/** Names and PAX records longer than this are made to hurt. */
const longestRecord = 1 << 20;

type Special = "pax" | "global" | "longName" | "longLink";

interface Pending {
  readonly left: number;
  readonly padding: number;
  readonly special: Special | undefined;
}

/** Bytes of a name as text; the core has no decoder of its own. */
export type Decode = (bytes: Uint8Array) => string;

export class TarReader {
  readonly #listener: TarListener;
  readonly #decode: Decode;
  readonly #head = new Uint8Array(block);
  #headFilled = 0;
  #pending: Pending | undefined;
  #record: Uint8Array[] = [];
  #recordLength = 0;
  #offset = 0;
  #zeroBlocks = 0;
  #ended = false;
  #next = new Map<string, string>();
  readonly #global = new Map<string, string>();
  /** Why reading stopped early. */
  trouble: string | undefined;

  constructor(listener: TarListener, decode: Decode) {
    this.#listener = listener;
    this.#decode = decode;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#ended) {
      at +=
        this.#pending === undefined ? this.#pushHead(chunk, at) : this.#pushBody(chunk, at, this.#pending);
    }
    this.#offset += chunk.length;
  }

  /** After the last chunk. */
  finish(): void {
    if (this.#ended) return;
    if (this.#pending !== undefined || this.#headFilled > 0) {
      this.#fail(`the archive ends in the middle of an entry, at byte ${this.#offset}`);
    }
    this.#ended = true;
  }

  #pushHead(chunk: Uint8Array, at: number): number {
    const taken = Math.min(block - this.#headFilled, chunk.length - at);
    this.#head.set(chunk.subarray(at, at + taken), this.#headFilled);
    this.#headFilled += taken;
    if (this.#headFilled === block) {
      this.#headFilled = 0;
      this.#readHead(this.#offset + at + taken - block);
    }
    return taken;
  }

  #pushBody(chunk: Uint8Array, at: number, pending: Pending): number {
    const inBody = Math.min(pending.left, chunk.length - at);
    if (inBody > 0) {
      const piece = chunk.subarray(at, at + inBody);
      if (pending.special === undefined) this.#listener.body(piece);
      else this.#keep(piece);
    }
    const left = pending.left - inBody;
    const skipped = left > 0 ? 0 : Math.min(pending.padding, chunk.length - at - inBody);
    const padding = pending.padding - skipped;
    this.#pending = { left, padding, special: pending.special };
    if (left === 0 && padding === 0) this.#endBody(pending.special);
    return inBody + skipped;
  }

  #readHead(offset: number): void {
    const head = this.#head;
    if (head.every((it) => it === 0)) {
      this.#zeroBlocks += 1;
      // Two empty blocks end an archive; what follows is filling.
      if (this.#zeroBlocks === 2) this.#ended = true;
      return;
    }
    this.#zeroBlocks = 0;
    const sum = octal(head, 148, 8);
    if (sum === undefined || !isChecksum(head, sum)) {
      this.#fail(`no tar header at byte ${offset}`);
      return;
    }
    const flag = String.fromCharCode(head[156] ?? 0);
    const written = number(head, 124, 12);
    const special = specials[flag];
    const sizeText = special === undefined ? (this.#next.get("size") ?? this.#global.get("size")) : undefined;
    const size = sizeText === undefined || !/^\d+$/.test(sizeText) ? written : Number(sizeText);
    if (size === undefined || !Number.isSafeInteger(size)) {
      this.#fail(`no size in the tar header at byte ${offset}`);
      return;
    }
    if (special !== undefined) {
      if (size > longestRecord) {
        this.#fail(`a name or record of ${size} bytes at byte ${offset}`);
        return;
      }
      this.#open(size, special);
      return;
    }
    this.#readEntry(flag, size);
  }

  #readEntry(flag: string, size: number): void {
    const head = this.#head;
    const prefix =
      this.#text(head, 257, 5) === "ustar" && this.#text(head, 257, 6).length === 5
        ? this.#text(head, 345, 155)
        : "";
    const plain = this.#text(head, 0, 100);
    const name =
      this.#next.get("path") ?? this.#global.get("path") ?? (prefix === "" ? plain : `${prefix}/${plain}`);
    const link = this.#next.get("linkpath") ?? this.#global.get("linkpath") ?? this.#text(head, 157, 100);
    // Sparse files of GNU tar's PAX formats: the entry's name is made up, its content is packed.
    const real = this.#next.get("GNU.sparse.name") ?? name;
    this.#next = new Map();
    const kind = kindOf(flag, real);
    const path = real.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
    const length = kind === "hardlink" || kind === "symlink" || kind === "directory" ? 0 : size;
    this.#listener.entry({ path, kind, size: length, link: link.replace(/^(?:\.?\/)+/, "") });
    this.#open(length, undefined);
  }

  #open(size: number, special: Special | undefined): void {
    this.#pending = { left: size, padding: (block - (size % block)) % block, special };
    this.#record = [];
    this.#recordLength = 0;
    if (size === 0) this.#endBody(special);
  }

  #endBody(special: Special | undefined): void {
    this.#pending = undefined;
    if (special === undefined) {
      this.#listener.end();
      return;
    }
    const record = new Uint8Array(this.#recordLength);
    let at = 0;
    for (const piece of this.#record) {
      record.set(piece, at);
      at += piece.length;
    }
    if (special === "longName") this.#next.set("path", this.#text(record, 0, record.length));
    else if (special === "longLink") this.#next.set("linkpath", this.#text(record, 0, record.length));
    else this.#readRecords(record, special === "global" ? this.#global : this.#next);
  }

  #keep(piece: Uint8Array): void {
    this.#record.push(piece.slice());
    this.#recordLength += piece.length;
  }

  /** `LENGTH KEY=VALUE\n`; an empty value takes a key back. */
  #readRecords(record: Uint8Array, into: Map<string, string>): void {
    for (let at = 0; at < record.length; ) {
      const space = record.indexOf(0x20, at);
      const length = space === -1 ? Number.NaN : Number(this.#decode(record.subarray(at, space)));
      if (!Number.isSafeInteger(length) || length <= space - at + 1 || at + length > record.length) return;
      const pair = this.#decode(record.subarray(space + 1, at + length - 1));
      const equals = pair.indexOf("=");
      if (equals > 0) {
        const value = pair.slice(equals + 1);
        if (value === "") into.delete(pair.slice(0, equals));
        else into.set(pair.slice(0, equals), value);
      }
      at += length;
    }
  }

  /** Up to the first zero byte. */
  #text(bytes: Uint8Array, start: number, length: number): string {
    return this.#decode(bytes.subarray(start, endOf(bytes, start, length)));
  }

  #fail(why: string): void {
    this.trouble = why;
    this.#ended = true;
  }
}

const specials: Readonly<Record<string, Special>> = { x: "pax", g: "global", L: "longName", K: "longLink" };

function kindOf(flag: string, name: string): TarKind {
  switch (flag) {
    case "0":
    case "\0":
      return name.endsWith("/") ? "directory" : "file";
    // Contiguous and sparse files.
    case "7":
    case "S":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
      return "directory";
    default:
      return "other";
  }
}

function isChecksum(head: Uint8Array, sum: number): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < block; at += 1) {
    const byte = at >= 148 && at < 156 ? 0x20 : (head[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return sum === unsigned || sum === signed;
}

/** Octal digits, or base-256 where the first bit is set. */
function number(head: Uint8Array, start: number, length: number): number | undefined {
  const first = head[start] ?? 0;
  if ((first & 0x80) === 0) return octal(head, start, length);
  let res = first & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) res = res * 256 + (head[at] ?? 0);
  return res;
}

function octal(head: Uint8Array, start: number, length: number): number | undefined {
  const digits = ascii(head, start, length).trim();
  return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

const ascii = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, endOf(bytes, start, length)));

function endOf(bytes: Uint8Array, start: number, length: number): number {
  let end = start;
  while (end < start + length && bytes[end] !== 0) end += 1;
  return end;
}
