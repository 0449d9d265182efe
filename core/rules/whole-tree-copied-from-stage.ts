import { addAfter, insertBefore, isJsonForm, removeWords, replaceWord } from "../dockerfile/edits.ts";
import { environmentBefore, isPlain, onPath, place } from "../dockerfile/environment-split.ts";
import type { Command, CopyInstruction, Facts, Instruction, RunInstruction } from "../dockerfile/facts.ts";
import { type Common, commonOf } from "../dockerfile/inherited.ts";
import { isWithin, normalised, withoutSlash } from "../dockerfile/paths.ts";
import { mayWrite } from "../dockerfile/writes.ts";
import { layerLabel, measurementsOf } from "../link/measurements.ts";
import { measured, type Size, unknownSize } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import { lineBreakOf } from "../text/lines.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const wholeTreeCopiedFromStage = defineRule({
  id: "whole-tree-copied-from-stage",
  on: "dockerfile",
  peers: ["hadolint DL3067 (in part)", "droast DF070 (in part)"],
  summary:
    "A COPY --from takes a whole system tree, with what the stage has already and with the tools of the build.",
  docs: `
\`COPY --from=build /usr/local /usr/local\` carries the packages that the build stage installed, and with them all that
its base image has there (the interpreter, pip) and what the build left behind. When both stages start from the same
image, the classic store keeps the shared part twice. Install into a directory of its own, a virtual environment for
Python, and copy that.

Silent for what a build installs below \`/usr/local\` of a bare distribution: there the tree holds nothing else. Silent
for \`COPY --from=build / /\` onto \`scratch\`, which squashes an image.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir flask

FROM python:3.12-slim
COPY --from=build /usr/local /usr/local
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
RUN make -C /src install

FROM debian:12
COPY --from=build /usr/local /usr/local
\`\`\`
`,
  *check(facts, world) {
    for (const copy of facts.shipped) {
      if (copy.kind !== "copy" || copy.fromStage === undefined) continue;
      const finding = findingOf(facts, world, copy, copy.fromStage);
      if (finding !== undefined) yield finding;
    }
  },
});

/** Images that have nothing in /usr/local but empty directories. */
const bare =
  /(?:^|\/)(?:debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|busybox|amazonlinux)(?::|@|$)/;
const conda =
  /^\/(?:opt|root|usr\/local)\/(?:conda|(?:mini|ana)conda\d?|miniforge\d?|mambaforge|micromamba)$/;

function findingOf(facts: Facts, world: World, copy: CopyInstruction, from: number): Finding | undefined {
  const [source] = copy.sources;
  if (copy.sources.length !== 1 || source?.text === undefined || copy.destinationPath === undefined)
    return undefined;
  const path = withoutSlash(normalised(`/${source.text}`));
  const common = commonOf(facts, copy);
  const image = facts.stages[from]?.baseImage;
  const isShared =
    (path === "/usr/local" && image !== undefined && !bare.test(image)) || path === "/usr" || path === "/";
  const isConda = conda.test(path);
  // The standard library, of which no install changes anything.
  const isLibrary = pythonLibrary.test(path) && image !== undefined && /(?:^|\/)python(?:[:@]|$)/.test(image);
  if (!isConda && !((isShared || isLibrary) && common !== undefined)) return undefined;
  // What is there already, unchanged, is the finding of copied-again.
  if (common !== undefined && !common.apart.some((it) => mayWrite(it, path))) return undefined;
  return {
    at: source.at,
    what: isConda
      ? `a whole conda installation is copied: ${path}`
      : `the whole of ${path} is copied, with what ${common?.name ?? "the base"} has there already`,
    why: isConda
      ? "It holds conda itself and its package cache beside the environment. Copy the environment alone."
      : isLibrary
        ? "The standard library is stored a second time on the classic store. What pip installs lies in site-packages: copy that."
        : "The shared part is stored a second time on the classic store, and tools of the build come along. Install into a directory of its own (for Python a virtual environment) and copy that.",
    saving: sizeOf(facts, world, copy),
    related: (facts.stages[from]?.instructions ?? [])
      .slice(0, 1)
      .map(({ at }) => ({ at, message: "Copied from this stage" })),
    get fixes() {
      if (isConda) return condaFixes(facts, copy, path, from);
      if (isLibrary) return libraryFixes(facts, copy, path);
      return path === "/usr/local" && common !== undefined
        ? [...venvFixes(facts, copy, common, from), ...pipFixes(facts, copy, common, from)]
        : [];
    },
  };
}

const pythonLibrary = /^\/usr\/local\/lib\/python3(?:\.\d+)?$/;

function libraryFixes(facts: Facts, copy: CopyInstruction, path: string): readonly Fix[] {
  const [source] = copy.sources;
  if (source === undefined || copy.destination === undefined || isJsonForm(facts, copy)) return [];
  if (withoutSlash(copy.destinationPath ?? "") !== path) return [];
  const packages = `${path}/site-packages`;
  return [
    {
      title: `Copy ${packages} alone`,
      safety: "review",
      edits: [...replaceWord(source, packages), ...replaceWord(copy.destination, packages)],
    },
  ];
}

