import { dirname } from "node:path";
import type { IndexKnowledge } from "../../../../core/python/index/knowledge.ts";
import { groupsOf, type PythonProject, withNamedFiles } from "../../../../core/python/project.ts";
import { scalesFor } from "../../../../core/python/scales-for.ts";
import type { PythonSurroundings } from "../../../../core/python/surroundings.ts";
import { HttpClient } from "../../http/client.ts";
import type { ProxySettings } from "../../http/proxy.ts";
import { foldersUp } from "../find-surroundings.ts";
import { configuredIndexes } from "./configuration.ts";
import { IndexCache } from "./index-cache.ts";
import { IndexReader } from "./index-reader.ts";

export interface IndexSettings {
  /** Address of the default index; empty: what the project's and the user's tools say. */
  readonly address: string;
  readonly proxy: ProxySettings;
}

interface Options {
  readonly folder: string;
  readonly settings: IndexSettings;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, all: number) => void;
}

export interface AskedIndexes {
  readonly knowledge: IndexKnowledge;
  readonly troubles: readonly string[];
}

/** Asks the indexes of projects for what nothing else around them tells. Only for callers whose user allowed it. */
export class ProjectIndexes {
  readonly #cache: IndexCache;
  readonly #variables = process.env;

  /** `storage`: a folder for what may be kept between sessions. */
  constructor(storage: string | undefined) {
    this.#cache = new IndexCache(storage);
  }

  async ask(
    path: string,
    project: PythonProject,
    surroundings: PythonSurroundings,
    { folder, settings, signal, progress }: Options,
  ): Promise<AskedIndexes> {
    const whole = withNamedFiles(project, (it) => surroundings.files.get(it));
    const groups = groupsOf(whole);
    const indexes = await configuredIndexes({
      address: settings.address,
      folders: foldersUp(dirname(path), folder),
      projects: [project, ...surroundings.files.values()],
      lock: surroundings.lock,
      variables: this.#variables,
    });
    const reader = new IndexReader({
      client: new HttpClient(settings.proxy, this.#variables),
      cache: this.#cache,
      variables: this.#variables,
    });
    const needs = (index: IndexKnowledge) =>
      scalesFor(whole, { ...surroundings, index }, { groups, bytecode: false }).indexNeeds(groups);
    const answer = await reader.ask({
      indexes,
      project: whole,
      needs,
      signal,
      ...(progress && { progress }),
    });
    const silent = indexes.length === 0 && answer.knowledge.listings.size > 0;
    return silent ? { ...answer, troubles: [...answer.troubles, noIndex] } : answer;
  }

  clear(): Promise<number> {
    return this.#cache.clear();
  }
}

const noIndex =
  "No package index is known: no file and no variable of uv, pip, Poetry or PDM names one; name it by plimsoll.packageIndex.url or --package-index.";
