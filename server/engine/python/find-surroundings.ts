import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { PythonCatalogue } from "../../../core/python/catalogue.ts";
import type { Lock } from "../../../core/python/lock.ts";
import { lockNames, readLock } from "../../../core/python/locks/read-lock.ts";
import { type NamedFile, type PythonProject, withNamedFiles } from "../../../core/python/project.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { readSetupCfg } from "../../../core/python/setup-cfg.ts";
import { emptySurroundings, type PythonSurroundings } from "../../../core/python/surroundings.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { regularText } from "../regular-file.ts";
import { troubleText } from "../trouble-text.ts";
import type { EnvironmentReader } from "./environment.ts";

/** Nobody's requirements nest deeper; a file that names itself ends sooner. */
const mostFiles = 50;
/** Locks of the largest projects are a few MB. */
const largestFile = 32_000_000;

interface Options {
  /** The workspace folder: locks are looked for from the document's folder up to it. */
  readonly folder: string;
  readonly catalogue: () => Promise<PythonCatalogue | undefined>;
  readonly environments: EnvironmentReader;
  /** How a path is shown to people. */
  readonly shown: (path: string) => string;
}

/** Lock, named files, environment and catalogue around one Python document; images are the caller's to add. */
export async function findSurroundings(
  path: string,
  project: PythonProject,
  { folder, catalogue, environments, shown }: Options,
): Promise<PythonSurroundings> {
  const folders = foldersUp(dirname(path), folder);
  const [found, files, known, environment] = await Promise.all([
    findLock(folders, project, shown),
    namedFiles(path, project, shown),
    catalogue(),
    environments.find(
      folders,
      shown,
      new Set(project.requirements.flatMap((it) => (it.group === "project" ? [it.name] : []))),
    ),
  ]);
  return { ...emptySurroundings, ...found, files, catalogue: known, environment };
}

/** A lock of the document's own folder wins; a workspace's lies above its members, and names them. */
async function findLock(
  folders: readonly string[],
  project: PythonProject,
  shown: (path: string) => string,
): Promise<Pick<PythonSurroundings, "lock" | "lockTrouble">> {
  let lockTrouble: PythonSurroundings["lockTrouble"];
  for (const here of folders) {
    for (const kind of lockNames) {
      const path = join(here, kind);
      const text = await textOf(path);
      if (text === undefined) continue;
      const read =
        typeof text === "string" ? readLock(kind, text, shown(path)) : { ok: false as const, why: text.why };
      if (read.ok) {
        if (here !== folders[0] && isOfOthers(read.lock, project)) return { lock: undefined, lockTrouble };
        return { lock: read.lock, lockTrouble };
      }
      lockTrouble ??= { path: shown(path), why: read.why };
    }
  }
  const lock: Lock | undefined = undefined;
  return { lock, lockTrouble };
}

/** uv names the members of a workspace in its lock, as its own; poetry's and PDM's are of one project alone. */
const isOfOthers = ({ kind, byName }: Lock, { kind: document, name }: PythonProject): boolean =>
  document === "pyproject" &&
  name !== undefined &&
  (kind === "uv.lock"
    ? byName.get(name)?.some(({ source }) => source === "project") !== true
    : kind === "poetry.lock" || kind === "pdm.lock");

/** From a folder up to the workspace's; outside of that, the folder alone. */
export function foldersUp(start: string, top: string): readonly string[] {
  const res = [start];
  for (let at = start; at !== resolve(top) && at !== dirname(at); at = dirname(at)) res.push(dirname(at));
  // Outside of the workspace folder only the document's own folder is looked at.
  return res.at(-1) === resolve(top) ? res : [start];
}

/** Every file that the document names, with those that it names in turn taken in. */
async function namedFiles(
  path: string,
  project: PythonProject,
  shown: (path: string) => string,
): Promise<ReadonlyMap<string, PythonProject>> {
  let left = mostFiles;
  const read = async (
    from: string,
    named: NamedFile,
    above: readonly string[],
  ): Promise<PythonProject | undefined> => {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(named.path)) return undefined;
    const place = resolve(dirname(from), named.path);
    const candidates =
      named.kind === "project" ? [join(place, "pyproject.toml"), join(place, "setup.cfg")] : [place];
    for (const file of candidates) {
      if (above.includes(file) || left <= 0) return undefined;
      left -= 1;
      const text = await textOf(file);
      if (typeof text !== "string") continue;
      const own = projectIn(file, text, shown(file));
      const inner = new Map<string, PythonProject>();
      for (const it of own.files) {
        const found = await read(file, it, [...above, file]);
        if (found !== undefined) inner.set(it.path, found);
      }
      return withNamedFiles(own, (it) => inner.get(it));
    }
    return undefined;
  };
  const res = new Map<string, PythonProject>();
  for (const it of project.files) {
    const found = await read(path, it, [path]);
    if (found !== undefined) res.set(it.path, found);
  }
  return res;
}

function projectIn(file: string, text: string, shown: string): PythonProject {
  if (/\.cfg$/.test(file)) return readSetupCfg(text, shown);
  return basename(file) === "pyproject.toml"
    ? readPyproject(new TomlReader().read(text), shown)
    : readRequirementsFile(text, shown);
}

/** Undefined: it is not there; an object: it cannot be read, and why. */
async function textOf(path: string): Promise<string | { readonly why: string } | undefined> {
  try {
    const found = await stat(path);
    // A pipe has no end.
    if (!found.isFile()) return undefined;
    if (found.size > largestFile) return { why: "it is too large" };
    return await regularText(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    return code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR"
      ? undefined
      : { why: troubleText(cause) };
  }
}
