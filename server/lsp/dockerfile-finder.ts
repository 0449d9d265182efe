import { readFile } from "node:fs/promises";
import { dirname, sep } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import type { Reading } from "../../core/judge.ts";
import { fullName } from "../../core/link/base.ts";
import { linkHistory } from "../../core/link/link.ts";
import { bakePlans } from "../engine/context/bake.ts";
import { composePlans } from "../engine/context/compose.ts";
import { findDocuments } from "../engine/find-documents.ts";
import type { Session } from "./session.ts";

/** Folders that are searched for the Dockerfile of an image. */
const mostFolders = 2_000;
/** Fewer history entries in common say nothing: every image has a CMD. */
const leastFit = 2;

interface FoundDockerfile {
  readonly path: string;
  readonly facts: Facts;
  /** Its lines and the image's history are not the same. */
  readonly changed: boolean;
}

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
      if (facts !== undefined) return found(chosen, facts, analysis);
    }
    let best: FoundDockerfile | undefined;
    let bestFit = leastFit - 1;
    for (const path of await this.#candidates()) {
      const facts = (await this.readingOf(path))?.facts;
      const fit = facts === undefined ? 0 : linkHistory(facts, analysis.history).fit;
      if (facts === undefined || fit === 0) continue;
      if (await this.#isNamedFor(path, analysis.image.reference)) return found(path, facts, analysis);
      if (fit <= bestFit) continue;
      best = found(path, facts, analysis);
      bestFit = fit;
    }
    return best;
  }

  /** The text as it is in the editor, else on the disk. */
  async readingOf(path: string): Promise<{ reading: Reading; facts: Facts | undefined } | undefined> {
    const { desk, documents } = this.#session;
    const open = documents.withPath(path);
    const it = open === undefined ? undefined : desk.caseOf(open);
    if (it !== undefined) return { reading: it.reading, facts: desk.judge.factsOf(it.reading, it.world) };
    const text = await readFile(path, "utf8").catch(() => undefined);
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

  async #isNamedFor(path: string, reference: string): Promise<boolean> {
    const tops = this.#session.folderPaths.filter((it) => path.startsWith(`${it}${sep}`));
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const plans = [...(await composePlans(folder, path)), ...(await bakePlans(folder))];
      if (
        plans.some(
          (it) =>
            it.dockerfile === path && it.image !== undefined && fullName(it.image) === fullName(reference),
        )
      )
        return true;
      if (tops.length === 0 || tops.includes(folder)) return false;
    }
  }
}

const found = (path: string, facts: Facts, { history }: ImageAnalysis): FoundDockerfile => ({
  path,
  facts,
  changed: linkHistory(facts, history).changed,
});
