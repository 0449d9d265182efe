import type { IgnoreFacts } from "../context/ignore-facts.ts";
import type { Facts } from "../dockerfile/facts.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import type { Suppression } from "../text/suppression.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";

export const severities = ["error", "warning", "information", "hint"] as const;
export type Severity = (typeof severities)[number];

interface RuleBase<Id extends string> {
  /** Names the waste, in kebab-case. Never renamed. */
  readonly id: Id;
  /** Rules of peers that cover part of the same, for users who come from there: "hadolint DL3009". */
  readonly peers: readonly string[];
  /** One sentence, for the settings page and the list of rules. */
  readonly summary: string;
  /**
   * Markdown: prose, then "## Reported" and "## Not reported" with `dockerfile`, `toml` (pyproject.toml),
   * `requirements` or `ignore` (.dockerignore, under `FROM scratch`, `COPY . /`) examples. A test runs every
   * example; it has the build context that `exampleContext` names.
   */
  readonly docs: string;
  /** Paths and sizes of the build context in which the documented examples run. */
  /** They need the prices of packages and base images. */
  readonly examplePrices?: true;
  readonly exampleContext?: Readonly<Record<string, number>>;
  /** The ignore file of that context; none without it. */
  readonly exampleIgnore?: string;
}

/** Looks at what a Dockerfile says. Reads facts, never words or text. */
export interface DockerfileRule<Id extends string = string> extends RuleBase<Id> {
  readonly on: "dockerfile";
  /** What it is partly blind without: then a comment that silences it is not called unused. */
  readonly needs?: "context";
  check(facts: Facts, world: World): Iterable<Finding>;
}

/** Looks at what a Python document asks for. */
export interface PythonRule<Id extends string = string> extends RuleBase<Id> {
  readonly on: "python";
  check(python: PythonFacts, world: World): Iterable<Finding>;
}

/** Looks at an ignore file. */
export interface IgnoreRule<Id extends string = string> extends RuleBase<Id> {
  readonly on: "dockerignore";
  check(ignore: IgnoreFacts): Iterable<Finding>;
}

/** Looks at the suppression comments of any document, once all other rules have spoken. */
export interface SuppressionRule<Id extends string = string> extends RuleBase<Id> {
  readonly on: "suppressions";
  check(unused: readonly Suppression[], ruleIds: readonly string[]): Iterable<Finding>;
}

export type Rule<Id extends string = string> =
  | DockerfileRule<Id>
  | PythonRule<Id>
  | IgnoreRule<Id>
  | SuppressionRule<Id>;

/** Keep the id a literal type, so settings keys and links to documentation are checked by the compiler. */
export function defineRule<const Id extends string>(rule: DockerfileRule<Id>): DockerfileRule<Id>;
export function defineRule<const Id extends string>(rule: PythonRule<Id>): PythonRule<Id>;
export function defineRule<const Id extends string>(rule: IgnoreRule<Id>): IgnoreRule<Id>;
export function defineRule<const Id extends string>(rule: SuppressionRule<Id>): SuppressionRule<Id>;
export function defineRule(rule: Rule): Rule {
  return rule;
}
