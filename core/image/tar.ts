/**
 * A push reader of tar streams: bytes in, entries out, bodies passed on in pieces and never kept.
 *
 * Invariant: bounded memory for any input; what is broken is a trouble that says where, and everything that can be
 * read before and after it stands.
 */
import { tarBlock } from "./tar-fields.ts";
import { cutShort, paddingOf, type TarEntry, TarHeads } from "./tar-head.ts";

export interface TarListener {
  entry(it: TarEntry): void;
  /** A piece of the last entry's body as it is stored, valid during the call only. */
  body(piece: Uint8Array): void;
  /** The last entry's body is over; it was cut short where the stream ends in it. */
  end(): void;
}

type Pending =
  | { readonly kind: "body"; left: number; padding: number }
  | { readonly kind: "record"; left: number; padding: number; readonly bytes: Uint8Array };

const mostTroubles = 20;

export class TarReader {
  readonly #listener: TarListener;
  readonly #heads = new TarHeads();
  readonly #head = new Uint8Array(tarBlock);
  #headFilled = 0;
  #pending: Pending | undefined;
  #offset = 0;
  /** Where the last header stands. */
  #headAt = 0;
  #ended = false;
  /** Why something was not read. */
  readonly troubles: string[] = [];

  constructor(listener: TarListener) {
    this.#listener = listener;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#ended) {
      at +=
        this.#pending === undefined ? this.#pushHead(chunk, at) : this.#pushBody(chunk, at, this.#pending);
    }
    this.#offset += chunk.length;
  }

  /**
   * The last entry's whole body, of which nothing was pushed yet, passes by unseen: `count` bytes without their padding.
   * False, and nothing is done, where something else is due.
   */
  skip(count: number): boolean {
    const pending = this.#pending;
    if (pending?.kind !== "body" || pending.left !== count) return false;
    pending.left = 0;
    this.#offset += count;
    this.#endBody(pending);
    if (pending.padding === 0) this.#pending = undefined;
    return true;
  }

  /** After the last chunk. */
  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    const pending = this.#pending;
    if (pending !== undefined || this.#headFilled > 0 || this.#heads.isOpen)
      this.#trouble(cutShort(this.#offset, pending === undefined ? undefined : this.#headAt));
    if (pending?.kind === "body" && pending.left > 0) this.#listener.end();
  }

  #pushHead(chunk: Uint8Array, at: number): number {
    const whole = this.#headFilled === 0 && chunk.length - at >= tarBlock;
    if (whole) {
      this.#step(chunk.subarray(at, at + tarBlock), this.#offset + at);
      return tarBlock;
    }
    const taken = Math.min(tarBlock - this.#headFilled, chunk.length - at);
    this.#head.set(chunk.subarray(at, at + taken), this.#headFilled);
    this.#headFilled += taken;
    if (this.#headFilled === tarBlock) {
      this.#headFilled = 0;
      this.#step(this.#head, this.#offset + at + taken - tarBlock);
    }
    return taken;
  }

  #step(block: Uint8Array, at: number): void {
    this.#headAt = at;
    const step = this.#heads.head(block, at);
    if (step.kind === "entry") {
      const { stored } = step.entry;
      this.#listener.entry(step.entry);
      this.#open({ kind: "body", left: stored, padding: paddingOf(stored) });
    } else if (step.kind === "record") {
      const { size } = step;
      this.#open({ kind: "record", left: size, padding: paddingOf(size), bytes: new Uint8Array(size) });
    } else if (step.kind === "end") this.#ended = true;
    else if (step.kind === "broken") this.#trouble(step.why);
  }

  #pushBody(chunk: Uint8Array, at: number, pending: Pending): number {
    const inBody = Math.min(pending.left, chunk.length - at);
    if (inBody > 0) {
      const piece = chunk.subarray(at, at + inBody);
      if (pending.kind === "body") this.#listener.body(piece);
      else pending.bytes.set(piece, pending.bytes.length - pending.left);
      pending.left -= inBody;
      if (pending.left === 0) this.#endBody(pending);
    }
    const skipped = pending.left > 0 ? 0 : Math.min(pending.padding, chunk.length - at - inBody);
    pending.padding -= skipped;
    if (pending.left === 0 && pending.padding === 0) this.#pending = undefined;
    return inBody + skipped;
  }

  #open(pending: Pending): void {
    if (pending.left === 0) this.#endBody(pending);
    else this.#pending = pending;
  }

  #endBody(pending: Pending): void {
    if (pending.kind === "body") this.#listener.end();
    else {
      const why = this.#heads.record(pending.bytes);
      if (why !== undefined) this.#trouble(why);
    }
  }

  #trouble(why: string): void {
    if (this.troubles.length < mostTroubles) this.troubles.push(why);
  }
}
