import { isBroughtAnyway } from "../python/brought-anyway.ts";
import { addToGroup, removeRequirement } from "../python/edits.ts";
import type { GraphNode } from "../python/graph.ts";
import { installedWhere } from "../python/installed-where.ts";
import { thenLock } from "../python/lock-command.ts";
import type { GroupId, Requirement } from "../python/project.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import { isDevelopmentTool } from "../tools/development-packages.ts";
import { isDevelopmentGroup } from "../tools/poetry.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const devToolInRuntime = defineRule({
  id: "dev-tool-in-runtime",
  on: "python",
  peers: [],
  summary: "A test runner, linter or type checker is among the dependencies that ship.",
  docs: `
What tests and checks a project is installed wherever the program runs when it stands in \`dependencies\`, or in an
extra that the image installs. In a dependency group (PEP 735) it stays with development.

## Reported
\`\`\`toml
[project]
name = "app"
dependencies = [
    "flask",
    "pytest",
]
\`\`\`

## Not reported
\`\`\`toml
[project]
name = "app"
dependencies = ["flask"]

[dependency-groups]
dev = ["pytest", "ruff"]
\`\`\`

\`\`\`toml
[project]
name = "app"
dependencies = ["flask"]

[project.optional-dependencies]
test = ["pytest"]
\`\`\`

\`\`\`requirements
flask
pytest-html-reporter-server-of-ours @ https://example.org/a.whl
\`\`\`
`,
  *check(python) {
    if (python.image?.forDevelopment === true) return;
    if (isDevelopmentSetup(python)) return;
    const named = python.project.requirements.filter((it) => isShippedTool(python, it));
    const tools = named.filter((it) => !isBroughtAnyway(python, it, named));
    const counted = new Set<GraphNode>();
    for (const tool of tools) {
      yield findingOf(python, tool, tools, counted);
    }
  },
});

/** No image is known that installs it, and it installs a project to be worked on. */
const isDevelopmentSetup = ({ image, project, text }: PythonFacts): boolean =>
  image === undefined &&
  project.kind === "requirements" &&
  project.files.some(
    ({ kind, at }) => kind === "project" && /^(?:-e|--editable)/.test(text.slice(at.start, at.end)),
  );

const isShippedTool = (python: PythonFacts, it: Requirement): boolean =>
  it.url === undefined &&
  isDevelopmentTool(it.name) &&
  python.shipped.has(it.group) &&
  !it.group.startsWith("group:") &&
  !isDevelopmentGroup(it.group.replace("extra:", "")) &&
  // pytest plugins and helpers of tests are published with their tool among what they need.
  !/(?:^|[-_.])(?:py)?test(?:s|ing)?(?:[-_.]|$)/i.test(python.project.name ?? "");

/** All of them go together; what one brings is counted once, on the first line that brings it. */
function findingOf(
  python: PythonFacts,
  tool: Requirement,
  all: readonly Requirement[],
  counted: Set<GraphNode>,
): Finding {
  const { scales } = python;
  const gone = scales.dominatedBy(all);
  const own = [...scales.closureOf(tool)].filter((it) => gone.has(it) && !counted.has(it));
  for (const it of own) counted.add(it);
  const where =
    tool.group === "project" ? "the dependencies" : `the extra ${tool.group.slice("extra:".length)}`;
  return {
    at: tool.nameAt,
    what: `${tool.name} is among ${where}${python.image === undefined ? "" : ", and ships"}`,
    nameFirst: true,
    why: `Only development needs it.${python.image === undefined ? " It is installed wherever the program is." : ` ${python.image.dockerfile} installs it.`}`,
    saving: scales.totalOf(own),
    elsewhere: installedWhere(python, tool),
    get fixes() {
      return fixesOf(python, tool);
    },
  };
}

const developmentGroup = "group:dev" satisfies GroupId;

function fixesOf(python: PythonFacts, tool: Requirement): readonly Fix[] {
  const { text, project } = python;
  const removal = removeRequirement(text, tool);
  const then = thenLock(python);
  const elsewhere = project.requirements.find(
    (it) => it !== tool && it.name === tool.name && !python.shipped.has(it.group),
  );
  const remove: Fix = {
    title:
      elsewhere === undefined
        ? `Remove ${tool.name}${then}`
        : `Remove ${tool.name}, which ${elsewhere.group.replace(":", " ")} has${then}`,
    safety: "review",
    edits: [removal],
  };
  if (elsewhere !== undefined || project.kind !== "pyproject" || project.manager === "poetry")
    return [remove];
  const { toml } = python;
  const written = text.slice(tool.at.start, tool.at.end);
  // An element of a list; a table's entry is another manager's spelling.
  if (toml === undefined || !/^["'][^"'\\]*["']$/.test(written)) return [remove];
  const move: Fix = {
    title: `Move ${tool.name} to the dependency group dev${then}`,
    safety: "review",
    edits: [removal, ...addToGroup(text, toml, developmentGroup, written.slice(1, -1))],
  };
  return [move, remove];
}
