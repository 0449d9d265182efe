/**
 * Splits a stage that installs, builds and starts a Node.js project: the building stage drops the development packages
 * when it is done, the running one takes the rest of them and what was built.
 *
 * Undefined where the build context's files do not tell which command builds what, or what a container opens.
 */
import type { Edit } from "../text/edit.ts";
import { type NodeOutput, outputsOf } from "../tools/node-outputs.ts";
import { commandsOf, type ScriptCommand } from "../tools/node-scripts.ts";
import { opensAtStart } from "../tools/node-start.ts";
import { type PackageManifest, readPackageManifest } from "../tools/package-manifest.ts";
import type { ProjectInstall } from "../tools/project-install.ts";
import type { World } from "../world.ts";
import { isFromContext } from "./copied.ts";
import type { Command, CopyInstruction, Facts, Instruction, RunInstruction, Stage } from "./facts.ts";
import { manifestAt } from "./manifest-at.ts";
import { pruneCommand } from "./node-prune.ts";
import { openedIn } from "./opened-folders.ts";
import { isWithin, posixJoin, withoutSlash } from "./paths.ts";
import { programsOf } from "./purpose.ts";
import { librariesIn, splitEdits } from "./split-stage.ts";
import { startCommand } from "./start.ts";

export interface NodeSplit {
  readonly edits: readonly Edit[];
  /** Absolute paths of what was built. */
  readonly outputs: readonly string[];
}

/** Files that are read at the start, beside folders. */
const openedFiles = [
  "prisma",
  "drizzle",
  ".env",
  ".env.production",
  "next.config.js",
  "next.config.mjs",
  "next.config.ts",
];

export function nodeSplit(
  facts: Facts,
  world: World,
  run: RunInstruction,
  install: ProjectInstall,
): NodeSplit | undefined {
  const stage = facts.stages[run.stage];
  const project = install.directory;
  const text = manifestAt(facts, world, run, project, "package.json");
  const manifest = text === undefined ? undefined : readPackageManifest(text);
  const image = stage?.from.words[0];
  if (stage === undefined || project === undefined || manifest === undefined || image === undefined)
    return undefined;
  const isLaterYarn = manifestAt(facts, world, run, project, ".yarnrc.yml") !== undefined;
  const prune = pruneCommand(install.tool, manifest, stage.baseImage, isLaterYarn);
  const place = withoutSlash(project);
  if (manifest.workspaces || manifest.linked || prune === undefined || !/^\/[\w./@-]+$/.test(place))
    return undefined;
  const build = buildOf(facts, world, stage, place, manifest);
  const outputs = build && outputsTaken(build.outputs, facts, stage, place, manifest);
  if (build === undefined || outputs === undefined) return undefined;
  const before = stage.instructions.filter((it) => it.index <= build.last.index);
  if (!before.every((it) => it.kind !== "copy" || isPlacedWell(it, place))) return undefined;
  const user = before.findLast(({ keyword }) => keyword === "USER");
  const owner = user?.kind === "other" ? user.words[0]?.text : "root";
  if (owner === undefined) return undefined;
  // Nitro puts all that it needs into its folder.
  const isWhole = outputs.every((it) => it === `${place}/.output`);
  const taken = [
    ...(isWhole ? [] : [`${place}/package.json`, `${place}/node_modules`]),
    ...outputs,
    ...openedIn(stage, world.context, openedFiles).filter(
      (it) => isWithin(it, place) && !outputs.includes(it),
    ),
  ];
  const edits = splitEdits(facts, {
    stage,
    last: build.last,
    image: facts.text.slice(image.at.start, image.at.end),
    copies: (copy) => !isWithin(copy.destinationPath ?? "/", place) || !isFromContext(copy),
    repeats: (it) => isToolInstall(it) || makesFolders(it, before),
    taken: build.runs,
    libraries: librariesIn(world, stage.baseImage),
    keepsUser: true,
    finish:
      isWhole || build.pruned
        ? []
        : [`RUN ${directoryAt(before) === place ? "" : `cd ${place} && `}${prune}`],
    result: (builder) => {
      const flag = owner === "root" || owner === "0" ? "" : `--chown=${owner} `;
      return taken.map((it) => `COPY ${flag}--from=${builder} ${it} ${it}`);
    },
  });
  return edits && { edits, outputs };
}

interface NodeBuild {
  readonly runs: readonly RunInstruction[];
  readonly last: RunInstruction;
  readonly outputs: readonly NodeOutput[];
  /** The development packages go away in the end. */
  readonly pruned: boolean;
}

/** The RUNs that install and build the project, and what they write. */
function buildOf(
  facts: Facts,
  world: World,
  stage: Stage,
  project: string,
  manifest: PackageManifest,
): NodeBuild | undefined {
  const runs: RunInstruction[] = [];
  const outputs: NodeOutput[] = [];
  let pruned = false;
  for (const it of stage.instructions) {
    if (it.kind !== "run" || it.onbuild || !it.commands.some(isOfNode)) continue;
    if (isToolInstall(it)) continue;
    const read = (name: string) => manifestAt(facts, world, it, project, name);
    for (const command of it.commands) {
      const written = writtenBy(command, project, manifest, read);
      if (written === undefined || command.runs !== "always" || command.redirects.length > 0)
        return undefined;
      outputs.push(...written);
      pruned =
        command.effects?.some(({ kind }) => kind === "project-prune") === true ||
        (pruned && written.length === 0);
    }
    runs.push(it);
  }
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  // What comes later runs beside the result alone.
  const isFine = stage.instructions.every(
    (it) => it.index <= last.index || it.kind !== "run" || isIndependent(it),
  );
  return isFine ? { runs, last, outputs, pruned } : undefined;
}

