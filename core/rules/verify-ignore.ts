/** Decides which fixes of ignore files may be offered: each is applied in memory, and what comes out is judged again. */
import { type IgnoreFacts, lineText } from "../context/ignore-facts.ts";
import { isFromContext } from "../dockerfile/copied.ts";
import { applyEdits } from "../text/edit.ts";
import { EditMap } from "../text/edit-map.ts";
import type { RatedFinding } from "./check.ts";
import type { Fix } from "./finding.ts";
import { hasCollision, type Judged } from "./one-by-one.ts";

export interface JudgedIgnore extends Judged {
  readonly facts: IgnoreFacts;
}

export function isIgnoreFixSound(
  before: JudgedIgnore,
  judged: (text: string) => JudgedIgnore,
  finding: RatedFinding,
  { edits }: Fix,
): boolean {
  if (edits.length === 0 || hasCollision(edits)) return false;
  const after = judged(applyEdits(before.text, edits));
  const map = new EditMap(edits);
  if (after.facts.rules.invalid.length > before.facts.rules.invalid.length) return false;
  if (!keepsLines(before.facts, after.facts, map) || !keepsSources(before.facts, after.facts)) return false;
  const known = new Set(
    before.findings.flatMap((it) => {
      const isOwn = it.rule === finding.rule && it.at.start === finding.at.start;
      return isOwn ? [] : [`${it.rule} ${map.offsetAfter(it.at.start)}`];
    }),
  );
  return after.findings.every((it) => known.has(`${it.rule} ${it.at.start}`));
}

/** Every line that no edit touches says what it said. */
function keepsLines(before: IgnoreFacts, after: IgnoreFacts, map: EditMap): boolean {
  const now = new Map(after.rules.rules.map((it) => [it.at.start, it]));
  return before.rules.rules.every(({ at }) => {
    if (map.touches(at)) return true;
    const other = now.get(map.offsetAfter(at.start) ?? -1);
    return other !== undefined && lineText(after, other.at) === lineText(before, at);
  });
}

/** What a COPY needs as a whole stays: Docker would refuse to build. */
const keepsSources = (before: IgnoreFacts, after: IgnoreFacts): boolean =>
  before.builds.every(({ facts }) =>
    facts.instructions.every(
      (it) =>
        it.kind !== "copy" ||
        !isFromContext(it) ||
        it.sources.every(
          ({ text = "" }) =>
            before.context.matches(text).length === 0 || after.context.matches(text).length > 0,
        ),
    ),
  );
