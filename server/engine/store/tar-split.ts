import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { fieldsOf, jsonOf } from "../records.ts";
import { StoreError } from "./store-error.ts";

/** How an archive is taken to pieces (github.com/vbatts/tar-split): what is no content as it is, contents by a checksum. */
export interface SplitListener {
  /** Headers, padding and records of the archive; valid during the call only. */
  segment(bytes: Uint8Array): void;
  /** In the archive the content of a file stands here. `name`: as the header has it. */
  file(name: Uint8Array, size: number, checksum: number): void;
}

/** A name or record is at most 1 MiB long here, and a segment holds some of them. */
const longestLine = 16 << 20;
/** Of 300,000 files they are some 600 MB unpacked; more is made to hurt. */
const mostUnpacked = 4 * 2 ** 30;

const newline = 0x0a;
const quote = 0x22;

/** Reads the records of one layer. Throws what the listener throws, and `StoreError` where they are broken. */
export async function readTarSplit(path: string, listener: SplitListener): Promise<void> {
  const lines = new SplitLines(listener);
  const packed = createReadStream(path, { highWaterMark: 1 << 17 });
  const unpacked = createGunzip({ chunkSize: 1 << 17 });
  packed.on("error", (cause) => unpacked.destroy(cause));
  try {
    for await (const chunk of packed.pipe(unpacked)) lines.push(chunk);
    lines.finish();
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

/** A line of JSON for each record, as Go writes it: always in the same order, without spaces. */
export class SplitLines {
  readonly #listener: SplitListener;
  #carry: Buffer[] = [];
  #carried = 0;
  #unpacked = 0;
  #scratch = Buffer.alloc(1 << 14);

  constructor(listener: SplitListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    this.#unpacked += chunk.length;
    if (this.#unpacked > mostUnpacked) throw new StoreError("the records of a layer are too many");
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      if (this.#carried === 0) this.#line(chunk, start, end);
      else {
        const line = Buffer.concat([...this.#carry, chunk.subarray(start, end)]);
        this.#carry = [];
        this.#carried = 0;
        this.#line(line, 0, line.length);
      }
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#carry.push(Buffer.from(chunk.subarray(start)));
    this.#carried += chunk.length - start;
    if (this.#carried > longestLine) throw new StoreError("a record of a layer is too long");
  }

  finish(): void {
    if (this.#carried > 0) throw new StoreError("the records of a layer are cut short");
  }

  /** In `bytes` from `start` to `end`. */
  #line(bytes: Buffer, start: number, end: number): void {
    if (startsWith(bytes, start, segmentStart)) {
      const from = start + segmentStart.length;
      const to = bytes.indexOf(quote, from);
      if (to === -1 || to > end) throw broken();
      this.#segment(bytes.toString("latin1", from, to));
      return;
    }
    if (this.#plainFile(bytes, start, end)) return;
    const record = fieldsOf(jsonOf(bytes.toString("utf8", start, end)));
    const { type, size = 0, payload, name = "", name_raw: raw } = record;
    if (type === segmentType && typeof payload === "string") this.#segment(payload);
    else if (type === fileType && typeof size === "number" && Number.isSafeInteger(size) && size >= 0) {
      if (size === 0) return;
      const named = typeof raw === "string" ? Buffer.from(raw, "base64") : Buffer.from(String(name), "utf8");
      this.#listener.file(named, size, checksumOf(payload));
    } else throw broken();
  }

  /**
   * A file whose name is written as it is, which most are: told without making an object of the line. False, and nothing
   * is done, for any other line.
   */
  #plainFile(bytes: Buffer, start: number, end: number): boolean {
    if (!startsWith(bytes, start, fileStart)) return false;
    const from = start + fileStart.length;
    let at = from;
    for (; at < end && bytes[at] !== quote; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x20 || byte >= 0x80 || byte === backslash) return false;
    }
    const nameEnd = at;
    if (!startsWith(bytes, nameEnd, sizeStart)) return false;
    let size = 0;
    at += sizeStart.length;
    const digits = at;
    for (; at < digits + mostDigits; at += 1) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      size = size * 10 + digit;
    }
    if (at === digits || size === 0 || !startsWith(bytes, at, payloadStart)) return false;
    const payload = at + payloadStart.length;
    if (payload + checksumLength > end || !startsWith(bytes, payload + checksumLength, positionStart))
      return false;
    const position = payload + checksumLength + positionStart.length;
    for (at = position; at < end - 1; at += 1) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) return false;
    }
    if (at === position || bytes[at] !== closing) return false;
    this.#listener.file(
      bytes.subarray(from, nameEnd),
      size,
      checksumOf(bytes.toString("latin1", payload, payload + checksumLength)),
    );
    return true;
  }

  #segment(payload: string): void {
    const length = Math.floor((payload.length * 3) / 4);
    if (this.#scratch.length < length) this.#scratch = Buffer.alloc(length);
    const written = this.#scratch.write(payload, "base64");
    const padding = payload.endsWith("==") ? 2 : payload.endsWith("=") ? 1 : 0;
    // What is no base64 is passed over by the decoder, and then bytes are missing.
    if (payload.length % 4 !== 0 || written !== length - padding) throw broken();
    // Parts of a Buffer are slower to make than those of an array.
    if (written > 0)
      this.#listener.segment(new Uint8Array(this.#scratch.buffer, this.#scratch.byteOffset, written));
  }
}

const segmentStart = Buffer.from('{"type":2,"payload":"');
const fileStart = Buffer.from('{"type":1,"name":"');
const sizeStart = Buffer.from('","size":');
const payloadStart = Buffer.from(',"payload":"');
const positionStart = Buffer.from('","position":');
/** Of a CRC-64 in base64. */
const checksumLength = 12;
/** As many as any number has that is exact. */
const mostDigits = 15;
const zero = 0x30;
const backslash = 0x5c;
const closing = 0x7d;
const fileType = 1;
const segmentType = 2;

const broken = (): StoreError => new StoreError("a record of a layer is broken");

function startsWith(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[start + at] !== text[at]) return false;
  return true;
}

/** CRC-64 of the content in the 53 bits of a number: of short contents it differs in its upper bits alone. */
function checksumOf(payload: unknown): number {
  const bytes = Buffer.from(typeof payload === "string" ? payload : "", "base64");
  if (bytes.length !== 8) throw broken();
  const [upper, lower] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  const folded = (lower ^ Math.imul(upper, 0x9e37_79b1)) >>> 0;
  return ((upper ^ (upper >>> 11)) & 0x1f_ffff) * 2 ** 32 + folded;
}
