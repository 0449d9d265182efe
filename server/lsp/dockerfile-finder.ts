import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import type { Reading } from "../../core/judge.ts";
import { dockerfileOf, type FoundDockerfile, foundDockerfile } from "../engine/context/image-dockerfile.ts";
import { findDocuments } from "../engine/find-documents.ts";
import { regularText } from "../engine/regular-file.ts";
import type { Session } from "./session.ts";

/** Folders that are searched for the Dockerfile of an image. */
const mostFolders = 2_000;

/** Finds which Dockerfile of the workspace made an image. */
export class DockerfileFinder {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The user's choice, else one that a compose or bake file builds under this name, else the one that fits best. */
  async find(analysis: ImageAnalysis, chosen: string | undefined): Promise<FoundDockerfile | undefined> {
    if (chosen !== undefined) {
      const facts = (await this.readingOf(chosen))?.facts;
      if (facts !== undefined) return foundDockerfile(chosen, facts, analysis);
    }
    return dockerfileOf(
      analysis,
      await this.#candidates(),
      async (path) => (await this.readingOf(path))?.facts,
      this.#session.folderPaths,
    );
  }

  /** The text as it is in the editor, else on the disk. */
  async readingOf(path: string): Promise<{ reading: Reading; facts: Facts | undefined } | undefined> {
    const { desk, documents } = this.#session;
    const open = documents.withPath(path);
    const it = open === undefined ? undefined : desk.caseOf(open);
    if (it !== undefined) return { reading: it.reading, facts: desk.judge.factsOf(it.reading, it.world) };
    const text = await regularText(path).catch(() => undefined);
    if (text === undefined) return undefined;
    const reading = desk.judge.read("dockerfile", text);
    return { reading, facts: reading.facts };
  }

  async #candidates(): Promise<ReadonlySet<string>> {
    const { documents, folderPaths } = this.#session;
    const res = new Set<string>();
    for (const { path, kind } of documents.all()) {
      if (path !== undefined && kind === "dockerfile") res.add(path);
    }
    for (const folder of folderPaths) {
      const searched = await findDocuments(folder, { most: mostFolders });
      for (const it of searched.documents) if (it.kind === "dockerfile") res.add(it.path);
    }
    return res;
  }
}