/** Files below it that the layer stores once more; the rest of what is not needed shows only in the image. */
function sizeOf(facts: Facts, world: World, copy: CopyInstruction): Size {
  const found = measurementsOf(facts, world.knowledge).get(copy);
  if (found === undefined || found.layer.hides === 0)
    return unknownSize("how much of the tree the program needs is not known");
  return measured(found.layer.hides, `what ${layerLabel(world, found)} stores again`);
}

interface Install {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: PythonInstall;
}

/** `uv pip install --system` into a virtual environment instead, where it is the one install of both stages. */
function venvFixes(facts: Facts, copy: CopyInstruction, common: Common, from: number): readonly Fix[] {
  const installs = common.apart.flatMap(installsIn);
  const [only] = installs;
  if (isJsonForm(facts, copy)) return [];
  const later = facts.shipped.filter((it) => it.stage === copy.stage && it.index > copy.index);
  if (only === undefined || installs.length !== 1 || later.flatMap(installsIn).length > 0) return [];
  if (only.run.stage !== from || only.effect.tool !== "uv pip" || only.command.runs !== "always") return [];
  const system = only.command.words.find(({ text }) => text === "--system");
  // Another command that writes there would be left behind.
  const others = common.apart.filter((it) => it !== only.run);
  if (system === undefined || others.some((it) => mayWrite(it, "/usr/local"))) return [];
  const withoutSystem = removeWords(facts, only.command.words, [system]);
  const [source] = copy.sources;
  if (withoutSystem === undefined || source === undefined || copy.destination === undefined) return [];
  const eol = lineBreakOf(facts.text);
  const path = `ENV PATH="${place}/bin:$PATH"`;
  const program = only.effect.program.text ?? "uv";
  const edits: readonly Edit[] = [
    insertBefore(
      facts,
      only.run,
      `ENV VIRTUAL_ENV=${place}${eol}${path}${eol}RUN ${program === "pip" ? "uv" : program} venv ${place}${eol}${eol}`,
    ),
    ...withoutSystem,
    ...replaceWord(source, place),
    ...replaceWord(copy.destination, place),
    addAfter(facts, copy, path),
  ];
  return [{ title: `Install into a virtual environment and copy ${place}`, safety: "review", edits }];
}

/** What pip installs goes into an environment, where nothing else writes to the tree. */
function pipFixes(facts: Facts, copy: CopyInstruction, common: Common, from: number): readonly Fix[] {
  const runs = common.apart.flatMap((it) => (it.kind === "run" && installsIn(it).length > 0 ? [it] : []));
  const [first] = runs;
  const [source] = copy.sources;
  if (first === undefined || isJsonForm(facts, copy) || !runs.every(isPlain)) return [];
  const others = common.apart.filter((it) => it.kind !== "run" || !runs.includes(it));
  const later = facts.shipped.filter((it) => it.stage === copy.stage && it.index > copy.index);
  if (others.some((it) => mayWrite(it, "/usr/local")) || later.flatMap(installsIn).length > 0) return [];
  if (runs.some((it) => it.stage !== from) || source === undefined || copy.destination === undefined)
    return [];
  if (withoutSlash(copy.destinationPath ?? "") !== "/usr/local") return [];
  const edits = [
    environmentBefore(facts, first),
    ...replaceWord(source, place),
    ...replaceWord(copy.destination, place),
    addAfter(facts, copy, onPath),
  ];
  return [{ title: `Install into a virtual environment and copy ${place}`, safety: "review", edits }];
}

/** conda's own programs, and scripts that need them. */
const needsConda =
  /\b(?:conda|(?:micro)?mamba)\s+(?:run|activate|install)|\bactivate\b|conda\.sh|"(?:conda|(?:micro)?mamba)"/;

/** The one environment of the stage, at the same place, where what runs names its programs by that place. */
function condaFixes(facts: Facts, copy: CopyInstruction, tree: string, from: number): readonly Fix[] {
  const folders = (facts.stages[from]?.instructions ?? []).flatMap((it) =>
    it.kind !== "run"
      ? []
      : it.commands.flatMap(({ runs, effects }) =>
          (effects ?? []).flatMap((effect) =>
            effect.kind === "environment" && runs !== "never" && isWithin(effect.folder.path, tree)
              ? [effect.folder.path]
              : [],
          ),
        ),
  );
  const [folder] = folders;
  const [source] = copy.sources;
  const later = facts.instructions.filter((it) => it.stage === copy.stage && it.index > copy.index);
  if (folder === undefined || folders.length > 1 || source === undefined || copy.destination === undefined)
    return [];
  const isNamed = later.some((it) => it.source.includes(`${folder}/bin`));
  if (!isNamed || later.some((it) => needsConda.test(it.source)) || isJsonForm(facts, copy)) return [];
  if (withoutSlash(copy.destinationPath ?? "") !== tree) return [];
  const edits = [...replaceWord(source, folder), ...replaceWord(copy.destination, folder)];
  return [{ title: `Copy the environment ${folder} alone`, safety: "review", edits }];
}

const installsIn = (it: Instruction): readonly Install[] =>
  it.kind !== "run"
    ? []
    : it.commands.flatMap((command) =>
        command.runs === "never"
          ? []
          : (command.effects ?? []).flatMap((effect) =>
              effect.kind === "python-install" ? [{ run: it, command, effect }] : [],
            ),
      );
