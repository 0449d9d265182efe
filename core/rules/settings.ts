import type { Bytes } from "../size/bytes.ts";
import type { Severity } from "./rule.ts";

/** `auto` rates by bytes and certainty; a severity is fixed; `off` silences the rule. A missing id means `auto`. */
export type RuleChoice = "auto" | Severity | "off";

/** What the user chose; what is missing has its default. */
export interface RuleChoices {
  readonly rules?: Readonly<Record<string, RuleChoice>>;
  /** Bytes from which on a certain saving is a warning, of rules that rate by themselves. 1 MB. */
  readonly warnFrom?: Bytes;
  /** Bytes below which a saving is not reported, of rules that rate by themselves. 0: everything is. */
  readonly reportFrom?: Bytes;
}

export const choiceOf = (choices: RuleChoices, rule: string): RuleChoice => choices.rules?.[rule] ?? "auto";
