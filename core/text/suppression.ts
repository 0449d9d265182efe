import type { Span } from "./span.ts";

/** A comment `# plimsoll: ignore[rule-id] reason` or `# plimsoll: ignore-file[rule-id] reason`. */
export interface Suppression {
  /** The whole comment, from `#` to the end of the line. */
  readonly at: Span;
  readonly rule: string;
  readonly ruleAt: Span;
  readonly reason: string;
  /** Where findings of the rule are silenced: the whole file, or the lines of what follows. */
  readonly scope: "file" | Span;
}
