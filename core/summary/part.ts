/**
 * What the parts of a document weigh, and what of it can go: for code lenses and for the lists behind them.
 *
 * Invariant: a sum never mixes how its numbers are known, and says what it leaves out.
 */
import { counted, savingsLabel } from "../report/savings.ts";
import type { RatedFinding } from "../rules/check.ts";
import { middleOf, type Size } from "../size/size.ts";
import type { Span } from "../text/span.ts";

export interface Part {
  /** Unique in its document, and the same after an edit elsewhere: `file`, `stage:2`, `extra:ml`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Where it is told. */
  readonly at: Span;
  /** One line: what is known of its weight. */
  readonly weight: string;
  /** What it consists of; asked for when somebody wants the list. Largest first, unknown last. */
  readonly rows: () => readonly Row[];
  /** Findings in it that are about bytes. */
  readonly findings: readonly RatedFinding[];
}

export interface Row {
  readonly name: string;
  readonly size: Size;
  /** Beside the name: who needs it, whether it stays. */
  readonly note: string;
  /** Undefined: it stands nowhere in the document. */
  readonly at: Span | undefined;
}

/** "2.83 MB measured, ~180–210 MB estimated (5 findings)"; undefined: nothing can go. */
export function removable({ findings }: Part): string | undefined {
  if (findings.length === 0) return undefined;
  return `${savingsLabel(findings.map(({ saving }) => saving))} (${counted(findings.length, "finding")})`;
}

/** Findings about something else (a comment) have no bytes to remove. */
export const isAboutBytes = ({ saving }: RatedFinding): boolean =>
  saving.kind !== "measured" || saving.bytes > 0;

export const largestFirst = <It extends { readonly size: Size }>(rows: readonly It[]): readonly It[] =>
  rows.toSorted((a, b) => (middleOf(b.size) ?? -1) - (middleOf(a.size) ?? -1));
