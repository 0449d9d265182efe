/**
 * All fixes at once, verified together, again until nothing changes.
 *
 * Invariant: the result of a run has nothing left for a second run to do, or the last round was refused.
 */
import { collide } from "../text/edit.ts";
import type { RatedFinding } from "./check.ts";
import type { Fix, FixSafety } from "./finding.ts";
import type { RuleId } from "./index.ts";
import { type Ground, type Outcome, verified } from "./verify.ts";

/** Every round removes findings; the bound is for the unforeseen. */
const mostRounds = 10;

export interface FixAllResult {
  /** The document afterwards. */
  readonly text: string;
  /** Relative to the build context. */
  readonly otherFiles: readonly { readonly path: string; readonly create: boolean; readonly text: string }[];
  readonly applied: readonly {
    readonly rule: RuleId;
    readonly title: string;
    readonly safety: FixSafety;
  }[];
}

type Choice = { readonly finding: RatedFinding; readonly fix: Fix };

/** `review` false: only fixes after which the image runs with the same files. */
export function fixAll(start: Ground, options: { readonly review: boolean }): FixAllResult {
  const applied: { rule: RuleId; title: string; safety: FixSafety }[] = [];
  let ground = start;
  for (let round = 0; round < mostRounds; round += 1) {
    const step = together(ground, firstFixes(ground, options.review));
    if (step === undefined) break;
    applied.push(
      ...step.chosen.map(({ finding, fix }) => ({
        rule: finding.rule,
        title: fix.title,
        safety: fix.safety,
      })),
    );
    ground = {
      ...ground,
      facts: step.outcome.facts,
      findings: step.outcome.findings,
      world: step.outcome.world,
    };
  }
  const [before, after] = [start.world.context?.ignoreFile, ground.world.context?.ignoreFile];
  const changed =
    after !== undefined && after.text !== (before?.path === after.path ? before.text : undefined);
  return {
    text: ground.facts.text,
    otherFiles: changed ? [{ path: after.path, create: before?.path !== after.path, text: after.text }] : [],
    applied,
  };
}

/** The first fix of each finding that may be applied by itself. */
function firstFixes(ground: Ground, review: boolean): readonly Choice[] {
  return ground.findings.flatMap((finding) => {
    const fix = finding.fixes.find(
      (it) => (review || it.safety === "safe") && verified(ground, [{ finding, fix: it }]) !== undefined,
    );
    return fix === undefined ? [] : [{ finding, fix }];
  });
}

/** As many of them as can be applied together, earlier ones first. */
function together(
  ground: Ground,
  choices: readonly Choice[],
): { readonly chosen: readonly Choice[]; readonly outcome: Outcome } | undefined {
  const apart: Choice[] = [];
  for (const it of choices) {
    if (!apart.some((other) => collide(other.fix.edits, it.fix.edits))) apart.push(it);
  }
  const whole = apart.length === 0 ? undefined : verified(ground, apart);
  if (whole !== undefined) return { chosen: apart, outcome: whole };
  let chosen: readonly Choice[] = [];
  let outcome: Outcome | undefined;
  for (const it of apart) {
    const next = verified(ground, [...chosen, it]);
    if (next === undefined) continue;
    chosen = [...chosen, it];
    outcome = next;
  }
  return outcome && { chosen, outcome };
}
