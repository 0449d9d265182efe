import { bytes } from "../size/bytes.ts";
import { middleOf, type Size } from "../size/size.ts";
import type { Severity } from "./rule.ts";
import type { RuleChoices } from "./settings.ts";

const notable = bytes(1_000_000);
/** Nobody looks into a measured saving below this, unless the user wants warnings of it. */
const small = bytes(10_000);

/**
 * The severity of a rule that is set to `auto`: from 1 MB on (or what the user chose), a saving that is certain (measured,
 * or "at least") is a warning; what is smaller or estimated is an information; a small estimate, and what is measured as less
 * than 10 kB, is a hint.
 */
export function ratedBy(saving: Size, { warnFrom = notable }: RuleChoices): Severity {
  switch (saving.kind) {
    case "measured":
      // Findings that are about no bytes have another reason to be read.
      if (saving.bytes === 0) return "information";
      if (saving.bytes >= warnFrom) return "warning";
      return saving.bytes < small ? "hint" : "information";
    case "estimated":
      if (saving.high === undefined && saving.low >= warnFrom) return "warning";
      return (middleOf(saving) ?? 0) >= warnFrom ? "information" : "hint";
    case "unknown":
      return "information";
  }
}

/** Whether a saving is certainly below what the user wants to hear of. Findings that are about no bytes are never. */
export function isBelowReport(saving: Size, { reportFrom }: RuleChoices): boolean {
  if (reportFrom === undefined) return false;
  switch (saving.kind) {
    case "measured":
      return saving.bytes > 0 && saving.bytes < reportFrom;
    case "estimated":
      return saving.high !== undefined && saving.high < reportFrom;
    case "unknown":
      return false;
  }
}
