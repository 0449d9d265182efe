import type { PythonFacts } from "../python/python-facts.ts";
import { unknownSize } from "../size/size.ts";
import { defineRule } from "./rule.ts";

/** Names in a sentence. */
const mostNames = 3;

export const sizeUnknown = defineRule({
  id: "size-unknown",
  on: "python",
  peers: [],
  summary: "Nothing tells what some requirements weigh; once for a file, with what would make it known.",
  docs: `
A sum without them is too small. A lock file with wheels, an environment beside the project, the built image (_Analyze
Image_) or a package index tell what a distribution weighs. What comes from a repository, an address or the workspace
itself is not meant: its size is known once it is built.

## Reported
\`\`\`requirements
flask
our-own-package-that-nobody-published
another-package-that-nobody-published
\`\`\`

## Not reported
\`\`\`requirements
flask
\`\`\`

\`\`\`requirements
our-own-package @ git+https://example.org/our-own-package
\`\`\`

\`\`\`toml
[project]
name = "app"
dependencies = ["our-own-package"]

[tool.uv.sources]
our-own-package = { workspace = true }
\`\`\`
`,
  *check(python) {
    const { surroundings, project, scales } = python;
    if (surroundings.lock === undefined && surroundings.catalogue === undefined) return;
    const unknown = project.requirements.filter((it) => {
      if (!python.shipped.has(it.group) || it.url !== undefined) return false;
      const node = scales.graph.nodeOf(it);
      if (node === undefined || scales.sizeOf(node).kind !== "unknown") return false;
      const isPublished = node.locked === undefined || node.locked.source === "registry";
      return isPublished && !project.origins.some((one) => one.name === it.name && one.kind !== "index");
    });
    const [first, ...others] = unknown;
    if (first === undefined) return;
    const names = unknown.map(({ name }) => name);
    const more = names.length - mostNames;
    const listed = `${names.slice(0, mostNames).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    yield {
      at: first.nameAt,
      what: `nothing tells what ${listed} ${names.length === 1 ? "weighs" : "weigh"}`,
      why: adviceFor(python),
      saving: unknownSize("nothing can be saved here, only known"),
      taste: true,
      related: others.map(({ nameAt }) => ({ at: nameAt, message: "of unknown size too" })),
      fixes: [],
    };
  },
});

/** What is not there yet and would tell. */
function adviceFor({ project, image, surroundings: { lock, environment, index } }: PythonFacts): string {
  const ways = [
    ...(project.kind === "pyproject" && lock === undefined ? ["a lock file (uv lock)"] : []),
    ...(environment === undefined ? ["an environment beside the project that has them (.venv)"] : []),
    ...(image !== undefined && image.installed === undefined ? ["the built image (Analyze Image)"] : []),
    ...(index === undefined
      ? ["the package index, where plimsoll.packageIndex.enabled or --package-index allows to ask it"]
      : []),
  ];
  const last = ways.at(-1);
  if (last === undefined)
    return "Neither the lock file nor the environment nor the package index has them for this platform.";
  const all = ways.length === 1 ? last : `${ways.slice(0, -1).join(", ")}, or ${last}`;
  return `These would: ${all}.`;
}
