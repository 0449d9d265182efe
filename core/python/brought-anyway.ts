/** Requirements whose distribution is installed all the same when their own line goes. */
import type { Requirement } from "./project.ts";
import type { PythonFacts } from "./python-facts.ts";

/** `leaving`: other requirements that go too. */
export function isBroughtAnyway(
  { scales, shipped }: Pick<PythonFacts, "scales" | "shipped">,
  requirement: Requirement,
  leaving: readonly Requirement[] = [],
): boolean {
  if (requirement.via !== undefined) return true;
  const others = scales
    .requirementsOf(shipped)
    .filter((it) => it.name !== requirement.name && !leaving.includes(it));
  return others.some((it) => [...scales.closureOf(it)].some(({ name }) => name === requirement.name));
}
