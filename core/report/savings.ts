/** Sums of savings. Invariant: a total never mixes how its numbers are known. */
import { type Bytes, bytesLabel, sumOf } from "../size/bytes.ts";
import { estimated, type Size, sizeLabel } from "../size/size.ts";

/** "2.83 MB measured, ~180–210 MB estimated, 1 of unknown size"; "" for none. */
export function savingsLabel(savings: readonly Size[]): string {
  const exact: Bytes[] = [];
  const low: Bytes[] = [];
  const high: Bytes[] = [];
  let unknown = 0;
  for (const it of savings) {
    if (it.kind === "measured") exact.push(it.bytes);
    else if (it.kind === "estimated") {
      low.push(it.low);
      if (it.high !== undefined) high.push(it.high);
    } else unknown += 1;
  }
  const parts: string[] = [];
  // One that is at least so much makes the sum at least so much.
  const isClosed = high.length === low.length;
  if (exact.length > 0) parts.push(`${bytesLabel(sumOf(exact))} measured`);
  if (low.length > 0)
    parts.push(`${sizeLabel(estimated(sumOf(low), isClosed ? sumOf(high) : undefined, ""))} estimated`);
  if (unknown > 0) parts.push(`${unknown} of unknown size`);
  return parts.join(", ");
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
