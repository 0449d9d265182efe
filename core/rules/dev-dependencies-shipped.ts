import { chainAfter } from "../dockerfile/chain.ts";
import { removeWords, replaceWord } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction, Word } from "../dockerfile/facts.ts";
import { isFetched } from "../dockerfile/fetched.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { manifestAt } from "../dockerfile/manifest-at.ts";
import { runsTests } from "../dockerfile/mentions.ts";
import { packageManifest, removesModules } from "../dockerfile/node-project.ts";
import { type NodeSplit, nodeSplit } from "../dockerfile/node-split.ts";
import { baseName, deletes } from "../dockerfile/paths.ts";
import { isForDevelopment, isWorkbench, shipsForDevelopment } from "../dockerfile/purpose.ts";
import { sitesOf } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import { type Edit, insertAt } from "../text/edit.ts";
import { isDevelopmentFile, isDevelopmentTool } from "../tools/development-packages.ts";
import type { PackageManifest } from "../tools/package-manifest.ts";
import { isDevelopmentGroup } from "../tools/poetry.ts";
import type { ProjectInstall } from "../tools/project-install.ts";
import { hasDevelopmentGroups } from "../tools/pyproject-manifest.ts";
import type { ProjectWord, PythonInstall } from "../tools/python-install.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

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
            : inPython(effect)
          : isUntold(facts, run, effect)
            ? undefined
            : inProject(effect, packageManifest(facts, world, run, effect));
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

/** What brings development packages along, best said by one word. */
interface Cause {
  /** For people: `extra dev`. */
  readonly what: string;
  readonly nameFirst?: boolean;
  readonly at: Word;
  /** Folders that may hold the packages. */
  readonly folders: readonly string[];
  readonly fix: ((facts: Facts, command: Command) => readonly Edit[] | undefined) | undefined;
  readonly fixTitle: string;
}

interface Place extends Cause {
  readonly run: RunInstruction;
  readonly command: Command;
  /** Two stages, where a later step builds with them. */
  readonly split: (() => NodeSplit | undefined) | undefined;
}

function inPython(install: PythonInstall): Cause | undefined {
  // Poetry's place depends on its configuration, which commands and files can set.
  const folders = install.tool === "poetry" ? [install.into, "/usr/local/lib"] : [install.into];
  return (
    namedTools(install, folders) ??
    developmentExtra(install, folders) ??
    developmentFile(install, folders) ??
    developmentGroup(install, folders)
  );
}

function namedTools(install: PythonInstall, folders: readonly string[]): Cause | undefined {
  const tools = install.requirements.filter(({ name }) => name !== undefined && isDevelopmentTool(name));
  const [first] = tools;
  if (first === undefined) return undefined;
  const names = tools.map(({ name }) => name).join(", ");
  const all =
    install.requirements.length === tools.length && install.projects.length + install.files.length === 0;
  return {
    what: `${names} ${tools.length === 1 ? "is" : "are"} installed, which only development needs`,
    nameFirst: true,
    at: first.word,
    folders,
    fixTitle: `Do not install ${names}`,
    fix: all
      ? undefined
      : (facts, command) =>
          removeWords(
            facts,
            command.words,
            tools.map(({ word }) => word),
          ),
  };
}

function developmentExtra(install: PythonInstall, folders: readonly string[]): Cause | undefined {
  for (const project of install.projects) {
    const names = project.extras.filter(isDevelopmentGroup);
    if (names.length === 0) continue;
    return {
      what: `the extra ${names.join(", ")} is installed, which by its name only development needs`,
      at: project.word,
      folders,
      fixTitle: `Install without the extra ${names.join(", ")}`,
      fix: (facts) => withoutExtras(facts, project, names),
    };
  }
  return undefined;
}

/** Undefined where the word does not stand in the text as it is meant, an expanded variable for one. */
function withoutExtras(facts: Facts, { word, extras }: ProjectWord, gone: readonly string[]) {
  const raw = facts.text.slice(word.at.start, word.at.end);
  const list = /\[([^\]]*)\]/.exec(raw);
  if (list === null || word.text === undefined || !raw.includes(word.text)) return undefined;
  const kept = extras.filter((it) => !gone.includes(it));
  return replaceWord(word, raw.replace(list[0], kept.length === 0 ? "" : `[${kept.join(",")}]`));
}

function developmentFile(install: PythonInstall, folders: readonly string[]): Cause | undefined {
  const file = install.files.find(({ path }) => isDevelopmentFile(path));
  if (file === undefined) return undefined;
  const others = install.files.length + install.requirements.length + install.projects.length > 1;
  return {
    what: `${baseName(file.path)} is installed, which by its name lists what development needs`,
    nameFirst: true,
    at: file.word,
    folders,
    fixTitle: `Do not install ${baseName(file.path)}`,
    fix: others ? (facts, command) => withoutOption(facts, command, file.word) : undefined,
  };
}

/** The word, and the option in front of it. */
function withoutOption(facts: Facts, command: Command, value: Word): readonly Edit[] | undefined {
  const at = command.words.findIndex((it) => it.at.start === value.at.start);
  const option = command.words[at - 1];
  if (option?.text === undefined || !option.text.startsWith("-")) return undefined;
  return removeWords(facts, command.words, [option, value]);
}

