import { resolve } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import { knowledgeOf } from "../../core/link/link.ts";
import type { CheckedImage } from "../../core/report/check-json.ts";
import {
  changedNotice,
  dockerfileOf,
  type FoundDockerfile,
  foundDockerfile,
} from "../engine/context/image-dockerfile.ts";
import { noChoice } from "../engine/daemon/choose-engine.ts";
import type { Command } from "./arguments.ts";
import type { Console } from "./console.ts";
import { shownPath } from "./inputs.ts";
import { readImage } from "./read-image.ts";
import type { Opened, Workbench } from "./workbench.ts";

export type ImageSource = NonNullable<Extract<Command, { kind: "check" }>["image"]>;

export interface MeasuredIn {
  readonly image: CheckedImage;
  /** The documents, that of the image's Dockerfile with what was measured. */
  readonly documents: readonly Opened[];
  /** What is to be known about the numbers. */
  readonly note: string | undefined;
}

/**
 * Gives the Dockerfile that made an image the sizes of the image's layers. A text instead: why there are none.
 * Undefined: stopped by Ctrl+C.
 */
export async function measuredIn(
  source: ImageSource,
  documents: readonly Opened[],
  bench: Workbench,
  console: Console,
): Promise<MeasuredIn | string | undefined> {
  const result = await readImage(
    source.kind === "image"
      ? { kind: "image", reference: source.reference, engine: noChoice }
      : { kind: "archive", path: resolve(console.directory, source.path), platform: "" },
    source.kind === "image" ? source.reference : source.path,
    console,
  );
  if (result === undefined) return undefined;
  if (!result.ok) return result.problem.message;
  const { analysis } = result;
  const { reference } = analysis.image;
  const byPath = new Map<string, { readonly opened: Opened; readonly facts: Facts }>();
  for (const opened of documents) {
    const facts = bench.judge.factsOf(opened.reading, opened.world);
    if (facts !== undefined) byPath.set(opened.input.path, { opened, facts });
  }
  const found = await foundIn();
  const knowledge = found && knowledgeOf(found.facts, analysis);
  if (found === undefined || knowledge === undefined || knowledge.layers.length === 0) {
    return byPath.size === 0
      ? `there is no Dockerfile among the files, so nothing of image ${reference} can be led back to lines`
      : `no Dockerfile among the files is known to have made image ${reference}, so its sizes are not used; name the one that did as PATH`;
  }
  const shown = shownPath(console.directory, found.path);
  return {
    image: { ...analysis.image, dockerfile: shown, changed: found.changed },
    documents: documents.map((it) =>
      it.input.path === found.path ? { ...it, world: { ...it.world, knowledge } } : it,
    ),
    note: found.changed ? changedNotice(shown) : undefined,
  };

  /** Of a single Dockerfile the user has said that it is the one. */
  async function foundIn(): Promise<FoundDockerfile | undefined> {
    const [only, ...others] = byPath.values();
    if (only !== undefined && others.length === 0)
      return foundDockerfile(only.opened.input.path, only.facts, analysis);
    const folders = [...new Set(documents.map(({ input }) => input.folder))];
    return dockerfileOf(analysis, byPath.keys(), (path) => Promise.resolve(byPath.get(path)?.facts), folders);
  }
}
