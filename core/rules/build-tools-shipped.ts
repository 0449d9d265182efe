import { chainAfter, chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import {
  appendCommand,
  insertAfter,
  insertWord,
  removeInstruction,
  replaceWords,
} from "../dockerfile/edits.ts";
import { environmentSplit } from "../dockerfile/environment-split.ts";
import type { Command, Facts, Instruction, RunInstruction, Stage } from "../dockerfile/facts.ts";
import { compilesAtRunTime } from "../dockerfile/mentions.ts";
import { shipsToolchain } from "../dockerfile/purpose.ts";
import { remembered } from "../dockerfile/remembered.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { middleOf, unknownSize } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import { bringsLibrary, includes, isBuildPackage, servesRunTimeCompiling } from "../tools/build-packages.ts";
import type { Effect, Manager, PackageWord } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const buildToolsShipped = defineRule({
  id: "build-tools-shipped",
  on: "dockerfile",
  peers: ["mint multi-stage advice (in part)", "droast DF011", "tally prefer-multi-stage-build (in part)"],
  summary: "Compilers, build tools or headers are installed in a layer of the image that ships.",
  docs: `
Compilers and headers serve the build. In a stage that ships they stay, also when a later \`RUN\` removes them.
Build in a stage of its own and copy the result, or install, build and remove in one \`RUN\`.

One finding stands for all such packages of one command; its saving is what goes when all of them go, so what
the remaining packages or the base image need anyway is not counted.

A package \`lib…-dev\` brings its shared library along, which a program may need. On Debian 12, whose packages are known, the
fix asks for that library by its own name; elsewhere it is yours.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl gcc g++ && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM alpine:3.20
RUN apk add --no-cache build-base curl
\`\`\`

## Not reported
\`\`\`dockerfile
FROM alpine:3.20
RUN apk add --no-cache --virtual .build build-base && make -C /src && apk del .build
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
RUN apt-get update && apt-get install -y build-essential && rm -rf /var/lib/apt/lists/*
COPY hello.c .
RUN gcc -o /hello hello.c

FROM debian:12
COPY --from=build /hello /hello
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN apt-get update && apt-get install -y gcc && pip install lxml \\
    && apt-get purge -y --auto-remove gcc && rm -rf /var/lib/apt/lists/*
\`\`\`

What compiles while it runs keeps its compiler: Triton and what builds on it, PyTensor.

\`\`\`dockerfile
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir vllm
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS dev
RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
\`\`\`
`,
  *check(facts, world) {
    if (shipsToolchain(facts, world)) return;
    for (const { run, command, effect } of shippedSites(facts, "install")) {
      const tools = shippedTools(facts, run, command, effect);
      const finding = tools && findingOf(facts, world, tools);
      if (finding !== undefined) yield finding;
    }
  },
});

/** Bytes. Less is what names other packages (build-essential has 20 kB), and no compiler or header. */
const leastTool = 50_000;

type Install = Extract<Effect, { kind: "install" }>;
type NamedWord = PackageWord & { readonly name: string };

interface ShippedTools {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly install: Install;
  readonly words: readonly NamedWord[];
}

function shippedTools(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  install: Install,
): ShippedTools | undefined {
  const tools = install.packages.filter(
    (it): it is NamedWord => it.name !== undefined && isBuildPackage(it.name),
  );
  if (tools.length === 0) return undefined;
  const later = chainAfter(facts, run);
  const removed = [
    removalsBy(run.commands.slice(run.commands.indexOf(command) + 1)),
    ...later.flatMap((it) => (it.kind === "run" ? [removalsIn(it)] : [])),
  ];
  if (removed.includes("any")) return undefined;
  const words = tools.filter(
    (it) =>
      !(servesRunTimeCompiling(it.name) && facts.shipped.some(compilesAtRunTime)) &&
      !removed.some((names) => names.includes(it.name) || names.includes(install.group ?? it.name)) &&
      !later.some((other) => startsWith(other, it.name ?? "")),
  );
  return words.length === 0 ? undefined : { run, command, install, words };
}

/** Names of packages that commands take away; "any" where these cannot be told, or where `apt-mark` gives some up. */
function removalsBy(commands: readonly Command[]): readonly string[] | "any" {
  const names: string[] = [];
  for (const { runs, effects = [] } of commands) {
    if (runs === "never") continue;
    for (const it of effects) {
      if (it.kind === "disown") return "any";
      if (it.kind !== "uninstall") continue;
      for (const { name } of it.packages) {
        if (name === undefined) return "any";
        names.push(name);
      }
    }
  }
  return names;
}

const removalsIn = remembered((run: RunInstruction) => removalsBy(run.commands));

/** CMD or ENTRYPOINT runs the tool itself. */
const startsWith = (it: Instruction, name: string): boolean =>
  it.kind === "other" &&
  (it.keyword === "CMD" || it.keyword === "ENTRYPOINT") &&
  it.words.some(({ text }) => text !== undefined && (text === name || text.endsWith(`/${name}`)));

function findingOf(facts: Facts, world: World, tools: ShippedTools): Finding | undefined {
  const { run, install, words } = tools;
  const [first, ...others] = words;
  if (first === undefined) return undefined;
  const names = words.map(({ name }) => name);
  const headers = names.filter(bringsLibrary);
  const base = packageBaseAt(facts, run, install.manager);
  const libraries = headers.length === 0 ? [] : world.packageSizes?.runTimeLibraries({ headers, base });
  const saving =
    world.packageSizes?.dominated({
      all: [...install.packages.flatMap(({ name }) => name ?? []), ...(libraries ?? [])],
      removed: names,
      recommends: install.recommends,
      base,
    }) ?? unknownSize("no package sizes at hand");
  // The base image or the other packages hold the tools themselves anyway.
  const middle = middleOf(saving);
  if (middle !== undefined && middle < leastTool) return undefined;
  const laterBuild = chainAfter(facts, run).some(builds);
  const advice = laterBuild
    ? " A later instruction may build with them: build in a stage of its own and copy the result."
    : libraries === undefined
      ? ` Install the libraries without their headers (${headers.join(", ")}) where programs need them.`
      : "";
  return {
    at: first.word.at,
    what: `build tools are part of the image that ships: ${names.join(", ")}`,
    why: `Only building needs them, and everything that starts from this layer carries them.${advice}`,
    saving,
    related: others.map(({ name, word }) => ({ at: word.at, message: `${name} is one of them` })),
    get fixes() {
      if (libraries === undefined) return [];
      return laterBuild ? splitFixes(facts, world, run, libraries) : fixesOf(facts, tools, libraries);
    },
  };
}

const builds = (it: Instruction): boolean =>
  it.kind === "run" &&
  (it.opaque !== undefined ||
    it.commands.some(
      (command) => command.runs !== "never" && command.effects?.some(({ kind }) => kind === "build"),
    ));

/** What needs them and what runs in two stages, where a virtual environment carries all that they build. */
function splitFixes(
  facts: Facts,
  world: World,
  run: RunInstruction,
  libraries: readonly string[],
): readonly Fix[] {
  const stage = facts.stages[run.stage];
  const edits = stage && environmentSplit(facts, world, stage);
  return edits === undefined || stage === undefined
    ? []
    : [
        {
          title: `Build in a stage of its own, and copy a virtual environment${withLibraries(libraries)}`,
          safety: "review",
          edits,
          splits: stage.index,
        },
      ];
}

const withLibraries = (libraries: readonly string[]): string =>
  libraries.length === 0 ? "" : `; what runs gets ${libraries.join(", ")}`;

function fixesOf(facts: Facts, tools: ShippedTools, libraries: readonly string[]): readonly Fix[] {
  const { run, command, words } = tools;
  const title = withLibraries(libraries);
  const names = inWords(words.map(({ name }) => name));
  const after = run.commands.slice(run.commands.indexOf(command) + 1);
  if (after.some((it) => it.runs !== "never" && it.effects?.some(({ kind }) => kind === "build"))) {
    const needed = dependentStages(facts, tools).length > 0;
    const purge = needed ? undefined : appendCommand(facts, run, purgeCommand(tools));
    // Asked for by name, they stay when the headers go.
    const last = words.at(-1)?.word;
    const kept = libraries.length === 0 || last === undefined ? [] : [insertWord(last, libraries.join(" "))];
    return purge === undefined
      ? []
      : [
          {
            title: `Remove ${names} in the same RUN, after the build${title}`,
            safety: "review",
            edits: [...kept, purge],
          },
        ];
  }
  const removal = removalOf(facts, tools, libraries);
  if (removal === undefined) return [];
  const installs = dependentStages(facts, tools).map(({ stage, missing }) =>
    insertAfter(facts, stage.from, installLine(tools.install.manager, missing)),
  );
  const [moved] = installs;
  const what =
    moved === undefined ? `Do not install ${names}` : `Install ${names} only in the stages that build`;
  return [{ title: `${what}${title}`, safety: "review", edits: [...removal, ...installs] }];
}

/** "a, b and c" */
const inWords = (names: readonly string[]): string =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((it) => it !== "").join(" and ");

/** Without the words; without the whole RUN when nothing else is installed and it does nothing else. */
function removalOf(
  facts: Facts,
  { run, command, install, words }: ShippedTools,
  libraries: readonly string[],
): readonly Edit[] | undefined {
  const gone = words.map(({ word }) => word);
  if (install.packages.length > words.length || libraries.length > 0)
    return replaceWords(facts, command.words, gone, libraries);
  const onlyApt = run.commands.every((it) =>
    it.effects?.every(({ kind }) => ["install", "cache", "uncache", "remove", "nothing"].includes(kind)),
  );
  const onlyOne =
    run.commands.flatMap((it) => it.effects ?? []).filter(({ kind }) => kind === "install").length === 1;
  return onlyApt && onlyOne ? [removeInstruction(facts, run)] : undefined;
}

/** Stages that do not ship, start from here and build, with the tools that they do not install themselves. */
function dependentStages(
  facts: Facts,
  { run, words }: ShippedTools,
): readonly { readonly stage: Stage; readonly missing: readonly string[] }[] {
  return facts.stages.flatMap((stage) => {
    const parent = stage.parent === undefined ? undefined : facts.stages[stage.parent];
    // The topmost stage outside the shipped chain; what is built on it inherits.
    if (stage.shipped || parent?.shipped !== true || !chainBefore(facts, stage.from).includes(run)) return [];
    const built = facts.instructions.filter(
      (it) =>
        it.stage === stage.index || (it.kind !== "other" && chainBefore(facts, it).includes(stage.from)),
    );
    const firstBuild = built.find(builds);
    if (firstBuild === undefined) return [];
    const own = built
      .filter((it) => it.stage === stage.index && it.index < firstBuild.index)
      .flatMap((it) => (it.kind === "run" ? it.commands : []))
      .flatMap((it) => (it.runs === "always" ? (it.effects ?? []) : []))
      .flatMap((it) => (it.kind === "install" ? it.packages.flatMap(({ name }) => name ?? []) : []));
    const missing = words.map(({ name }) => name).filter((name) => !own.some((it) => includes(it, name)));
    return missing.length === 0 ? [] : [{ stage, missing }];
  });
}

function installLine(manager: Manager, names: readonly string[]): string {
  const words = names.join(" ");
  switch (manager) {
    case "apt":
      return `RUN apt-get update && apt-get install -y --no-install-recommends ${words} && rm -rf /var/lib/apt/lists/*`;
    case "apk":
      return `RUN apk add --no-cache ${words}`;
    case "dnf":
      return `RUN dnf install -y ${words} && dnf clean all`;
    case "zypper":
      return `RUN zypper --non-interactive install ${words} && zypper clean --all`;
  }
}

function purgeCommand({ install, command, words }: ShippedTools): string {
  const names = words.map(({ name }) => name).join(" ");
  const program = command.words[0]?.text ?? "dnf";
  switch (install.manager) {
    case "apt":
      return `apt-get purge -y --auto-remove ${names}`;
    case "apk":
      return `apk del ${names}`;
    case "dnf":
      return `${program} remove -y ${names}`;
    case "zypper":
      return `zypper --non-interactive remove --clean-deps ${names}`;
  }
}
