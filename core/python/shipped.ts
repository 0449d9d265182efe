/** What a Dockerfile installs of a Python project: which extras and groups, on which base image. */
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { isFetched } from "../dockerfile/fetched.ts";
import { wantsGpu } from "../dockerfile/gpu.ts";
import { contextFileAt } from "../dockerfile/manifest-at.ts";
import { shipsForDevelopment } from "../dockerfile/purpose.ts";
import { LineIndex } from "../text/line-index.ts";
import type { OtherFile, OtherPlace } from "../text/other-file.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import { bringTorch, namesGpuPackage, torchBuild } from "../tools/torch.ts";
import type { World } from "../world.ts";
import type { InstalledWorld } from "./installed.ts";
import { type GroupId, groupsOf, type PythonProject } from "./project.ts";
import { type Target, targetOfImage } from "./target.ts";

/** Words of a Dockerfile that install something of the project. */
export interface InstallPlace extends OtherPlace {
  /** Groups of the project that they choose. */
  readonly groups: readonly GroupId[];
  /** The requirements file that they name, as a path inside the image. */
  readonly requirementsFile: string | undefined;
}

/** One Dockerfile's view of the project. */
export interface ShippedPython {
  /** As it is shown. */
  readonly dockerfile: string;
  readonly image: string | undefined;
  readonly target: Target;
  /** Empty: it installs nothing of the project that we can tell. */
  readonly groups: readonly GroupId[];
  /** Requirements files that are installed, as paths inside the image. */
  readonly files: readonly string[];
  /** The lines that do it, in source order. */
  readonly installs: readonly InstallPlace[];
  /** The image is for work on the project: its stage's name or its start command says so. */
  readonly forDevelopment: boolean;
  /** A GPU is wanted there: nothing is said against CUDA. */
  readonly gpu: boolean;
  /** A line of it installs torch from an index or in a build of its own choice; later ones find it there. */
  readonly choosesTorch: boolean;
  /** pip leaves bytecode beside every module that it installs. */
  readonly bytecode: boolean;
  /** The versions come from the project's lock file. */
  readonly locked: boolean;
  /** What installs the project without looking at its lock file: "uv pip install"; undefined: nothing does. */
  readonly ignoresLock: string | undefined;
  /** Of the image that was built from it, once that was analysed. */
  readonly installed: InstalledWorld | undefined;
}

/**
 * The most relevant first: it installs this very list of requirements, lies in no hidden folder (`.devcontainer`,
 * `.github`), installs most of the project, is nearest.
 */
export function byRelevance(
  images: readonly ShippedPython[],
  { path, kind }: { readonly path: string; readonly kind: PythonProject["kind"] },
): readonly ShippedPython[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const names = (it: ShippedPython): boolean =>
    kind === "requirements" && it.files.some((file) => file.slice(file.lastIndexOf("/") + 1) === name);
  const score = (it: ShippedPython): readonly number[] => [
    names(it) ? 1 : 0,
    /(?:^|\/)\.[^./]/.test(it.dockerfile) ? 0 : 1,
    kind === "requirements" ? 0 : it.groups.length + it.files.length,
    -foldersBetween(it.dockerfile, path),
  ];
  const scored = images.map((image) => ({ image, score: score(image) }));
  return scored.sort((a, b) => compared(b.score, a.score)).map(({ image }) => image);
}

function compared(a: readonly number[], b: readonly number[]): number {
  for (const [index, it] of a.entries()) {
    const other = b[index] ?? 0;
    if (it !== other) return it - other;
  }
  return 0;
}

function foldersBetween(one: string, other: string): number {
  const [a = [], b = []] = [one, other].map((it) => it.split("/").slice(0, -1));
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  return a.length + b.length - 2 * same;
}

/**
 * Undefined: the shipped stages have nothing to do with Python. `path` of the Dockerfile: its full one. `document`: that of the
 * Python document, where it is a file.
 */
