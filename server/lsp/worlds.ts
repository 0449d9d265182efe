import { dirname, relative, sep } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { Reading } from "../../core/judge.ts";
import type { Knowledge } from "../../core/link/knowledge.ts";
import type { PythonCatalogue } from "../../core/python/catalogue.ts";
import type { InstalledWorld } from "../../core/python/installed.ts";
import { groupsOf, type PythonProject } from "../../core/python/project.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";
import { emptyWorld, type PythonPlace, type World } from "../../core/world.ts";
import type { PlimsollSettings } from "../../protocol/settings.ts";
import { type FoundWorld, WorldFinder } from "../engine/context/find-world.ts";
import { ignorePlaceOf } from "../engine/context/ignore-place.ts";
import { copySourcesOf } from "../engine/copy-sources.ts";
import { PythonFinder } from "../engine/python/python-finder.ts";
import type { Log } from "./fence.ts";
import type { AskedProject, IndexDesk } from "./index-desk.ts";
import type { OpenDocument } from "./open-documents.ts";

interface Place {
  /** What was found on the disk around a Python document, before any index was asked. */
  around: AskedProject | undefined;
  python: PythonPlace | undefined;
  found: FoundWorld | undefined;
  knowledge: Knowledge | undefined;
  world: World;
  /** What the context was last looked for with; another COPY may mean another context. */
  askedWith: string | undefined;
  pending: AbortController | undefined;
}

/** Nothing in the text of an ignore file decides what lies around it; a file that changes has it looked for again. */
const ignoreAsked = "ignore file";

/**
 * What is known around each open document. Reading it never waits; what the disk or an analysed image tells
 * arrives later, through `onArrival`.
 */
export class Worlds {
  readonly #log: Log;
  readonly #packageSizes: () => Promise<PackageSizes | undefined>;
  readonly #onArrival: (document: OpenDocument) => void;
  readonly #places = new WeakMap<OpenDocument, Place>();
  readonly #knowledge = new Map<string, Knowledge>();
  readonly #installed = new Map<string, InstalledWorld>();
  readonly #indexes: IndexDesk;
  readonly #python: PythonFinder;
  readonly #readDockerfile: (path: string) => Promise<Reading | undefined>;
  readonly #openText: (path: string) => string | undefined;
  readonly #factsOf: (reading: Reading, world: World) => Facts | undefined;
  #folders: readonly string[];
  #finder: WorldFinder;
  #settings: PlimsollSettings;

