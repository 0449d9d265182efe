import { middleOf, type Size } from "../size/size.ts";
import type { Severity } from "./rule.ts";

const notable = 1_000_000;

/**
 * The severity of a rule that is set to `auto`: 1 MB that is certain (measured, or "at least") is a warning, what is
 * smaller or estimated is an information, and an estimate below 1 MB a hint. Small savings are never hidden.
 */
export function ratedBy(saving: Size): Severity {
  switch (saving.kind) {
    case "measured":
      return saving.bytes >= notable ? "warning" : "information";
    case "estimated":
      if (saving.high === undefined && saving.low >= notable) return "warning";
      return (middleOf(saving) ?? 0) >= notable ? "information" : "hint";
    case "unknown":
      return "information";
  }
}