function developmentGroup(install: PythonInstall, folders: readonly string[]): Cause | undefined {
  const { selection, tool, action } = install;
  const extra = selection?.extras.find(({ name }) => isDevelopmentGroup(name));
  if (selection?.development === "asked for" || extra !== undefined) {
    const words = selection?.development === "asked for" ? selection.developmentWords : [];
    const at = words[0] ?? extra?.word ?? action;
    return {
      what: `${tool} is asked for what only development needs`,
      nameFirst: true,
      at,
      folders,
      fixTitle: "Do not ask for it",
      fix: words.length === 0 ? undefined : (facts, command) => withoutAsking(facts, command, words, install),
    };
  }
  if (selection?.development !== "by default") return undefined;
  const { productionFlag: flag } = selection;
  return {
    what: `${tool} also installs the project's development dependencies unless it is told not to`,
    nameFirst: true,
    at: action,
    folders,
    fixTitle: `Add ${flag ?? ""}`,
    fix: flag === undefined ? undefined : () => [insertAt(action.at.end, ` ${flag}`)],
  };
}

/** `--dev`, or `--with dev` as a whole; a list that names more than that is left to people. */
function withoutAsking(
  facts: Facts,
  command: Command,
  words: readonly Word[],
  { action, selection }: PythonInstall,
): readonly Edit[] | undefined {
  const gone: Word[] = [];
  for (const word of words) {
    if (word.text?.startsWith("-") === true) gone.push(word);
    else if (word.text !== undefined && isDevelopmentGroup(word.text)) {
      const at = command.words.findIndex((it) => it.at.start === word.at.start);
      const option = command.words[at - 1];
      if (option?.text?.startsWith("-") === true) gone.push(option);
      gone.push(word);
    } else return undefined;
  }
  const removal = removeWords(facts, command.words, [...new Set(gone)]);
  // Not asked for, they still come along by default.
  const flag = selection?.productionFlag;
  return removal && [...(flag === undefined ? [] : [insertAt(action.at.end, ` ${flag}`)]), ...removal];
}

function inProject(
  install: ProjectInstall,
  manifest: (PackageManifest & { readonly needed: boolean }) | undefined,
): Cause | undefined {
  if (install.development !== true || manifest?.development.length === 0 || manifest?.needed === true)
    return undefined;
  const { tool, action, productionFlag: flag, into, developmentWords } = install;
  const [asked] = developmentWords;
  const names = manifest === undefined ? "" : ` (${listed(manifest.development)})`;
  return {
    nameFirst: true,
    what:
      asked === undefined
        ? `${tool} also installs the project's development dependencies${names} unless it is told not to`
        : `${tool} is asked for the project's development dependencies${names}`,
    at: asked ?? action,
    folders: into === undefined ? [] : [into],
    fixTitle: asked === undefined ? `Add ${flag ?? ""}` : "Do not ask for them",
    fix:
      asked !== undefined
        ? (facts, command) => removeWords(facts, command.words, developmentWords)
        : flag === undefined
          ? undefined
          : () => [insertAt(action.at.end, ` ${flag}`)],
  };
}

const listed = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

function findingOf(facts: Facts, place: Place): Finding | undefined {
  const { run, command, what, nameFirst = false, at, folders, fix, fixTitle, split } = place;
  const ways = folders.flatMap((it) => shipsFrom(facts, run, it) ?? []);
  const [way] = folders.length === 0 && facts.shipped.includes(run) ? ["layer" as const] : ways;
  if (way === undefined || isPruned(facts, run, command, folders)) return undefined;
  const later = [
    ...run.commands.slice(run.commands.indexOf(command) + 1).filter((it) => it.runs !== "never"),
    ...facts.instructions.flatMap((it) =>
      it.kind === "run" && it.stage === run.stage && it.index > run.index ? it.commands : [],
    ),
    ...chainAfter(facts, run).flatMap((it) =>
      it.kind === "run" && it.stage !== run.stage ? it.commands : [],
    ),
    ...inTakingStages(facts, run),
  ];
  const isUsed =
    later.some((it) => it.effects?.some(({ kind }) => kind === "build") || isScript(it)) ||
    facts.instructions.some(
      (it) => it.stage === run.stage && it.index > run.index && it.kind === "run" && runsTests(it),
    );
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

/** What runs in other stages after they took files of the stage of this RUN. */
const inTakingStages = (facts: Facts, run: RunInstruction): readonly Command[] =>
  facts.instructions.flatMap((copy) =>
    copy.kind === "copy" && copy.fromStage === run.stage
      ? facts.instructions.flatMap((it) =>
          it.kind === "run" && it.stage === copy.stage && it.index > copy.index ? it.commands : [],
        )
      : [],
  );

/** `npm run build`, `pytest`: what a script of the project needs, nobody can tell. */
const isScript = (command: Command): boolean =>
  command.effects?.every(({ kind }) => kind === "uncache" || kind === "nothing") !== true &&
  ["npm", "yarn", "pnpm", "bun", "npx", "node", "pytest", "tox", "nox"].includes(
    command.words[0]?.text ?? "",
  );

/** The same RUN, or a later one of a stage whose result is only copied from, takes them away again. */
function isPruned(facts: Facts, run: RunInstruction, command: Command, folders: readonly string[]): boolean {
  const same = run.commands.slice(run.commands.indexOf(command) + 1);
  const others = facts.shipped.includes(run)
    ? []
    : facts.instructions.flatMap((it) =>
        it.kind === "run" && it.stage === run.stage && it.index > run.index ? it.commands : [],
      );
  return [...same, ...others].some(
    (it) =>
      it.runs !== "never" &&
      (removesModules(it) ||
        it.effects?.some(
          (effect) =>
            effect.kind === "project-prune" ||
            (effect.kind === "remove" &&
              folders.some((folder) => effect.paths.some(({ path }) => deletes(path, folder)))) ||
            (effect.kind === "project-install" && effect.development !== true),
        )),
  );
}