export function shippedPython(
  facts: Facts,
  { path, shown, document }: { readonly path: string; readonly shown: string; readonly document?: string },
  project: PythonProject,
  world: World,
): ShippedPython | undefined {
  if (facts.foreign) return undefined;
  const stages = stagesThatShip(facts);
  const isOther = (run: RunInstruction, file: string): boolean => {
    if (document === undefined) return false;
    const source = contextFileAt(facts, world, run, file);
    return source === undefined
      ? isFetched(facts, run, file)
      : !`/${document.replaceAll("\\", "/")}`.endsWith(`/${source}`);
  };
  const sites = [...stages].flatMap((index) => installsOf(facts, index, isOther));
  const installs = sites.map(({ install }) => install);
  const last = facts.stages.findLast((it) => it.shipped);
  const image = last?.baseImage;
  if (installs.length === 0 && !/python/.test(image ?? "")) return undefined;
  const unlocked = installs.find(
    (it) => !it.locked && (project.kind === "pyproject" ? it.projects : it.files).length > 0,
  );
  const file: OtherFile = { path, lines: new LineIndex(facts.text) };
  const machine = last?.from.flags.find((it) => it.name === "platform")?.value;
  return {
    dockerfile: shown,
    image,
    target: targetOfImage(
      image,
      project.requiresPython,
      /arm64|aarch64/.test(machine ?? "") ? "aarch64" : "x86_64",
    ),
    groups: [...new Set(installs.flatMap((it) => groupsIn(it, project)))],
    files: installs.flatMap((it) => it.files.map((named) => named.path)),
    installs: installs
      .flatMap((it) => placesOf(it, project, file))
      .toSorted((a, b) => a.at.start - b.at.start),
    forDevelopment: shipsForDevelopment(facts, world),
    gpu: wantsGpu(facts, world) || installs.some(namesGpuPackage),
    choosesTorch: sites.some(
      ({ install, command }) =>
        bringTorch(install).length > 0 && torchBuild(install, command.environment) !== "default",
    ),
    bytecode: installs.length > 0 && installs.every((it) => it.tool === "pip"),
    locked: installs.length > 0 && installs.every((it) => it.locked),
    ignoresLock: unlocked === undefined ? undefined : `${unlocked.tool} install`,
    installed: undefined,
  };
}

/** Stages in a target's chain, and those whose files a COPY takes from there. */
function stagesThatShip(facts: Facts): ReadonlySet<number> {
  const res = new Set<number>();
  const waiting = facts.stages.filter((it) => it.shipped).map((it) => it.index);
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const stage = facts.stages[index];
    if (stage === undefined || res.has(index)) continue;
    res.add(index);
    if (stage.parent !== undefined) waiting.push(stage.parent);
    for (const it of stage.instructions) {
      if (it.kind === "copy" && it.fromStage !== undefined) waiting.push(it.fromStage);
    }
  }
  return res;
}

/** `isOther`: another file than the document lies there, of the context or of a tree that a RUN fetches. */
const installsOf = (
  facts: Facts,
  stage: number,
  isOther: (run: RunInstruction, file: string) => boolean,
): readonly { readonly command: Command; readonly install: PythonInstall }[] =>
  (facts.stages[stage]?.instructions ?? []).flatMap((instruction) =>
    instruction.kind !== "run"
      ? []
      : instruction.commands.flatMap((command) =>
          command.runs === "never"
            ? []
            : (command.effects ?? []).flatMap((it) =>
                it.kind === "python-install"
                  ? [
                      {
                        command,
                        install: {
                          ...it,
                          files: it.files.filter((file) => !isOther(instruction, file.path)),
                        },
                      },
                    ]
                  : [],
              ),
        ),
  );

function placesOf(install: PythonInstall, project: PythonProject, file: OtherFile): readonly InstallPlace[] {
  const groups = groupsIn(install, project);
  const [named] = install.selection === undefined ? install.projects : [];
  const at = (named?.word ?? install.action).at;
  return [
    ...(groups.length === 0 ? [] : [{ file, at, groups, requirementsFile: undefined }]),
    ...install.files.map(({ path, word }) => ({ file, at: word.at, groups: [], requirementsFile: path })),
  ];
}

function groupsIn(install: PythonInstall, project: PythonProject): readonly GroupId[] {
  const all = groupsOf(project);
  const known = (it: GroupId): boolean => all.includes(it);
  if (install.selection === undefined) {
    return install.projects.flatMap((it): GroupId[] => [
      "project",
      ...it.extras.map((name): GroupId => `extra:${name}`).filter(known),
    ]);
  }
  const { extras, allExtras, groups, allGroups, only, without, development } = install.selection;
  const main = install.tool === "poetry" ? only.some(({ name }) => name === "main") : false;
  const named = (list: typeof groups): GroupId[] =>
    list.map(({ name }): GroupId => `group:${name}`).filter(known);
  if (only.length > 0) return [...(main ? ["project" as const] : []), ...named(only)];
  const dropped = named(without);
  const byDefault = development === "left out" ? [] : defaultsOf(install, project);
  const chosen: readonly GroupId[] = [
    "project",
    ...(allExtras
      ? all.filter((it) => it.startsWith("extra:"))
      : extras.map(({ name }): GroupId => `extra:${name}`)),
    ...(allGroups ? all.filter((it) => it.startsWith("group:")) : [...byDefault, ...named(groups)]),
  ];
  return chosen.filter((it) => known(it) && !dropped.includes(it));
}

/** poetry installs every group that is not optional, the others their default ones. */
const defaultsOf = ({ tool }: PythonInstall, project: PythonProject): readonly GroupId[] =>
  tool === "poetry"
    ? groupsOf(project).filter((it) => it.startsWith("group:") && !project.optionalGroups.includes(it))
    : project.defaultGroups;
