import { removeRequirement } from "../python/edits.ts";
import { companionsOf, type HeavyRequirement, heavyRequirements } from "../python/heavy.ts";
import { installedWhere } from "../python/installed-where.ts";
import { thenLock } from "../python/lock-command.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const unusedHeavyDependency = defineRule({
  id: "unused-heavy-dependency",
  on: "python",
  peers: ["deptry DEP002"],
  summary: "A requirement of 20 MB or more ships, and no file of the project mentions it.",
  docs: `
What would go with the line is at least 20 MB, and neither the distribution's name nor what it is imported by occurs in any
Python file, notebook, script, configuration or Dockerfile of the project, not even in a comment.

It is silent where another shipped package may look for it (transformers for torch, pandas for pyarrow), for drivers,
plugins, servers and commands, where modules are imported by names that only a run knows (\`import_module(name)\`) or
plugins are looked for (\`entry_points\`), where the files mention less than half of the other requirements, so that they
are not the whole program, where not all files could be read, and where nothing tells by which name it is
imported. Without a Dockerfile it is a hint.

## Reported
\`\`\`requirements
# source: from flask import Flask
flask
plotly==7.1.0
\`\`\`

## Not reported
\`\`\`requirements
# source: import plotly.express as px
flask
plotly==7.1.0
\`\`\`

\`\`\`requirements
# source: importlib.import_module(backend)
flask
plotly==7.1.0
\`\`\`

\`\`\`requirements
# source: engine = "polars"
polars
\`\`\`
`,
  *check(python) {
    const { project, whole, scales, shipped, surroundings } = python;
    const { sources } = surroundings;
    if (sources === undefined || !sources.complete || sources.dynamic || sources.files === 0) return;
    if (project.broken) return;
    const own = project.requirements.filter((it) => shipped.has(it.group));
    const heavy = heavyRequirements(own, whole, scales, surroundings);
    const others = companionsOf(own, heavy);
    const known = others.filter((it) => it.names.some((name) => sources.mentioned.has(name)));
    if (known.length === 0 || known.length * 2 < others.length) return;
    for (const it of heavy) {
      // What others need is not mentioned by those who need them.
      if (it.requirement.via !== undefined) continue;
      const isUnused = it.names.every((name) => sources.asked.has(name) && !sources.mentioned.has(name));
      if (isUnused) yield findingOf(python, it, sources.files);
    }
  },
});

function findingOf(
  python: PythonFacts,
  { requirement, gone, saving }: HeavyRequirement,
  files: number,
): Finding {
  const { text, image, project } = python;
  const { name } = requirement;
  const others = gone.length - 1;
  const brought =
    others === 0 ? "" : ` It brings ${others} package${others === 1 ? "" : "s"} that nothing else needs.`;
  const again = project.requirements.filter((it) => it.name === name);
  return {
    at: requirement.nameAt,
    what: `no file of the project mentions ${name}`,
    why: `Looked for in ${files} Python file${files === 1 ? "" : "s"}, and in configuration and scripts.${brought}${image === undefined ? "" : ` ${image.dockerfile} installs it.`}`,
    saving,
    elsewhere: installedWhere(python, requirement),
    taste: image === undefined,
    get fixes() {
      // Asked for twice, it stays when one line goes.
      if (again.length > 1) return [];
      const title = `Remove ${name}${thenLock(python)}`;
      return [{ title, safety: "review" as const, edits: [removeRequirement(text, requirement)] }];
    },
  };
}
