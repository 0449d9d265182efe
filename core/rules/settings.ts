import type { Severity } from "./rule.ts";

/** `auto` rates by bytes and certainty; a severity is fixed; `off` silences the rule. A missing id means `auto`. */
export type RuleChoice = "auto" | Severity | "off";
export type RuleChoices = Readonly<Record<string, RuleChoice>>;
