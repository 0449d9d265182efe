import type { Facts } from "../../core/dockerfile/facts.ts";
import type { Knowledge } from "../../core/link/knowledge.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";
import { emptyWorld, type World } from "../../core/world.ts";
import type { PlimsollSettings } from "../../protocol/settings.ts";
import { type FoundWorld, WorldFinder } from "../engine/context/find-world.ts";
import { copySourcesOf } from "../engine/copy-sources.ts";
import type { Log } from "./fence.ts";
import type { OpenDocument } from "./open-documents.ts";

interface Place {
  found: FoundWorld | undefined;
  knowledge: Knowledge | undefined;
  world: World;
  /** What the context was last looked for with; another COPY may mean another context. */
  askedWith: string | undefined;
  pending: AbortController | undefined;
}

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
  #finder: WorldFinder;
  #settings: PlimsollSettings;

  constructor(options: {
    folders: readonly string[];
    settings: PlimsollSettings;
    packageSizes: () => Promise<PackageSizes | undefined>;
    log: Log;
    onArrival: (document: OpenDocument) => void;
  }) {
    this.#log = options.log;
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
  async look(document: OpenDocument, facts: Facts | undefined): Promise<void> {
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

  /** Files changed on the disk: what was found is asked again, and shown until the answer is there. */
  invalidate(documents: Iterable<OpenDocument>, path?: string): void {
    this.#finder.invalidate(path);
    for (const it of documents) this.#placeOf(it).askedWith = undefined;
  }

  useSettings(settings: PlimsollSettings, documents: Iterable<OpenDocument>): void {
    const { target, context } = this.#settings;
    this.#settings = settings;
    if (target !== settings.target || context !== settings.context) this.invalidate(documents);
  }

  useFolders(folders: readonly string[], documents: Iterable<OpenDocument>): void {
    this.#finder = this.#finderFor(folders);
    for (const it of documents) this.#placeOf(it).askedWith = undefined;
  }

  /** An analysed image tells about the instructions of a Dockerfile, open now or later. */
  learn(path: string, knowledge: Knowledge, documents: Iterable<OpenDocument>): void {
    this.#knowledge.set(path, knowledge);
    for (const document of documents) {
      if (document.path !== path) continue;
      const place = this.#placeOf(document);
      place.knowledge = knowledge;
      place.world = worldFrom(place);
      this.#onArrival(document);
    }
  }

  forget(document: OpenDocument): void {
    this.#places.get(document)?.pending?.abort();
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
      found: path === undefined ? undefined : this.#finder.cached(path),
      knowledge: path === undefined ? undefined : this.#knowledge.get(path),
      world: emptyWorld,
      askedWith: undefined,
      pending: undefined,
    };
    place.world = worldFrom(place);
    this.#places.set(document, place);
    return place;
  }

  #finderFor(workspaceFolders: readonly string[]): WorldFinder {
    return new WorldFinder({ workspaceFolders, packageSizes: this.#packageSizes, log: this.#log });
  }
}

function worldFrom({ found, knowledge }: Place): World {
  if (found === undefined) return knowledge === undefined ? emptyWorld : { ...emptyWorld, knowledge };
  const { targets, buildArguments, gpu, context, packageSizes } = found;
  return { targets, ...(buildArguments && { buildArguments }), gpu, context, packageSizes, knowledge };
}
