import { type Bytes, bytes, bytesLabel } from "./bytes.ts";

/** How a size is known. Every place that shows a number says which of these it is; unknown is never 0. */
export type Size = Measured | Estimated | AtLeast | Unknown;

/** Counted on real bytes. `from` names them, for example "image truthgraph-api:latest" or "build context". */
export interface Measured {
  readonly kind: "measured";
  readonly bytes: Bytes;
  readonly from: string;
}

/** The truth is expected between `low` and `high`; `basis` says what the range was derived from. */
export interface Estimated {
  readonly kind: "estimated";
  readonly low: Bytes;
  readonly high: Bytes;
  readonly basis: string;
}

/** An estimate that is open at its end: `low` is certain, and how much more there is nobody knows. */
export interface AtLeast {
  readonly kind: "estimated";
  readonly low: Bytes;
  readonly high: undefined;
  readonly basis: string;
}

export interface Unknown {
  readonly kind: "unknown";
  readonly because: string;
}

export const measured = (count: Bytes, from: string): Measured => ({ kind: "measured", bytes: count, from });

/** Without `high` it is open. */
export function estimated(low: Bytes, high: Bytes, basis: string): Estimated;
export function estimated(low: Bytes, high: Bytes | undefined, basis: string): Estimated | AtLeast;
export function estimated(low: Bytes, high: Bytes | undefined, basis: string): Estimated | AtLeast {
  return high === undefined ? atLeast(low, basis) : { kind: "estimated", low, high, basis };
}

export const atLeast = (low: Bytes, basis: string): AtLeast => ({
  kind: "estimated",
  low,
  high: undefined,
  basis,
});

export const unknownSize = (because: string): Unknown => ({ kind: "unknown", because });

/** The short form for a line's end: "2.75 MB", "~180–210 MB", "at least 3.00 MB", "size unknown". */
export function sizeLabel(size: Size): string {
  switch (size.kind) {
    case "measured":
      return bytesLabel(size.bytes);
    case "estimated":
      return size.high === undefined
        ? `at least ${bytesLabel(size.low)}`
        : `~${rangeLabel(size.low, size.high)}`;
    case "unknown":
      return "size unknown";
  }
}

/** A sentence that says how the number is known. */
export function howKnown(size: Size): string {
  switch (size.kind) {
    case "measured":
      return `Measured: ${size.from}.`;
    case "estimated":
      return `Estimated: ${size.basis}.`;
    case "unknown":
      return `Size unknown: ${size.because}.`;
  }
}

/** The one number to sort by: the middle of a range, the low end of an open one, nothing for unknown. */
export function middleOf(size: Size): Bytes | undefined {
  switch (size.kind) {
    case "measured":
      return size.bytes;
    case "estimated":
      return bytes(Math.round((size.low + (size.high ?? size.low)) / 2));
    case "unknown":
      return undefined;
  }
}

function rangeLabel(low: Bytes, high: Bytes): string {
  const [from, to] = [bytesLabel(low), bytesLabel(high)];
  if (from === to) return to;
  const [lowDigits, lowUnit] = from.split(" ");
  return lowUnit === to.split(" ")[1] ? `${lowDigits}–${to}` : `${from}–${to}`;
}