const programs = new Set(["npm", "yarn", "pnpm", "bun", "npx", "bunx", "pnpx", "node", "tsc"]);
const isOfNode = ({ words }: Command): boolean => programs.has(words[0]?.text ?? "");

/** Undefined: nobody can tell. */
function writtenBy(
  command: Command,
  project: string,
  manifest: PackageManifest,
  read: (name: string) => string | undefined,
): readonly NodeOutput[] | undefined {
  const { effects, words, directory } = command;
  const isQuiet = effects?.every(
    (it) =>
      ["nothing", "uncache", "cache", "remove", "project-prune"].includes(it.kind) ||
      (it.kind === "project-install" && it.directory === project),
  );
  if (isQuiet === true || words[0]?.text === "cd") return [];
  if (effects?.some(({ kind }) => kind === "project-install") === true)
    return effects.every(
      (it) => it.kind !== "project-install" || withoutSlash(it.directory ?? "") === project,
    )
      ? []
      : undefined;
  if (directory === undefined || withoutSlash(directory) !== project) return undefined;
  const plain = plainWords(words);
  const commands = plain && commandsOf(manifest, plain.join(" "));
  const all = commands?.map((it) => outputsOf(it, manifest, read));
  return all === undefined || all.some((it) => it === undefined) ? undefined : all.flatMap((it) => it ?? []);
}

function plainWords(words: readonly { readonly text: string | undefined }[]): ScriptCommand | undefined {
  const texts = words.flatMap(({ text }) => (text === undefined || /\s/.test(text) ? [] : [text]));
  return texts.length === words.length ? texts : undefined;
}

/** Package managers and programs for everybody: the running stage may start with them. */
const isToolInstall = (run: RunInstruction): boolean =>
  run.opaque === undefined &&
  run.commands.length > 0 &&
  run.commands.some(({ words }) => words[0]?.text !== "cd") &&
  run.commands.every(
    ({ words, effects, runs }) =>
      runs === "always" &&
      (words[0]?.text === "corepack" ||
        effects?.some((it) => it.kind === "node-install" && it.global) === true ||
        (effects?.length !== 0 &&
          effects?.every(({ kind }) => kind === "uncache" || kind === "nothing") === true)),
  );

/** Empty folders and their owners, before anything is copied. */
const makesFolders = (run: RunInstruction, before: readonly Instruction[]): boolean =>
  run.opaque === undefined &&
  programsOf(run).every((it) => ["mkdir", "chown", "chmod"].includes(it)) &&
  !before.some((it) => it.kind === "copy" && it.index < run.index);

/** It needs neither sources nor development packages. */
const isIndependent = (run: RunInstruction): boolean =>
  run.opaque === undefined &&
  (isToolInstall(run) ||
    run.commands.every(
      ({ effects }) =>
        effects?.every(
          ({ kind }) =>
            kind !== "build" && kind !== "project-install" && kind !== "compile" && kind !== "self-install",
        ) === true,
    ));

/** What was built lies there when a container starts, and nothing else of the project is opened. */
function outputsTaken(
  outputs: readonly NodeOutput[],
  facts: Facts,
  stage: Stage,
  project: string,
  manifest: PackageManifest,
): readonly string[] | undefined {
  const start = startCommand(facts, stage);
  const commands = start && commandsOf(manifest, start.join(" "));
  const directory = directoryAt(stage.instructions);
  if (commands === undefined || directory === undefined) return undefined;
  // Scripts are those of the working directory.
  const isPlain = commands.length === 1 && commands[0]?.join(" ") === start?.join(" ");
  if (!isPlain && directory !== project) return undefined;
  const opened: string[] = [];
  for (const it of commands) {
    const paths = opensAtStart(it, manifest);
    if (paths === undefined) return undefined;
    opened.push(...paths.flatMap((path) => posixJoin(directory, path) ?? []));
  }
  const folders = [...new Set(outputs.map(({ folder }) => folder))];
  const isStarted = (folder: string): boolean =>
    opened.some((path) => isWithin(path, `${project}/${folder}`));
  if (
    opened.length === 0 ||
    !opened.every((path) => folders.some((it) => isWithin(path, `${project}/${it}`)))
  )
    return undefined;
  // Where the tool puts it is certain, or a container opens it there.
  const isSure = folders.every(
    (folder) => isStarted(folder) || outputs.some((it) => it.folder === folder && it.sure),
  );
  return isSure && !folders.includes("node_modules") ? folders.map((it) => `${project}/${it}`) : undefined;
}

/** Beside the project, or within it: a copy around it brings more than anybody can follow. */
const isPlacedWell = ({ destinationPath }: CopyInstruction, project: string): boolean =>
  destinationPath !== undefined &&
  (isWithin(destinationPath, project) || !isWithin(project, destinationPath));

function directoryAt(instructions: readonly Instruction[]): string | undefined {
  let directory: string | undefined = "/";
  for (const it of instructions) {
    if (it.kind === "other" && it.keyword === "WORKDIR") directory = posixJoin(directory, it.words[0]?.text);
  }
  return directory === undefined ? undefined : withoutSlash(directory);
}
