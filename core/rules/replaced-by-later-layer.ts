import { chainAfter, chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import { insertReplacement, removeCommand, removeWords } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { holdsSetuptools, pythonTag } from "../dockerfile/python-base.ts";
import { withoutRequirements } from "../dockerfile/python-edits.ts";
import { renewedPackages } from "../dockerfile/renewed-packages.ts";
import { runsAtStart } from "../dockerfile/runtime.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { layerLabel, measurementsOf } from "../link/measurements.ts";
import { bytes } from "../size/bytes.ts";
import { npmSize, pipSize, setuptoolsSize, sumOfEstimates, wheelSize } from "../size/installer-sizes.ts";
import { type Estimated, estimated, measured, type Size, unknownSize } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import type { NodeInstall } from "../tools/node-install.ts";
import type { PythonInstall, RequirementWord } from "../tools/python-install.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const replacedByLaterLayer = defineRule({
  id: "replaced-by-later-layer",
  on: "dockerfile",
  peers: [],
  summary: "A package of the base image or of an earlier layer is installed again in another version.",
  docs: `
What a layer replaces stays below it. \`pip install --upgrade pip\` on Python's image stores a second pip over the first,
\`npm install -g npm@latest\` on Node's image a second npm; a package that one \`RUN\` pins and a later one pins otherwise
is there twice. So is a distribution's package that \`dpkg -i\` or another \`=version\` puts over the one below, and what
\`apt-get install --only-upgrade\` renews; \`apt-get upgrade\` is the finding of \`upgrade-in-layer\`. Take the upgrade out (a newer base image has a newer pip), or name the wanted version where the package is
installed first.

Nothing is said where a container runs pip or npm itself and so may want the new one, nor about what happens in one and
the same layer or in a virtual environment of its own.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir --upgrade pip && pip install --no-cache-dir flask
CMD ["python", "app.py"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir numpy==1.26.4 flask
RUN pip install --no-cache-dir numpy==2.1.0
\`\`\`

\`\`\`dockerfile
FROM node:22-slim
RUN npm install -g npm@latest && npm cache clean --force
CMD ["node", "server.js"]
\`\`\`

\`\`\`dockerfile
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10 && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u8 && rm -rf /var/lib/apt/lists/*
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
CMD ["python", "app.py"]
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir --upgrade pip && pip install --no-cache-dir --prefix=/install flask

FROM python:3.12-slim
COPY --from=build /install /usr/local
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --upgrade pip
\`\`\`

\`\`\`dockerfile
FROM node:22-slim
RUN npm install -g pnpm@9 && npm cache clean --force
\`\`\`
`,
  *check(facts, world) {
    yield* newPackages(facts, world);
    for (const { run, command, effect } of shippedSites(facts, "node-install"))
      yield* newNpm({ facts, world, run, command }, effect);
    for (const { run, command, effect } of shippedSites(facts, "python-install")) {
      if (effect.selection !== undefined) continue;
      yield* newInstallers({ facts, world, run, command }, effect);
      yield* otherVersions({ facts, world, run, command }, effect);
    }
  },
});

interface Place {
  readonly facts: Facts;
  readonly world: World;
  readonly run: RunInstruction;
  readonly command: Command;
}

const whyBelow = "The version below stays in its layer, and this one comes on top.";

const baseOf = ({ facts, run }: Place): string => facts.stages[run.stage]?.baseImage ?? "";

const nodeImage = /^(?:docker\.io\/)?(?:library\/)?node(?::|$)/;
const systemFolder = "/usr/local/lib";

