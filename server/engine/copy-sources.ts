import type { Facts } from "../../core/dockerfile/facts.ts";

/** What a Dockerfile takes from its build context; it decides which folder that can be. */
export function copySourcesOf(facts: Facts): string[] {
  const res = new Set<string>();
  for (const it of facts.instructions) {
    if (it.kind !== "copy" || it.from !== undefined) continue;
    for (const { text } of it.sources) if (text !== undefined) res.add(text);
  }
  return [...res];
}