  constructor(options: {
    folders: readonly string[];
    settings: PlimsollSettings;
    packageSizes: () => Promise<PackageSizes | undefined>;
    log: Log;
    indexes: IndexDesk;
    onArrival: (document: OpenDocument) => void;
    catalogue: () => Promise<PythonCatalogue | undefined>;
    /** The Dockerfile as it is in the editor, else on the disk. */
    readDockerfile: (path: string) => Promise<Reading | undefined>;
    factsOf: (reading: Reading, world: World) => Facts | undefined;
    /** The text of a file that is open in the editor. */
    openText: (path: string) => string | undefined;
  }) {
    this.#openText = options.openText;
    this.#folders = options.folders;
    this.#readDockerfile = options.readDockerfile;
    this.#factsOf = options.factsOf;
    this.#python = new PythonFinder({
      catalogue: options.catalogue,
      readDockerfile: (path, signal) => this.#dockerfileAt(path, signal),
      installedBy: (path) => this.#installed.get(path),
    });
    this.#log = options.log;
    this.#indexes = options.indexes;
    this.#packageSizes = options.packageSizes;
    this.#onArrival = options.onArrival;
    this.#settings = options.settings;
    this.#finder = this.#finderFor(options.folders);
  }

  /** The same value until something arrives, so it can stand for its content in a cache. */
  worldOf(document: OpenDocument): World {
    return this.#placeOf(document).world;
  }

  foundFor(document: OpenDocument): FoundWorld | undefined {
    return this.#placeOf(document).found;
  }

  /** Looks for the build context anew, unless nothing that decides it has changed. */
  async look(document: OpenDocument, reading: Reading | undefined): Promise<void> {
    if (reading?.python !== undefined) return this.#lookAround(document, reading.python.project);
    if (reading?.ignore !== undefined) return this.#lookAtBuilds(document);
    const facts = reading?.facts;
    if (document.path === undefined || facts === undefined) return;
    const { target, context } = this.#settings;
    const copySources = copySourcesOf(facts);
    const asked = JSON.stringify([copySources, target, context]);
    const place = this.#placeOf(document);
    if (place.askedWith === asked) return;
    place.askedWith = asked;
    place.pending?.abort();
    const pending = new AbortController();
    place.pending = pending;
    try {
      const found = await this.#finder.worldOf(
        document.path,
        copySources,
        { target, context },
        pending.signal,
      );
      if (!pending.signal.aborted) this.#arrive(document, place, found);
    } catch (cause) {
      if (!pending.signal.aborted) throw cause;
    }
  }

  /** Looks for the build context of an ignore file and for the Dockerfiles that are built under it. */
  async #lookAtBuilds(document: OpenDocument): Promise<void> {
    const { path } = document;
    const place = this.#placeOf(document);
    if (path === undefined || place.askedWith === ignoreAsked) return;
    place.askedWith = ignoreAsked;
    place.pending?.abort();
    const pending = new AbortController();
    place.pending = pending;
    const ignore = await ignorePlaceOf(path, {
      folder: this.#folders.find((it) => path.startsWith(it)) ?? dirname(path),
      dockerfileAt: (it) => this.#dockerfileAt(it, pending.signal),
      text: document.text,
      signal: pending.signal,
    });
    if (pending.signal.aborted) return;
    place.pending = undefined;
    place.world = { ...emptyWorld, ignore };
    this.#onArrival(document);
  }

  /** Looks for the lock, the named files and the images of a Python document. */
  async #lookAround(document: OpenDocument, project: PythonProject): Promise<void> {
    const { path } = document;
    if (path === undefined) return;
    const place = this.#placeOf(document);
    const asked = JSON.stringify([project.files.map((it) => it.path), groupsOf(project)]);
    if (place.askedWith === asked) {
      if (place.around !== undefined) this.#askIndexes(document, place, { ...place.around, project });
      return;
    }
    place.askedWith = asked;
    place.pending?.abort();
    const pending = new AbortController();
    place.pending = pending;
    const folder = this.#folders.find((it) => path.startsWith(it)) ?? dirname(path);
    const shown = (it: string): string => relative(folder, it).split(sep).join("/");
    const surroundings = await this.#python.surroundingsOf(path, project, {
      folder,
      shown,
      signal: pending.signal,
    });
    if (pending.signal.aborted) return;
    place.pending = undefined;
    // What indexes told holds until they tell anew.
    const index = this.#indexes.allowed ? place.python?.surroundings.index : undefined;
    place.python = { path, surroundings: { ...surroundings, index } };
    place.world = worldFrom(place);
    this.#onArrival(document);
    this.#askIndexes(document, place, { path, project, surroundings, folder });
  }

  #askIndexes(document: OpenDocument, place: Place, asked: AskedProject): void {
    place.around = asked;
    this.#indexes.ask(document, asked, (index) => {
      if (place.around?.surroundings !== asked.surroundings) return;
      place.python = { path: asked.path, surroundings: { ...asked.surroundings, index } };
      place.world = worldFrom(place);
      this.#onArrival(document);
    });
  }

  async #dockerfileAt(path: string, signal: AbortSignal) {
    const reading = await this.#readDockerfile(path);
    if (reading?.facts === undefined) return undefined;
    const { target, context } = this.#settings;
    const found = await this.#finder.worldOf(path, copySourcesOf(reading.facts), { target, context }, signal);
    const world = worldFrom({ found, knowledge: undefined, python: undefined });
    const facts = this.#factsOf(reading, world);
    return facts && { facts, world, found };
  }

  /** Files changed on the disk: what was found is asked again, and shown until the answer is there. */
  invalidate(documents: Iterable<OpenDocument>, path?: string): void {
    this.#finder.invalidate(path);
    this.#python.forget();
    for (const it of documents) this.#placeOf(it).askedWith = undefined;
  }

  useSettings(settings: PlimsollSettings, documents: Iterable<OpenDocument>): void {
    const { target, context } = this.#settings;
    this.#settings = settings;
    if (target !== settings.target || context !== settings.context) this.invalidate(documents);
  }

  useFolders(folders: readonly string[], documents: Iterable<OpenDocument>): void {
    this.#folders = folders;
    this.#finder = this.#finderFor(folders);
    for (const it of documents) this.#placeOf(it).askedWith = undefined;
  }

  /**
   * An analysed image tells about the instructions of a Dockerfile, open now or later, and about what it installs: the
   * caller has Python documents looked at again.
   */
  learn(
    path: string,
    { knowledge, installed }: { knowledge: Knowledge; installed: InstalledWorld | undefined },
    documents: Iterable<OpenDocument>,
  ): void {
    this.#knowledge.set(path, knowledge);
    if (installed === undefined) this.#installed.delete(path);
    else this.#installed.set(path, installed);
    for (const document of documents) {
      if (document.kind !== "dockerfile") this.#placeOf(document).askedWith = undefined;
      if (document.path !== path) continue;
      const place = this.#placeOf(document);
      place.knowledge = knowledge;
      place.world = worldFrom(place);
      this.#onArrival(document);
    }
  }

  forget(document: OpenDocument): void {
    this.#places.get(document)?.pending?.abort();
    this.#indexes.forget(document);
    this.#places.delete(document);
  }

  #arrive(document: OpenDocument, place: Place, found: FoundWorld): void {
    place.pending = undefined;
    if (place.found === found) return;
    place.found = found;
    place.world = worldFrom(place);
    this.#onArrival(document);
  }

  #placeOf(document: OpenDocument): Place {
    const known = this.#places.get(document);
    if (known !== undefined) return known;
    const path = document.path;
    const place: Place = {
      around: undefined,
      found: path === undefined ? undefined : this.#finder.cached(path),
      knowledge: path === undefined ? undefined : this.#knowledge.get(path),
      python: undefined,
      world: emptyWorld,
      askedWith: undefined,
      pending: undefined,
    };
    place.world = worldFrom(place);
    this.#places.set(document, place);
    return place;
  }

  #finderFor(workspaceFolders: readonly string[]): WorldFinder {
    return new WorldFinder({
      workspaceFolders,
      packageSizes: this.#packageSizes,
      log: this.#log,
      openText: this.#openText,
    });
  }
}

function worldFrom({ found, knowledge, python }: Pick<Place, "found" | "knowledge" | "python">): World {
  if (python !== undefined) return { ...emptyWorld, python };
  if (found === undefined) return knowledge === undefined ? emptyWorld : { ...emptyWorld, knowledge };
  const { buildArguments, namedContexts, namedFolders } = found;
  const { targets, gpu, development, toolchain, context, packageSizes } = found;
  const known = { targets, gpu, development, toolchain, context, packageSizes, knowledge };
  return {
    ...known,
    ...(buildArguments && { buildArguments }),
    ...(namedContexts && { namedContexts }),
    ...(namedFolders && { namedFolders }),
  };
}
