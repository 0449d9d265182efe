/**
 * Asks every rule about one document.
 *
 * Invariant: findings are in source order; what a comment or a setting silences is not among them.
 */
import type { IgnoreFacts } from "../context/ignore-facts.ts";
import type { Facts } from "../dockerfile/facts.ts";
import { hadolintIgnores, type PeerIgnore } from "../dockerfile/peer-ignores.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import { overlaps } from "../text/span.ts";
import { type Suppression, suppresses } from "../text/suppression.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { type RuleId, rules } from "./index.ts";
import { isBelowReport, ratedBy } from "./rate.ts";
import type { Rule, Severity } from "./rule.ts";
import { choiceOf, type RuleChoices } from "./settings.ts";

export interface RatedFinding extends Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
}

export interface Subject {
  /** Undefined for documents other than Dockerfiles. */
  readonly facts: Facts | undefined;
  /** Undefined for documents other than ignore files, and where no context is known. */
  readonly ignore?: IgnoreFacts | undefined;
  /** Undefined for documents other than Python's. */
  readonly python?: PythonFacts | undefined;
  readonly suppressions: readonly Suppression[];
}

const allRules: readonly Rule<RuleId>[] = rules;

export function findingsOf(subject: Subject, world: World, choices: RuleChoices): readonly RatedFinding[] {
  const { suppressions } = subject;
  const found: RatedFinding[] = [];
  const used = new Set<Suppression>();
  const ignores = subject.facts === undefined ? [] : hadolintIgnores(subject.facts);
  for (const rule of allRules) {
    if (choiceOf(choices, rule.id) === "off") continue;
    for (const finding of asked(rule, subject, world)) {
      const silencedBy = suppressions.filter((it) => suppresses(it, rule.id, finding.at));
      for (const it of silencedBy) used.add(it);
      if (silencedBy.length > 0 || ignores.some((it) => isSameThing(it, rule, finding))) continue;
      if (choiceOf(choices, rule.id) === "auto" && isBelowReport(finding.saving, choices)) continue;
      found.push(rated(rule.id, finding, world, choices, subject.facts));
    }
  }
  found.push(...suppressionFindings(subject, used, world, choices));
  found.sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end || (a.rule < b.rule ? -1 : 1));
  return found.filter((it, index) => !isRepeated(it, found[index - 1]));
}

/** Several stages may trigger one ONBUILD line. */
const isRepeated = (it: RatedFinding, before: RatedFinding | undefined): boolean =>
  before?.rule === it.rule &&
  before.at.start === it.at.start &&
  before.at.end === it.at.end &&
  before.what === it.what;

/** What a rule covers only in part is not the same thing; its peers say so. */
const isSameThing = ({ code, scope }: PeerIgnore, rule: Rule, { at, peers = rule.peers }: Finding): boolean =>
  peers.includes(`hadolint ${code}`) &&
  (scope === "file" || (scope.start <= at.start && at.start < scope.end));

function asked(rule: Rule<RuleId>, { facts, python, ignore }: Subject, world: World): Iterable<Finding> {
  switch (rule.on) {
    case "dockerfile":
      return facts === undefined || facts.foreign ? [] : rule.check(facts, world);
    case "python":
      return python === undefined ? [] : rule.check(python, world);
    case "dockerignore":
      return ignore === undefined ? [] : rule.check(ignore);
    case "suppressions":
      return [];
  }
}

function suppressionFindings(
  { facts, suppressions }: Subject,
  used: ReadonlySet<Suppression>,
  world: World,
  choices: RuleChoices,
): RatedFinding[] {
  if (facts?.foreign === true) return [];
  const res: RatedFinding[] = [];
  for (const rule of allRules) {
    if (rule.on !== "suppressions" || choiceOf(choices, rule.id) === "off") continue;
    const unused = suppressions.filter(
      (it) => !used.has(it) && it.rule !== rule.id && mayJudge(it, world, choices),
    );
    for (const finding of rule.check(
      unused,
      allRules.map((it) => it.id),
    )) {
      if (!suppressions.some((it) => suppresses(it, rule.id, finding.at)))
        res.push(rated(rule.id, finding, world, choices));
    }
  }
  return res;
}

/** A rule that is off, or lacks what it looks at, may have had something to silence. */
function mayJudge({ rule: id }: Suppression, world: World, choices: RuleChoices): boolean {
  if (choiceOf(choices, id) === "off") return false;
  const rule = allRules.find((it) => it.id === id);
  if (rule?.on === "python") return world.python !== undefined;
  if (rule?.on === "dockerignore") return world.ignore !== undefined;
  return rule?.on !== "dockerfile" || rule.needs !== "context" || world.context !== undefined;
}

function rated(
  rule: RuleId,
  finding: Finding,
  { development }: World,
  choices: RuleChoices,
  facts?: Facts,
): RatedFinding {
  const choice = choiceOf(choices, rule);
  const isRated = choice === "auto" || choice === "off";
  // Nobody pulls a development container in production: its size is its owners' taste.
  const isTaste = finding.taste === true || development === true;
  const severity = isRated ? (isTaste ? "hint" : ratedBy(finding.saving, choices)) : choice;
  return new Rated(rule, finding, severity, facts);
}

/** An ONBUILD line is run by every image that starts from this one, also by those of other files. */
function asReview(fix: Fix, facts: Facts | undefined): Fix {
  const lines = facts?.instructions.filter((it) => it.onbuild) ?? [];
  const isInOne = lines.some((it) => fix.edits.some(({ at }) => overlaps(at, it.at)));
  return isInOne && fix.safety === "safe" ? { ...fix, safety: "review" } : fix;
}

/** Fixes stay unasked until somebody wants them: most keystrokes want the findings alone. */
class Rated implements RatedFinding {
  readonly at: Finding["at"];
  readonly what: string;
  readonly nameFirst: boolean;
  readonly why: string;
  readonly saving: Finding["saving"];
  readonly related: NonNullable<Finding["related"]>;
  readonly elsewhere: NonNullable<Finding["elsewhere"]>;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly #finding: Finding;
  readonly #facts: Facts | undefined;
  #fixes: Finding["fixes"] | undefined;

  constructor(rule: RuleId, finding: Finding, severity: Severity, facts: Facts | undefined) {
    this.at = finding.at;
    this.what = finding.what;
    this.nameFirst = finding.nameFirst === true;
    this.why = finding.why;
    this.saving = finding.saving;
    this.related = finding.related ?? [];
    this.elsewhere = finding.elsewhere ?? [];
    this.rule = rule;
    this.severity = severity;
    this.#finding = finding;
    this.#facts = facts;
  }

  get fixes(): Finding["fixes"] {
    this.#fixes ??= this.#finding.fixes.map((it) => asReview(it, this.#facts));
    return this.#fixes;
  }
}
