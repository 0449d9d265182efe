/** The parts of a Python document: all that is installed, and each extra and group. */
import type { GraphNode } from "../python/graph.ts";
import { type GroupId, groupsWith, type Requirement } from "../python/project.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import type { WeighedGroup } from "../python/weigh.ts";
import { counted, savingsLabel } from "../report/savings.ts";
import type { RatedFinding } from "../rules/check.ts";
import { containsSpan } from "../text/span.ts";
import { isAboutBytes, largestFirst, type Part, type Row } from "./part.ts";

export function pythonParts(python: PythonFacts, findings: readonly RatedFinding[]): readonly Part[] {
  const { lock, catalogue } = python.surroundings;
  // Without both every size would be unknown.
  if ((lock === undefined && catalogue === undefined) || python.project.requirements.length === 0) return [];
  const about = findings.filter(isAboutBytes);
  const others = otherInstalls(python);
  const by = others.length === 0 || python.image === undefined ? "" : ` by ${python.image.dockerfile}`;
  const file = installedPart(python, {
    id: "file",
    name: python.project.name ?? "Requirements",
    title: `Installed${by}`,
    findings: about,
  });
  return [
    file,
    ...others.map((it) => {
      const name = it.image?.dockerfile ?? "";
      return installedPart(it, { id: `image:${name}`, name, title: `Installed by ${name}`, findings: [] });
    }),
    ...python.weighed.groups.flatMap((it) => groupPart(python, it, about) ?? []),
  ];
}

/** Lenses that a reader still takes in at a glance. */
const mostImages = 4;

/** The document as images beside the one that decides install it, those for development left out. */
const otherInstalls = (python: PythonFacts): readonly PythonFacts[] =>
  python.surroundings.images
    .filter((it) => it !== python.image && !it.forDevelopment && it.groups.length + it.files.length > 0)
    .map((it) => python.as(it))
    .filter(({ shipped }) => shipped.size > 0)
    .slice(0, mostImages);

function installedPart(
  python: PythonFacts,
  { id, name, title, findings }: Pick<Part, "id" | "name" | "findings"> & { readonly title: string },
): Part {
  const { total, packages } = python.weighed;
  return {
    id,
    name,
    at: { start: 0, end: 0 },
    weight:
      packages.length === 0
        ? `${title}: nothing of this ships`
        : `${title}: ${savingsLabel([total])} in ${counted(packages.length, "package")}`,
    rows: () =>
      packages.map(({ node, size, requiredBy }) => ({
        ...nameOf(node),
        size,
        note: `needed by ${listed(requiredBy)}`,
        at: lineOf(python, python.project.requirements, node),
      })),
    findings,
  };
}

function groupPart(
  python: PythonFacts,
  { group, installed, closure, dominated }: WeighedGroup,
  findings: readonly RatedFinding[],
): Part | undefined {
  const header = python.project.headers.find((it) => it.group === group);
  if (header === undefined) return undefined;
  const own = python.scales.requirementsOf([group]);
  if (own.length === 0) return undefined;
  const nodes = python.scales.graph.reach(own);
  const name = group === "project" ? "Runtime" : group.replace(":", " ");
  const added = savingsLabel([dominated]);
  const whole = savingsLabel([closure]);
  const adds = added === whole ? "" : `, adds ${added}`;
  return {
    id: group,
    name,
    at: header.at,
    weight: `${name}: ${whole} in ${counted(nodes.size, "package")}${installed ? adds : ", does not ship"}`,
    rows: () => rowsOf(python, own, nodes, alone(python, group, nodes)),
    findings: findings.filter(({ at }) => containsSpan(header.bodyAt, at)),
  };
}

/** What of a group nothing else that is installed needs. */
function alone(python: PythonFacts, group: GroupId, nodes: ReadonlySet<GraphNode>): ReadonlySet<GraphNode> {
  const { scales, whole, shipped } = python;
  const own = groupsWith(whole.inclusions, [group]);
  const others = scales.requirementsOf([...shipped].filter((it) => !own.has(it)));
  const kept = scales.graph.reach(others);
  return new Set([...nodes].filter((it) => !kept.has(it)));
}

function rowsOf(
  python: PythonFacts,
  own: readonly Requirement[],
  nodes: ReadonlySet<GraphNode>,
  onlyHere: ReadonlySet<GraphNode>,
): readonly Row[] {
  return largestFirst(
    [...nodes].map((node) => ({
      ...nameOf(node),
      size: python.scales.sizeOf(node),
      note: onlyHere.has(node) ? "" : "others need it too",
      at: lineOf(python, own, node),
    })),
  );
}

const nameOf = ({ name, version }: GraphNode): { readonly name: string } => ({
  name: version === undefined ? name : `${name} ${version}`,
});

/** The requirement of this document that asks for it by name. */
const lineOf = ({ project }: PythonFacts, among: readonly Requirement[], { name }: GraphNode): Row["at"] =>
  among.find((it) => it.name === name && it.path === project.path)?.nameAt;

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
