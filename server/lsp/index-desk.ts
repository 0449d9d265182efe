import type { Connection, WorkDoneProgressServerReporter } from "vscode-languageserver/node";
import type { IndexKnowledge } from "../../core/python/index/knowledge.ts";
import type { PythonProject } from "../../core/python/project.ts";
import type { PythonSurroundings } from "../../core/python/surroundings.ts";
import { type IndexSettings, ProjectIndexes } from "../engine/python/index/project-indexes.ts";
import type { OpenDocument } from "./open-documents.ts";

/** Somebody types a name: half of one is not asked for. */
const pauseMilliseconds = 1_500;

interface Job {
  readonly asked: string;
  readonly surroundings: PythonSurroundings;
  readonly stop: AbortController;
}

export interface AskedProject {
  readonly path: string;
  readonly project: PythonProject;
  readonly surroundings: PythonSurroundings;
  readonly folder: string;
}

interface Options {
  readonly connection: Connection;
  readonly storage: string | undefined;
  readonly showsProgress: () => boolean;
}

/** Asks package indexes for open documents, in the background, where the user allows it. */
export class IndexDesk {
  readonly #options: Options;
  readonly #indexes: ProjectIndexes;
  readonly #jobs = new WeakMap<OpenDocument, Job>();
  /** Said once each. */
  readonly #troubles = new Set<string>();
  #settings: IndexSettings | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#indexes = new ProjectIndexes(options.storage);
  }

  get allowed(): boolean {
    return this.#settings !== undefined;
  }

  /** Undefined: nothing may be asked. Answers whether that changed. */
  use(settings: IndexSettings | undefined): boolean {
    const changed = JSON.stringify(settings) !== JSON.stringify(this.#settings);
    this.#settings = settings;
    if (changed) this.#troubles.clear();
    return changed;
  }

  /** Nothing happens where the same was asked before. */
  ask(document: OpenDocument, asked: AskedProject, arrive: (knowledge: IndexKnowledge) => void): void {
    const settings = this.#settings;
    const before = this.#jobs.get(document);
    if (settings === undefined) {
      before?.stop.abort();
      this.#jobs.delete(document);
      return;
    }
    const { project, surroundings } = asked;
    const requirements = project.requirements.map((it) => [it.name, it.extras, it.specifier, it.group]);
    const key = JSON.stringify([requirements, project.indexes.map((it) => it.url), settings]);
    if (before?.asked === key && before.surroundings === surroundings) return;
    before?.stop.abort();
    const stop = new AbortController();
    this.#jobs.set(document, { asked: key, surroundings, stop });
    const start = (): void => void this.#run(asked, settings, stop, arrive);
    if (before === undefined) start();
    else {
      const timer = setTimeout(start, pauseMilliseconds);
      stop.signal.addEventListener("abort", () => clearTimeout(timer));
    }
  }

  forget(document: OpenDocument): void {
    this.#jobs.get(document)?.stop.abort();
    this.#jobs.delete(document);
  }

  clear(): Promise<number> {
    return this.#indexes.clear();
  }

  async #run(
    { path, project, surroundings, folder }: AskedProject,
    settings: IndexSettings,
    stop: AbortController,
    arrive: (knowledge: IndexKnowledge) => void,
  ): Promise<void> {
    const { connection } = this.#options;
    const progress = new Progress(this.#options, stop);
    try {
      const { knowledge, troubles } = await this.#indexes.ask(path, project, surroundings, {
        folder,
        settings,
        signal: stop.signal,
        progress: (done, all) => progress.report(done, all),
      });
      if (stop.signal.aborted) return;
      for (const it of troubles) {
        if (!this.#troubles.has(it)) connection.console.warn(it);
        this.#troubles.add(it);
      }
      arrive(knowledge);
    } catch (cause) {
      if (!stop.signal.aborted) {
        connection.console.error(
          `package index: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
        );
      }
    } finally {
      progress.end();
    }
  }
}

/** Progress that the user sees and can cancel, from the first answer on. */
class Progress {
  readonly #options: Options;
  readonly #stop: AbortController;
  #reporter: Promise<WorkDoneProgressServerReporter | undefined> | undefined;
  #last = 0;

  constructor(options: Options, stop: AbortController) {
    this.#options = options;
    this.#stop = stop;
  }

  report(done: number, all: number): void {
    if (!this.#options.showsProgress()) return;
    this.#reporter ??= this.#begin();
    if (Date.now() - this.#last < 200) return;
    this.#last = Date.now();
    void this.#reporter.then((it) => it?.report(Math.floor((100 * done) / all), `${done} of ${all}`));
  }

  end(): void {
    void this.#reporter?.then((it) => it?.done());
  }

  async #begin(): Promise<WorkDoneProgressServerReporter | undefined> {
    try {
      const res = await this.#options.connection.window.createWorkDoneProgress();
      res.begin("Plimsoll: asking the package index", 0, undefined, true);
      res.token.onCancellationRequested(() => this.#stop.abort());
      return res;
    } catch {
      return undefined;
    }
  }
}
