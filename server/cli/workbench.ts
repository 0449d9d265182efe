import { sep } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import { loadShellReader } from "../../core/dockerfile/shell.ts";
import { largestText } from "../../core/document-kind.ts";
import { Judge, type Reading } from "../../core/judge.ts";
import type { Knowledge } from "../../core/link/knowledge.ts";
import type { InstalledWorld } from "../../core/python/installed.ts";
import type { PythonProject } from "../../core/python/project.ts";
import type { PythonSurroundings } from "../../core/python/surroundings.ts";
import { bytes, bytesLabel } from "../../core/size/bytes.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";
import { emptyWorld, type World } from "../../core/world.ts";
import { packageSizesIn } from "../engine/catalogues.ts";
import { type FoundWorld, WorldFinder } from "../engine/context/find-world.ts";
import { ignorePlaceOf } from "../engine/context/ignore-place.ts";
import { copySourcesOf } from "../engine/copy-sources.ts";
import { noProxySettings } from "../engine/http/proxy.ts";
import { pythonCatalogueIn } from "../engine/python/catalogue.ts";
import { ProjectIndexes } from "../engine/python/index/project-indexes.ts";
import { PythonFinder } from "../engine/python/python-finder.ts";
import { regularFile, regularText } from "../engine/regular-file.ts";
import { readShellFiles } from "../engine/shell-files.ts";
import { troubleText } from "../engine/trouble-text.ts";
import type { Console } from "./console.ts";
import { type Input, shownPath } from "./inputs.ts";
import { isUtf16 } from "./unreadable.ts";
import { tuneForShortRun } from "./v8-flags.ts";

/** A document, read, with what is known around it. */
export interface Opened {
  readonly input: Input;
  readonly text: string;
  /** False: the bytes are not UTF-8, so writing the text back would change them. */
  readonly faithful: boolean;
  readonly reading: Reading;
  readonly world: World;
  readonly contextPath: string | undefined;
}

/** What an analysed image tells about the lines of its Dockerfile, and about Python's distributions in it. */
export interface LearntImage {
  readonly knowledge: Knowledge;
  readonly installed: InstalledWorld | undefined;
}

export interface BenchOptions {
  /** Whether package indexes may be asked: `configured`, or the address of the default one. */
  readonly packageIndex?: string | undefined;
}

/** Opens documents one after another with one judge and one finder per workspace folder. */
export class Workbench {
  readonly judge: Judge;
  readonly #console: Console;
  readonly #packageSizes: () => Promise<PackageSizes | undefined>;
  readonly #python: PythonFinder;
  readonly #finders = new Map<string, WorldFinder>();
  /** What images tell, by the Dockerfile that made them. */
  readonly #images = new Map<string, LearntImage>();

  readonly #packageIndex: string | undefined;
  readonly #indexes = new ProjectIndexes(undefined);
  readonly #notes = new Set<string>();
  readonly #indexTroubles = new Set<string>();

