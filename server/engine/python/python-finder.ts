import { basename, dirname, resolve, sep } from "node:path";
import type { Facts } from "../../../core/dockerfile/facts.ts";
import type { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { namesToLookFor } from "../../../core/python/heavy.ts";
import type { InstalledWorld } from "../../../core/python/installed.ts";
import { type PythonProject, withNamedFiles } from "../../../core/python/project.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { byRelevance, type ShippedPython, shippedPython } from "../../../core/python/shipped.ts";
import { type SourceUse, withoutSpans } from "../../../core/python/source-use.ts";
import type { PythonSurroundings } from "../../../core/python/surroundings.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import type { World } from "../../../core/world.ts";
import { copySourcesOf } from "../copy-sources.ts";
import { findDocuments } from "../find-documents.ts";
import { regularText } from "../regular-file.ts";
import { EnvironmentReader } from "./environment.ts";
import { findSurroundings } from "./find-surroundings.ts";
import { SourceScanner } from "./sources.ts";

/** Folders searched for Dockerfiles around a project. */
const mostFolders = 2_000;

interface Options {
  readonly catalogue: () => Promise<PythonCatalogue | undefined>;
  /** Undefined: it cannot be read. */
  readonly readDockerfile: (
    path: string,
    signal: AbortSignal,
  ) => Promise<{ readonly facts: Facts; readonly world: World } | undefined>;
  /** What is in the image that was built from this Dockerfile; undefined: none was analysed. */
  readonly installedBy: (dockerfile: string) => InstalledWorld | undefined;
}

/** Finds what lies around Python documents: lock, named files, catalogue, and the images that install them. */
export class PythonFinder {
  readonly #options: Options;
  readonly #scanner = new SourceScanner();
  readonly #environments = new EnvironmentReader(process.env);
  readonly #dockerfiles = new Map<string, Promise<readonly string[]>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** `folder`: the workspace folder. `shown`: how a path is named to people. */
  async surroundingsOf(
    path: string,
    project: PythonProject,
    { folder, shown, signal }: { folder: string; shown: (path: string) => string; signal: AbortSignal },
  ): Promise<PythonSurroundings> {
    const { catalogue } = this.#options;
    const environments = this.#environments;
    const found = await findSurroundings(path, project, { folder, catalogue, environments, shown });
    const whole = withNamedFiles(project, (it) => found.files.get(it));
    const named = { path: shown(path), kind: project.kind };
    const images = byRelevance(await this.#imagesOf(path, whole, folder, shown, signal), named);
    const around = { ...found, folder, images };
    return { ...around, sources: await this.#sourcesOf(path, project, around, folder, signal) };
  }

  /** The project's files are looked through only where something heavy may be unused. */
  async #sourcesOf(
    path: string,
    project: PythonProject,
    around: PythonSurroundings,
    workspace: string,
    signal: AbortSignal,
  ): Promise<SourceUse | undefined> {
    const names = namesToLookFor(path, project, around);
    if (names === undefined) return undefined;
    // A list of requirements may lie anywhere beside the program that it is for.
    const folder = project.kind === "pyproject" ? dirname(path) : workspace;
    const texts = new Map([[path, await ownText(path)]]);
    return this.#scanner.scan(folder, names, texts, signal);
  }

  /** Files came or went: Dockerfiles are looked for again. */
  forget(): void {
    this.#dockerfiles.clear();
  }

  /** Of Dockerfiles below the document's folder; where none has to do with it, of others that copy it by its path. */
  async #imagesOf(
    document: string,
    project: PythonProject,
    workspace: string,
    shown: (path: string) => string,
    signal: AbortSignal,
  ): Promise<readonly ShippedPython[]> {
    const imageOf = async (path: string, isFar: boolean): Promise<readonly ShippedPython[]> => {
      const read = signal.aborted ? undefined : await this.#options.readDockerfile(path, signal);
      if (read === undefined || (isFar && !copies(read.facts, path, document, workspace))) return [];
      const shipped = shippedPython(read.facts, { path, shown: shown(path), document }, project, read.world);
      return shipped === undefined ? [] : [{ ...shipped, installed: this.#options.installedBy(path) }];
    };
    const below = await this.#dockerfilesIn(dirname(document));
    const near = (await Promise.all(below.map((it) => imageOf(it, false)))).flat();
    if (near.length > 0 || !document.startsWith(`${workspace}${sep}`)) return near;
    const others = (await this.#dockerfilesIn(workspace)).filter((it) => !below.includes(it));
    return (await Promise.all(others.map((it) => imageOf(it, true)))).flat();
  }

  #dockerfilesIn(folder: string): Promise<readonly string[]> {
    const known = this.#dockerfiles.get(folder);
    if (known !== undefined) return known;
    const found = findDocuments(folder, { most: mostFolders }).then(({ documents }) =>
      documents.flatMap(({ path, kind }) => (kind === "dockerfile" ? [path] : [])),
    );
    this.#dockerfiles.set(folder, found);
    return found;
  }
}

/**
 * Whether a COPY names the document or a folder on the way to it, from any folder that may be the build context. All of
 * the context (`COPY . .`) is no sign.
 */
function copies(facts: Facts, dockerfile: string, document: string, workspace: string): boolean {
  const sources = copySourcesOf(facts).map((it) => it.replace(/(?:^|\/)[^/]*[*?[].*$/, ""));
  for (let context = dirname(dockerfile); ; context = dirname(context)) {
    for (const source of sources) {
      const taken = resolve(context, `./${source}`);
      const isInside = taken === document || document.startsWith(`${taken}${sep}`);
      if (isInside && taken !== context && taken.startsWith(`${context}${sep}`)) return true;
    }
    if (context === workspace || context === dirname(context)) return false;
  }
}

/** What a pyproject.toml says beside its requirements: entry points, settings of tools. Nothing of other documents. */
async function ownText(path: string): Promise<string> {
  if (basename(path) !== "pyproject.toml") return "";
  const text = await regularText(path).catch(() => "");
  const { requirements, origins } = readPyproject(new TomlReader().read(text), path);
  return withoutSpans(
    text,
    [...requirements, ...origins].map((it) => it.at),
  );
}