/** pip, and what images before Python 3.12 have beside it. */
function* newInstallers(place: Place, install: PythonInstall): Generator<Finding> {
  const tag = pythonTag(baseOf(place));
  if (tag === undefined || install.into !== systemFolder || install.tool !== "pip") return;
  const { facts, world } = place;
  if (
    runsAtStart(facts, world.context, "pip") === true ||
    chainBefore(facts, place.run).some((it) => replacesPip(it))
  )
    return;
  const found = install.requirements.filter(
    (it) => inBase(tag, it.name) && (install.upgrades || isPinned(it)),
  );
  const [first] = found;
  if (first === undefined) return;
  const names = found.map(({ name }) => name ?? "");
  yield {
    at: first.word.at,
    what: `${names.join(", ")} of the base image ${names.length === 1 ? "is" : "are"} installed again in another version`,
    nameFirst: true,
    why: `${whyBelow} Only a build uses ${names.length === 1 ? "it" : "them"}.`,
    saving: sumOfEstimates(names.map((it) => sizeOf(it, install.compiles))),
    related: found.slice(1).map(({ name, word }) => ({ at: word.at, message: `${name} is one of them` })),
    get fixes() {
      const { run, command } = place;
      const words = found.map(({ word }) => word);
      const edits = withoutRequirements(facts, run, command, install, words);
      return fixesFor(edits, `Keep the ${names.join(", ")} of the base image`);
    },
  };
}

const replacesPip = (it: ReturnType<typeof chainBefore>[number]): boolean =>
  it.kind === "run" &&
  it.commands.some(({ effects }) =>
    effects?.some(
      (effect) =>
        effect.kind === "python-install" &&
        effect.into === systemFolder &&
        effect.requirements.some(({ name }) => name === "pip"),
    ),
  );

const inBase = (tag: string, name: string | undefined): boolean =>
  name === "pip" || ((name === "setuptools" || name === "wheel") && holdsSetuptools(tag));

const isPinned = ({ text }: RequirementWord): boolean => /[=<>~]/.test(text ?? "");

const sizeOf = (name: string, compiled: boolean): Estimated =>
  name === "pip" ? pipSize(compiled) : name === "setuptools" ? setuptoolsSize(compiled) : wheelSize;

/** A requirement that an earlier layer has with another pin. */
function* otherVersions(place: Place, install: PythonInstall): Generator<Finding> {
  const { facts, run } = place;
  for (const requirement of install.requirements) {
    const { name, word } = requirement;
    if (name === undefined || exactVersion(requirement) === undefined) continue;
    const earlier = earlierPin(facts, run, install.into, requirement);
    // What a still later layer replaces is that layer's finding.
    if (earlier === undefined) continue;
    yield {
      at: word.at,
      what: `${name} is installed again in another version, over the one of an earlier layer`,
      nameFirst: true,
      why: `${whyBelow} Name the wanted version where it is installed first.`,
      saving: hiddenBy(place),
      related: [{ at: earlier.word.at, message: "This version stays in its layer" }],
      get fixes() {
        const edits = moved(place, install, requirement, earlier);
        return edits === undefined
          ? []
          : [{ title: `Install ${requirement.text} in the first place`, safety: "review" as const, edits }];
      },
    };
  }
}

const exactVersion = ({ text }: RequirementWord): string | undefined =>
  /^[^=<>~!;@]+===?\s*([\w.!+-]+)$/.exec(text ?? "")?.[1];

function earlierPin(
  facts: Facts,
  run: RunInstruction,
  into: string,
  requirement: RequirementWord,
): RequirementWord | undefined {
  const pins = chainBefore(facts, run).flatMap((it) =>
    it.kind !== "run" || !facts.shipped.includes(it)
      ? []
      : it.commands.flatMap(({ runs, effects }) =>
          runs !== "always"
            ? []
            : (effects ?? []).flatMap((effect) =>
                effect.kind === "python-install" && effect.into === into
                  ? effect.requirements.filter(({ name }) => name === requirement.name)
                  : [],
              ),
        ),
  );
  const last = pins.at(-1);
  const version = last && exactVersion(last);
  return version === undefined || version === exactVersion(requirement) ? undefined : last;
}

