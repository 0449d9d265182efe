/** Suppression comments of a Dockerfile, and what each of them stands above. */
import { lineBelowComment } from "../text/lines.ts";
import { type Suppression, type SuppressionComment, suppressionComments } from "../text/suppression.ts";
import type { Facts, Instruction } from "./facts.ts";

export function dockerfileSuppressions(facts: Facts): readonly Suppression[] {
  const found = suppressionComments(facts.text);
  if (found.length === 0) return [];
  const comments = new Set(facts.comments.map((it) => it.at.start));
  return found.flatMap((it) => {
    const inside = facts.instructions.find((one) => one.at.start <= it.at.start && it.at.start < one.at.end);
    // In a here-document of RUN `#` begins a comment of the script; elsewhere it is somebody's data.
    const isComment = comments.has(it.at.start) || (it.ownLine && inside?.kind === "run");
    if (!isComment) return [];
    const { wholeFile: _, ...rest } = it;
    return [{ ...rest, scope: scopeOf(facts, it, inside) }];
  });
}

function scopeOf(
  facts: Facts,
  it: SuppressionComment,
  inside: Instruction | undefined,
): Suppression["scope"] {
  if (it.wholeFile) {
    const [first] = facts.instructions;
    return first === undefined || it.at.start < first.at.start ? "file" : undefined;
  }
  const below = lineBelowComment(facts.text, it.at.end);
  if (below === undefined) return undefined;
  if (inside !== undefined) return below.start < inside.at.end ? below : undefined;
  return facts.instructions.find((one) => below.start <= one.at.start && one.at.start < below.end)?.at;
}
