import { mayBeUsedLater, takenAwayLater } from "../dockerfile/development-use.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { isFetched } from "../dockerfile/fetched.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { manifestAt } from "../dockerfile/manifest-at.ts";
import { packageManifest } from "../dockerfile/node-project.ts";
import { type NodeSplit, nodeSplit } from "../dockerfile/node-split.ts";
import { isForDevelopment, isWorkbench, shipsForDevelopment } from "../dockerfile/purpose.ts";
import { sitesOf } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import type { ProjectInstall } from "../tools/project-install.ts";
import { hasDevelopmentGroups } from "../tools/pyproject-manifest.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";
import type { DevelopmentCause } from "./support/development-cause.ts";
import { projectCause } from "./support/project-development.ts";
import { pythonCause } from "./support/python-development.ts";

export const devDependenciesShipped = defineRule({
  id: "dev-dependencies-shipped",
  on: "dockerfile",
  peers: ["tally php/composer-no-dev-in-production", "tally ruby/missing-bundle-without-development"],
  summary: "Packages that only tests, linters or builds need are installed into the image that ships.",
  docs: `
Test runners, linters, type checkers and build tools of a project are installed beside what it needs to run:
by an extra or a group that is asked for (\`.[dev]\`, \`--with dev\`, \`-r requirements-dev.txt\`), or because
the tool takes them unless it is told not to (\`uv sync\`, \`poetry install\`, \`pdm install\`, \`npm ci\`).

Where the build context is known, a \`package.json\` without development dependencies makes it silent, and so does a
start script that runs one of them.

Where the image that ships also builds a Node.js project, the fix writes a second stage: it takes what was built and the
packages without those of development. It is there where the \`package.json\` of the build context (and its
\`tsconfig.json\`) tells what each command of the build writes and what a container opens; else it is only said.

Values of \`ARG\` decide as a build without arguments would. What is installed in another stage counts when a
\`COPY --from\` takes it into the image that ships.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
COPY . /app
RUN pip install "/app[dev]"
\`\`\`

\`\`\`dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY src ./src
CMD ["node", "src/index.js"]
\`\`\`

## Not reported
\`\`\`dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
CMD ["node", "src/index.js"]
\`\`\`

\`\`\`dockerfile
FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build

FROM nginx:1.27-alpine
COPY --from=build /app/dist /usr/share/nginx/html
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
ARG INCLUDE_DEV=0
COPY . /app
RUN if [ "$INCLUDE_DEV" = "1" ]; then pip install "/app[dev]"; else pip install /app; fi
\`\`\`
`,
  *check(facts, world) {
    // Who works in a container by hand has a use for them.
    if (shipsForDevelopment(facts, world) || isWorkbench(facts)) return;
    for (const { run, command, effect } of [
      ...sitesOf(facts, "python-install"),
      ...sitesOf(facts, "project-install"),
    ]) {
      const stage = facts.stages[run.stage];
      if (stage === undefined || isForDevelopment(stage)) continue;
      const found =
        effect.kind === "python-install"
          ? hasNoGroups(facts, world, run, effect)
            ? undefined
            : pythonCause(effect)
          : isUntold(facts, run, effect)
            ? undefined
            : projectCause(effect, packageManifest(facts, world, run, effect));
      const split =
        effect.kind === "project-install" ? () => nodeSplit(facts, world, run, effect) : undefined;
      const finding = found && findingOf(facts, { run, command, ...found, split });
      if (finding !== undefined) yield finding;
    }
  },
});

/** The project that the manager installs is at hand, and has nothing for development. */
function hasNoGroups(facts: Facts, world: World, run: RunInstruction, install: PythonInstall): boolean {
  if (install.selection?.development !== "by default") return false;
  const text = manifestAt(facts, world, run, install.selection.directory, "pyproject.toml");
  return text !== undefined && hasDevelopmentGroups(text, install.tool) === false;
}

/** The project comes by a clone or a download, or its base may set NODE_ENV: what is left out, nobody can tell. */
const isUntold = (facts: Facts, run: RunInstruction, { directory, tool }: ProjectInstall): boolean =>
  (directory !== undefined && isFetched(facts, run, directory)) ||
  (tool !== "bundle" && tool !== "composer" && isForeignNode(facts.stages[run.stage]?.baseImage ?? ""));

/** The official images of Node.js set no NODE_ENV; those of other publishers may. */
const isForeignNode = (image: string): boolean =>
  /(?:^|[/_-])node(?:js)?(?:[:@_-]|$)/.test(image) && !/(?:^|\/)(?:library\/)?node(?:[:@]|$)/.test(image);

/** A cause, and the command that it belongs to. */
interface Place extends DevelopmentCause {
  readonly run: RunInstruction;
  readonly command: Command;
  /** Two stages, where a later step builds with them. */
  readonly split: (() => NodeSplit | undefined) | undefined;
}

function findingOf(facts: Facts, place: Place): Finding | undefined {
  const { run, command, what, nameFirst = false, at, folders, fix, fixTitle, split } = place;
  const ways = folders.flatMap((it) => shipsFrom(facts, run, it) ?? []);
  const [way] = folders.length === 0 && facts.shipped.includes(run) ? ["layer" as const] : ways;
  if (way === undefined || takenAwayLater(facts, run, command, folders)) return undefined;
  const isUsed = mayBeUsedLater(facts, run, command);
  const isFixable = !isUsed && fix !== undefined;
  const advice = isUsed
    ? " A later step of the build may use it: build in a stage of its own, and install what runs into the image that ships."
    : !isFixable
      ? " Install what the program needs to run, and nothing else."
      : "";
  return {
    at: at.at,
    what,
    nameFirst,
    why: `Nothing needs it at run time, and it stays in the image.${advice}`,
    saving: unknownSize("nothing at hand tells what these packages weigh"),
    related: way === "layer" ? [] : [{ at: way.at, message: "this COPY takes it into the image that ships" }],
    get fixes(): readonly Fix[] {
      if (isUsed && way === "layer") return splitFixes(run, split?.());
      const edits = isFixable ? fix(facts, command) : undefined;
      return edits === undefined ? [] : [{ title: fixTitle, safety: "review", edits }];
    },
  };
}

const splitFixes = ({ stage }: RunInstruction, split: NodeSplit | undefined): readonly Fix[] =>
  split === undefined
    ? []
    : [
        {
          title: `Build in a stage of its own, and ship ${split.outputs.join(", ")} with what it needs to run`,
          safety: "review",
          edits: split.edits,
          splits: stage,
        },
      ];