/** The later pin where the earlier one stands, and nothing in the later place. */
function moved(
  { facts, run, command }: Place,
  install: PythonInstall,
  requirement: RequirementWord,
  earlier: RequirementWord,
): readonly Edit[] | undefined {
  if (
    requirement.text === undefined ||
    facts.text.slice(earlier.word.at.start, earlier.word.at.end) !== earlier.text
  )
    return undefined;
  const away = withoutRequirements(facts, run, command, install, [requirement.word]);
  return away && [{ at: earlier.word.at, insert: requirement.text }, ...away];
}

function hiddenBy({ facts, world, run }: Place): Size {
  const found = measurementsOf(facts, world.knowledge).get(run);
  return found === undefined || found.layer.hides === 0
    ? unknownSize("an image built from it shows how much the later layer hides")
    : measured(found.layer.hides, `what ${layerLabel(world, found)} stores again`);
}

function* newNpm(place: Place, { packages, global }: NodeInstall): Generator<Finding> {
  const npm = packages.find(({ name }) => name === "npm");
  if (npm === undefined || !global || !nodeImage.test(baseOf(place))) return;
  const { facts, world, run } = place;
  const later = chainAfter(facts, run).some((it) => it.kind === "run" && replacesNpm(it));
  if (later || runsAtStart(facts, world.context, "npm") === true) return;
  yield {
    at: npm.word.at,
    what: "npm of the base image is installed again in another version",
    nameFirst: true,
    why: `${whyBelow} Only a build uses it.`,
    saving: npmSize,
    get fixes() {
      const one = packages.length === 1 ? removeCommand(facts, run, place.command) : undefined;
      const edits = packages.length > 1 ? removeWords(facts, place.command.words, [npm.word]) : one && [one];
      return fixesFor(edits, "Keep the npm of the base image");
    },
  };
}

function* newPackages(facts: Facts, world: World): Generator<Finding> {
  for (const it of renewedPackages(facts)) {
    const { run, install, name, word, earlier } = it;
    const base = packageBaseAt(facts, run, "apt");
    const held = world.packageSizes?.held({ names: [name], base });
    // Nobody can tell whether the base image has it.
    if (earlier === undefined && held === undefined) continue;
    const where = earlier === undefined ? "the base image or a layer below holds" : "an earlier layer holds";
    const again = install.renews === "if newer" ? "is brought up to date" : "is installed again";
    yield {
      at: word.at,
      what: `${name}, which ${where}, ${again}`,
      why: `${whyBelow} ${install.renews === "if newer" ? "A newer base image holds it once." : "Name the wanted version where it is installed first."}`,
      saving: renewedSize(held, install.renews),
      related: earlier === undefined ? [] : [{ at: earlier.at, message: "This version stays in its layer" }],
      get fixes() {
        const own = install.packages.length > 1 ? removeWords(facts, it.command.words, [word]) : undefined;
        const edit = install.packages.length === 1 ? removeCommand(facts, run, it.command) : undefined;
        const away = own ?? (edit && [edit]);
        if (install.renews === "if newer") return fixesFor(away, `Keep the ${name} of the base image`);
        if (install.renews === "always" || earlier?.text === undefined || word.text === undefined) return [];
        const wanted = insertReplacement(facts, earlier, word.text);
        return fixesFor(wanted && away && [wanted, ...away], `Install ${word.text} in the first place`);
      },
    };
  }
}

/** What is up to date is not written again. */
function renewedSize(held: Size | undefined, renews: "always" | "if newer" | undefined): Size {
  if (held?.kind !== "estimated") return unknownSize("its size is not in the catalogue");
  if (renews !== "if newer" || held.high === undefined) return held;
  return estimated(bytes(0), held.high, `${held.basis}; nothing where the base image is up to date`);
}

const replacesNpm = (run: RunInstruction): boolean =>
  run.commands.some(({ effects }) =>
    effects?.some(
      (effect) =>
        effect.kind === "node-install" && effect.global && effect.packages.some(({ name }) => name === "npm"),
    ),
  );

const fixesFor = (edits: readonly Edit[] | undefined, title: string): Finding["fixes"] =>
  edits === undefined ? [] : [{ title, safety: "review", edits }];
