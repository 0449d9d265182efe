/**
 * Probes read the few parts of a file that tell something about it (an ELF file's section headers, an archive's
 * directory), from a stream or from a file that can be wound to any place.
 */

/** Bytes `start` to `end` (exclusive) of a file's content. */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Yields the ranges it wants, each at or after the end of the one before, since a stream cannot be wound back, and
 * gets their bytes, fewer where the file ends or where a range is behind or too long. A range of more than
 * `longestRange` is never given in full. Must not throw on any content.
 */
export type Probe<Result> = Generator<ContentRange, Result, Uint8Array>;

export const longestRange = 4 << 20;

/** Runs a probe over content that can be read anywhere; `read` answers fewer bytes where the content ends. */
export function probeContent<Result>(
  probe: Probe<Result>,
  read: (start: number, length: number) => Uint8Array,
): Result {
  let at = 0;
  let step = probe.next();
  while (step.done !== true) {
    const { start, end } = step.value;
    const length = Math.min(end - start, longestRange);
    const fits = start >= at && length > 0;
    if (fits) at = start + length;
    step = probe.next(fits ? read(start, length) : nothing);
  }
  return step.value;
}

const nothing = new Uint8Array(0);

/** Runs a probe over content that passes by, keeping only the range that is being waited for. */
export class StreamProbe<Result> {
  readonly #probe: Probe<Result>;
  #step: IteratorResult<ContentRange, Result>;
  #kept = nothing;
  #filled = 0;
  #at = 0;

  constructor(probe: Probe<Result>) {
    this.#probe = probe;
    this.#step = probe.next();
    this.#settle();
  }

  /** The next piece of the content; valid during the call only. */
  push(piece: Uint8Array): void {
    while (this.#step.done !== true) {
      const { start } = this.#step.value;
      const from = start + this.#filled - this.#at;
      if (from >= piece.length) break;
      const taken = piece.subarray(from, from + this.#kept.length - this.#filled);
      this.#kept.set(taken, this.#filled);
      this.#filled += taken.length;
      if (this.#filled < this.#kept.length) break;
      this.#answer(from + taken.length);
    }
    this.#at += piece.length;
  }

  /** After the last piece. */
  finish(): Result {
    while (this.#step.done !== true) this.#answer(0);
    return this.#step.value;
  }

  /** `passed`: bytes of the present piece that are behind. */
  #answer(passed: number): void {
    this.#step = this.#probe.next(this.#kept.subarray(0, this.#filled));
    this.#settle(this.#at + passed);
  }

  #settle(at = 0): void {
    this.#filled = 0;
    while (this.#step.done !== true) {
      const { start, end } = this.#step.value;
      const length = Math.min(end - start, longestRange);
      if (start >= at && length > 0) {
        this.#kept = new Uint8Array(length);
        return;
      }
      this.#step = this.#probe.next(nothing);
    }
    this.#kept = nothing;
  }
}
