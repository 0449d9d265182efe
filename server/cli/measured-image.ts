import { resolve } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import { baseLayersOf } from "../../core/link/base.ts";
import { knowledgeOf } from "../../core/link/link.ts";
import { installedInImage } from "../../core/python/installed.ts";
import type { CheckedImage } from "../../core/report/check-json.ts";
import {
  changedNotice,
  dockerfileOf,
  type FoundDockerfile,
  foundDockerfile,
} from "../engine/context/image-dockerfile.ts";
import { noSettings } from "../engine/daemon/choose-engine.ts";
import { findDocuments } from "../engine/find-documents.ts";
import type { Command } from "./arguments.ts";
import type { Console } from "./console.ts";
import { shownPath } from "./inputs.ts";
import { readImage } from "./read-image.ts";
import type { Opened, Workbench } from "./workbench.ts";

/** Folders that are searched for the Dockerfile of an image. */
const mostFolders = 2_000;

export type ImageSource = NonNullable<Extract<Command, { kind: "check" }>["image"]>;

export interface MeasuredIn {
  readonly image: CheckedImage;
  /** The documents, with what was measured. */
  readonly documents: readonly Opened[];
  /** What is to be known about the numbers. */
  readonly note: string | undefined;
}

/**
 * Gives the lines of the Dockerfile that made an image the sizes of the image's layers, and the requirements that it
 * installs the sizes of its distributions. A text instead: why there are none. Undefined: stopped by Ctrl+C.
 */
export async function measuredIn(
  source: ImageSource,
  documents: readonly Opened[],
  bench: Workbench,
  console: Console,
): Promise<MeasuredIn | string | undefined> {
  const result = await readImage(
    source.kind === "image"
      ? { kind: "image", reference: source.reference, engine: noSettings }
      : {
          kind: "archive",
          path: shownPath(console.directory, resolve(console.directory, source.path)),
          platform: "",
        },
    source.kind === "image" ? source.reference : source.path,
    console,
  );
  if (result === undefined) return undefined;
  if (!result.ok) return result.problem.message;
  const { analysis, relatives } = result;
  const { reference } = analysis.image;
  const dockerfiles = await dockerfilesAmong(documents, bench, console);
  const found = await makerOf(analysis, dockerfiles, documents);
  const base = found && baseLayersOf(analysis, { ...relatives, facts: found.facts });
  const knowledge = found && knowledgeOf(found.facts, analysis, base?.count);
  if (found === undefined || knowledge === undefined || knowledge.layers.length === 0) {
    return dockerfiles.size === 0
      ? `there is no Dockerfile, so nothing of image ${reference} can be led back to lines`
      : `no Dockerfile here is known to have made image ${reference}, so its sizes are not used; name the one that did as PATH`;
  }
  bench.learn(found.path, { knowledge, installed: installedInImage(reference, analysis.packages) });
  const shown = shownPath(console.directory, found.path);
  return {
    image: { ...analysis.image, dockerfile: shown, changed: found.changed },
    documents: await Promise.all(documents.map((it) => readAgain(it, found.path, bench))),
    note: found.changed ? changedNotice(shown) : undefined,
  };
}

/** Those that are looked at; where there are none, those of the folders. */
async function dockerfilesAmong(
  documents: readonly Opened[],
  bench: Workbench,
  { directory, signal }: Console,
): Promise<ReadonlyMap<string, Facts>> {
  const res = new Map<string, Facts>();
  const add = (it: Opened | string): void => {
    const facts = typeof it === "string" ? undefined : bench.judge.factsOf(it.reading, it.world);
    if (typeof it !== "string" && facts !== undefined) res.set(it.input.path, facts);
  };
  for (const it of documents) add(it);
  if (res.size > 0) return res;
  for (const folder of new Set(documents.map(({ input }) => input.folder))) {
    const found = await findDocuments(folder, { most: mostFolders, signal });
    for (const { path, kind } of found.documents) {
      if (kind === "dockerfile")
        add(await bench.read({ path, shown: shownPath(directory, path), kind, folder }));
    }
  }
  return res;
}

/** Of a single Dockerfile the user has said that it is the one. */
function makerOf(
  analysis: ImageAnalysis,
  dockerfiles: ReadonlyMap<string, Facts>,
  documents: readonly Opened[],
): Promise<FoundDockerfile | undefined> {
  const [only, ...others] = dockerfiles;
  if (only !== undefined && others.length === 0) return Promise.resolve(foundDockerfile(...only, analysis));
  const folders = [...new Set(documents.map(({ input }) => input.folder))];
  return dockerfileOf(
    analysis,
    dockerfiles.keys(),
    (path) => Promise.resolve(dockerfiles.get(path)),
    folders,
  );
}

/** Only what the image can tell something about. */
async function readAgain(document: Opened, dockerfile: string, bench: Workbench): Promise<Opened> {
  if (document.reading.python === undefined && document.input.path !== dockerfile) return document;
  const again = await bench.read(document.input);
  return typeof again === "string" ? document : again;
}
