/** Fixes of a document one after another, each verified on what the one before left. */
import { applyEdits, collide, type Edit } from "../text/edit.ts";
import type { RatedFinding } from "./check.ts";
import type { Fix } from "./finding.ts";
import type { FixAllResult } from "./fix-all.ts";

/** A text as it is judged. */
export interface Judged {
  readonly text: string;
  readonly findings: readonly RatedFinding[];
}

export function fixOneByOne<It extends Judged>(
  start: It,
  judged: (text: string) => It,
  isSound: (before: It, finding: RatedFinding, fix: Fix) => boolean,
  { review }: { readonly review: boolean },
): FixAllResult {
  const applied: { rule: RatedFinding["rule"]; title: string; safety: Fix["safety"] }[] = [];
  let now = start;
  for (let rounds = start.findings.length + 1; rounds > 0; rounds -= 1) {
    const step = firstFix(now, isSound, review);
    if (step === undefined) break;
    applied.push({ rule: step.finding.rule, title: step.fix.title, safety: step.fix.safety });
    now = judged(applyEdits(now.text, step.fix.edits));
  }
  return { text: now.text, otherFiles: [], applied };
}

function firstFix<It extends Judged>(
  now: It,
  isSound: (before: It, finding: RatedFinding, fix: Fix) => boolean,
  review: boolean,
) {
  for (const finding of now.findings) {
    const fix = finding.fixes.find((it) => (review || it.safety === "safe") && isSound(now, finding, it));
    if (fix !== undefined) return { finding, fix };
  }
  return undefined;
}

export const hasCollision = (edits: readonly Edit[]): boolean =>
  edits.some((one, index) => edits.slice(index + 1).some((other) => collide([one], [other])));
