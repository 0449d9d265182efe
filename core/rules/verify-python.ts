/**
 * Decides which fixes of Python documents may be offered (design.md, promise 5): each is applied in memory, and what
 * comes out is read and judged again.
 */
import type { Requirement } from "../python/project.ts";
import type { PythonText } from "../python/python-facts.ts";
import { applyEdits } from "../text/edit.ts";
import { EditMap } from "../text/edit-map.ts";
import type { RatedFinding } from "./check.ts";
import type { Fix } from "./finding.ts";
import type { FixAllResult } from "./fix-all.ts";
import { fixOneByOne, hasCollision } from "./one-by-one.ts";

export interface JudgedPython {
  readonly read: PythonText;
  readonly findings: readonly RatedFinding[];
}

/** A document as it stands, and how any other text in its place would be judged. */
export interface PythonGround {
  readonly before: JudgedPython;
  readonly judged: (text: string) => JudgedPython;
}

/** An edited list and its lock no longer agree until the lock is made anew, which the fix's title says. */
const mayAppear = new Set<string>(["lock-file-stale"]);

export function isPythonFixSound({ before, judged }: PythonGround, finding: RatedFinding, fix: Fix): boolean {
  const { edits } = fix;
  if (edits.length === 0 || hasCollision(edits)) return false;
  const after = judged(applyEdits(before.read.text, edits));
  if (after.read.project.broken && !before.read.project.broken) return false;
  const map = new EditMap(edits);
  if (!keepsTheRest(before.read, after.read, map)) return false;
  const known = new Set(
    before.findings.flatMap((it) => {
      const isOwn = it.rule === finding.rule && it.at.start === finding.at.start;
      return isOwn ? [] : [`${it.rule} ${map.offsetAfter(it.at.start)}`];
    }),
  );
  return after.findings.every((it) => known.has(`${it.rule} ${it.at.start}`) || mayAppear.has(it.rule));
}

/** Every requirement that no edit touches says what it said, where it said it. */
function keepsTheRest(before: PythonText, after: PythonText, map: EditMap): boolean {
  const now = new Map(after.project.requirements.map((it) => [it.at.start, it]));
  return before.project.requirements.every((it) => {
    if (map.touches(it.at)) return true;
    const other = now.get(map.offsetAfter(it.at.start) ?? -1);
    return other !== undefined && saying(other, after.text) === saying(it, before.text);
  });
}

const saying = (it: Requirement, text: string): string =>
  `${it.group} ${it.name} ${text.slice(it.at.start, it.at.end)}`;

/** One fix after another, each verified on what the one before left. */
export function fixAllPython(
  { before, judged }: PythonGround,
  options: { readonly review: boolean },
): FixAllResult {
  const standing = ({ read, findings }: JudgedPython) => ({ text: read.text, read, findings });
  return fixOneByOne(
    standing(before),
    (text) => standing(judged(text)),
    (now, finding, fix) => isPythonFixSound({ before: now, judged }, finding, fix),
    options,
  );
}
