/** Hints of Python documents: what each requirement brings and what goes with it, for the ends of lines and hovers. */
import type { Hint } from "../hints.ts";
import { howKnown, middleOf, type Size, sizeLabel } from "../size/size.ts";
import { nextLine } from "../text/lines.ts";
import type { PythonFacts } from "./python-facts.ts";
import type { WeighedGroup, WeighedRequirement } from "./weigh.ts";

/** Contributors that a hover names. */
const mostContributors = 8;

export function pythonHintsOf(python: PythonFacts): readonly Hint[] {
  // Without a lock and a catalogue every size would be unknown.
  if (python.surroundings.lock === undefined && python.surroundings.catalogue === undefined) return [];
  const own = python.weighed.requirements.filter(
    ({ requirement }) => requirement.path === python.project.path,
  );
  return [
    ...own.flatMap((it) => requirementHint(python, it) ?? []),
    ...python.weighed.groups.flatMap((it) => groupHint(python, it) ?? []),
  ].sort((a, b) => a.at - b.at);
}

function requirementHint(python: PythonFacts, it: WeighedRequirement): Hint | undefined {
  const { requirement, closure } = it;
  const shown = isWorthSaying(closure);
  if (it.node === undefined || !shown) return undefined;
  return {
    at: endOfElement(python.text, requirement.at.end),
    covers: requirement.at,
    size: closure,
    label: sizeLabel(closure),
    tooltip: tooltipOf(python, it),
    stale: false,
  };
}

/** Behind the comma of a list, so that the hint does not part them. */
const endOfElement = (text: string, end: number): number => (text.charAt(end) === "," ? end + 1 : end);

function tooltipOf(
  python: PythonFacts,
  { requirement, own, closure, dominated }: WeighedRequirement,
): string {
  const { scales } = python;
  const nodes = [...scales.closureOf(requirement)].map((node) => ({ node, size: scales.sizeOf(node) }));
  const gone = scales.dominatedBy([requirement]);
  const rows = nodes
    .sort((a, b) => (middleOf(b.size) ?? 0) - (middleOf(a.size) ?? 0))
    .slice(0, mostContributors)
    .map(
      ({ node, size }) =>
        `| ${node.name} ${node.version ?? ""} | ${sizeLabel(size)} | ${gone.has(node) ? "" : "stays, others need it"} |`,
    );
  const more = nodes.length - rows.length;
  return [
    `**${requirement.name}**: ${sizeLabel(own)} by itself, **${sizeLabel(closure)}** with all it needs; ${sizeLabel(dominated)} would go with this line.`,
    ["| | | |", "|---|--:|---|", ...rows].join("\n") + (more > 0 ? `\n\nand ${more} more` : ""),
    howKnown(closure),
  ].join("\n\n");
}

function groupHint(
  python: PythonFacts,
  { group, installed, closure, dominated }: WeighedGroup,
): Hint | undefined {
  const header = python.project.headers.find((it) => it.group === group);
  if (header === undefined || !isWorthSaying(closure)) return undefined;
  const ships = installed ? "ships" : "does not ship";
  const added = sizeLabel(dominated);
  return {
    at: endOfLine(python.text, header.at.end),
    covers: header.at,
    size: closure,
    label: `${sizeLabel(closure)}${installed ? "" : ", does not ship"}`,
    tooltip: `**${titleOf(group)}**: ${sizeLabel(closure)} with all it needs, of which ${added} is there for it alone; it ${ships}. ${howKnown(closure)}`,
    stale: false,
  };
}

const titleOf = (group: string): string =>
  group === "project" ? "Runtime dependencies" : group.replace(":", " ");

function endOfLine(text: string, from: number): number {
  const end = nextLine(text, from);
  return from + text.slice(from, end).trimEnd().length;
}

const isWorthSaying = (size: Size): boolean => size.kind !== "unknown" && (middleOf(size) ?? 0) > 0;
