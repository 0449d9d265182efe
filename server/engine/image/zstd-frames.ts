/** The limits of a zstd stream, watched from outside of the decoder (RFC 8878, 3.1). */

/** As much as the reference decoder allows: a frame that asks for more is made to hurt. */
const longestWindow = 128 << 20;

/** Magic number, descriptor, window, dictionary, content size at their longest. */
const longestHeader = 18;

type Part =
  | { readonly kind: "header" }
  /** A block's header. */
  | { readonly kind: "block"; readonly hasChecksum: boolean }
  /** So many bytes go by, then comes the next. */
  | { readonly kind: "skip"; left: number; readonly next: Part };

const header: Part = { kind: "header" };

/** Follows the frames of a stream whose pieces are pushed. */
export class ZstdFrames {
  #part: Part = header;
  #window = 0;
  /** Of all blocks so far: the window that each moves on. */
  moved = 0;
  /** Of the header that is being waited for. */
  readonly #head = new Uint8Array(longestHeader);
  #filled = 0;

  /** Of the frame that is at hand. */
  get window(): number {
    return this.#window;
  }

  /** Whether the decoder may have these bytes too: no frame begins in them that needs too much memory. */
  push(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; ) {
      const part = this.#part;
      if (part.kind === "skip") {
        const passed = Math.min(part.left, chunk.length - at);
        part.left -= passed;
        at += passed;
        if (part.left === 0) this.#part = part.next;
        continue;
      }
      this.#head[this.#filled] = chunk[at] ?? 0;
      this.#filled += 1;
      at += 1;
      const next = part.kind === "header" ? this.#afterHeader() : this.#afterBlock(part.hasChecksum);
      if (this.#window > longestWindow) return false;
      if (next === undefined) continue;
      if (part.kind === "block") this.moved += this.#window;
      this.#filled = 0;
      this.#part = next;
    }
    return true;
  }

  /** Undefined: it goes on. What is no frame is for the decoder to refuse. */
  #afterHeader(): Part | undefined {
    if (this.#filled < 5) return undefined;
    const view = new DataView(this.#head.buffer);
    const isSkippable = (view.getUint32(0, true) & 0xffff_fff0) >>> 0 === 0x184d_2a50;
    if (isSkippable) return this.#filled < 8 ? undefined : skipped(view.getUint32(4, true), header);
    const descriptor = this.#head[4] ?? 0;
    const isSingle = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const sizeFlag = descriptor >> 6;
    const sizeLength = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
    const sizeAt = 5 + (isSingle ? 0 : 1) + dictionary;
    if (this.#filled < sizeAt + sizeLength) return undefined;
    this.#window = isSingle ? contentSize(view, sizeAt, sizeLength) : windowSize(this.#head[5] ?? 0);
    return { kind: "block", hasChecksum: (descriptor & 4) !== 0 };
  }

  #afterBlock(hasChecksum: boolean): Part | undefined {
    if (this.#filled < 3) return undefined;
    const [a = 0, b = 0, c = 0] = this.#head;
    const word = a | (b << 8) | (c << 16);
    const isRepeated = ((word >> 1) & 3) === 1;
    const isLast = (word & 1) === 1;
    const end: Part = hasChecksum ? skipped(4, header) : header;
    return skipped(isRepeated ? 1 : word >> 3, isLast ? end : { kind: "block", hasChecksum });
  }
}

const skipped = (left: number, next: Part): Part => (left === 0 ? next : { kind: "skip", left, next });

function windowSize(window: number): number {
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}

function contentSize(view: DataView, at: number, length: number): number {
  if (length === 8) return Number(view.getBigUint64(at, true));
  if (length === 4) return view.getUint32(at, true);
  return length === 2 ? view.getUint16(at, true) + 256 : view.getUint8(at);
}