  private constructor(judge: Judge, console: Console, { packageIndex }: BenchOptions) {
    this.#packageIndex = packageIndex;
    this.judge = judge;
    this.#console = console;
    this.#packageSizes = packageSizesIn(console.home);
    this.#python = new PythonFinder({
      catalogue: pythonCatalogueIn(console.home),
      readDockerfile: (path) => this.#dockerfileAt(path, console.directory),
      installedBy: (path) => this.#images.get(path)?.installed,
    });
  }

  static async open(console: Console, options: BenchOptions = {}): Promise<Workbench> {
    tuneForShortRun();
    const shell = await loadShellReader(await readShellFiles(console.home));
    return new Workbench(new Judge(shell), console, options);
  }

  /** Sentences about package indexes that could not be asked. */
  get indexTroubles(): readonly string[] {
    return [...this.#indexTroubles];
  }

  /** Sentences about what lies around the documents. */
  get notes(): readonly string[] {
    return [...this.#notes].sort();
  }

  /** A text instead: why it could not be read. */
  async read(input: Input, settings = { target: "", context: "" }): Promise<Opened | string> {
    let content: Buffer;
    try {
      content = await regularFile(input.path);
    } catch (cause) {
      return `cannot read ${input.shown}: ${troubleText(cause)}`;
    }
    if (isUtf16(content)) return `${input.shown} is not analysed: it is UTF-16, not UTF-8`;
    const text = content.toString("utf8");
    if (text.length > largestText) {
      const size = bytesLabel(bytes(content.length));
      return `${input.shown} is not analysed: it has ${size} of text, and 2 MB are the most`;
    }
    const reading = this.judge.read(input.kind, text);
    const found = await this.#worldOf(input, reading.facts, settings);
    const ignore =
      reading.ignore &&
      (await ignorePlaceOf(input.path, {
        folder: input.folder,
        dockerfileAt: (it) => this.#dockerfileAt(it, input.folder),
        signal: this.#console.signal,
      }));
    const project = reading.python?.project;
    const python = project && (await this.surroundingsOf(input.path, project, input.folder));
    return {
      input,
      text,
      faithful: Buffer.from(text).equals(content),
      reading,
      world: {
        ...emptyWorld,
        ...(found && worldOf(found)),
        knowledge: this.#images.get(input.path)?.knowledge,
        ...(ignore && { ignore }),
        ...(python && { python: { path: input.path, surroundings: python } }),
      },
      contextPath: found?.contextPath,
    };
  }

  /** What is read from now on has the sizes of an image that this Dockerfile made. */
  learn(dockerfile: string, image: LearntImage): void {
    this.#images.set(dockerfile, image);
  }

  /** After files were written: what was found before no longer holds. */
  forget(): void {
    for (const it of this.#finders.values()) it.invalidate();
    this.#python.forget();
  }

  /** What lies around a Python document of a workspace folder. */
  async surroundingsOf(path: string, project: PythonProject, folder: string): Promise<PythonSurroundings> {
    const { directory, signal } = this.#console;
    const shown = (it: string): string => shownPath(directory, it);
    const found = await this.#python.surroundingsOf(path, project, { folder, shown, signal });
    if (this.#packageIndex === undefined) return found;
    const { knowledge, troubles } = await this.#indexes.ask(path, project, found, {
      folder,
      settings: {
        address: this.#packageIndex === "configured" ? "" : this.#packageIndex,
        proxy: noProxySettings,
      },
      signal,
      progress: (done, all) => this.#console.progress(`package index: ${done} of ${all}`),
    });
    this.#console.progress("");
    for (const it of troubles) this.#indexTroubles.add(it);
    return { ...found, index: knowledge };
  }

  async #dockerfileAt(path: string, folder: string) {
    const text = await regularText(path).catch(() => undefined);
    const reading = text === undefined ? undefined : this.judge.read("dockerfile", text);
    if (reading?.facts === undefined) return undefined;
    const input: Input = { path, shown: path, kind: "dockerfile", folder };
    const found = await this.#worldOf(input, reading.facts, { target: "", context: "" });
    const world: World = { ...emptyWorld, ...(found && worldOf(found)) };
    const facts = this.judge.factsOf(reading, world);
    return facts && { facts, world, found };
  }

  async #worldOf(
    input: Input,
    facts: Facts | undefined,
    settings: { target: string; context: string },
  ): Promise<FoundWorld | undefined> {
    if (facts === undefined) return undefined;
    const finder = this.#finders.get(input.folder) ?? this.#newFinder(input.folder);
    return finder.worldOf(input.path, copySourcesOf(facts), settings, this.#console.signal);
  }

  #newFinder(folder: string): WorldFinder {
    const res = new WorldFinder({
      workspaceFolders: [folder],
      packageSizes: this.#packageSizes,
      still: true,
      log: (sentence) => this.#notes.add(sentence.replaceAll(`${this.#console.directory}${sep}`, "")),
    });
    this.#finders.set(folder, res);
    return res;
  }
}

const worldOf = ({
  targets,
  buildArguments,
  namedContexts,
  namedFolders,
  gpu,
  development,
  toolchain,
  context,
  packageSizes,
}: FoundWorld): Omit<World, "knowledge"> => ({
  targets,
  ...(buildArguments && { buildArguments }),
  ...(namedContexts && { namedContexts }),
  ...(namedFolders && { namedFolders }),
  gpu,
  development,
  toolchain,
  context,
  packageSizes,
});
