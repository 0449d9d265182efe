import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Problem } from "../../../protocol/requests.ts";
import { troubleText } from "../trouble-text.ts";
import { analyzeEngineImage } from "./analyze-engine.ts";
import { analyzeRegistryImage } from "./analyze-registry.ts";
import { type Assembled, assemble, type Known } from "./assemble.ts";
import type { LayerCache } from "./layer-cache.ts";
import type { AnalysisTarget, FirstPicture } from "./messages.ts";
import { archiveProblem } from "./problems.ts";
import { readArchive } from "./read-archive.ts";
import { openArchive, openLayout, readStored } from "./read-stored.ts";
import { type ProgressListener, ReadingProgress } from "./reading-progress.ts";
import { annotatedRelatives, noRelatives, type Relatives } from "./relatives.ts";

export type Analysed =
  | ({ readonly ok: true; readonly relatives: Relatives } & Assembled)
  | { readonly ok: false; readonly problem: Problem };

export interface Listener extends ProgressListener {
  first(picture: FirstPicture): void;
}

/** Analyses on this thread. Never throws: trouble is a problem. */
export async function analyzeHere(
  target: AnalysisTarget,
  listener: Listener,
  cache: LayerCache | undefined,
): Promise<Analysed> {
  switch (target.kind) {
    case "image":
      return analyzeEngineImage(target.reference, target.engine, listener, cache);
    case "registry":
      return analyzeRegistryImage(target, listener, cache);
    case "archive":
      return analyzePath(target.path, target.platform, listener);
  }
}

async function analyzePath(path: string, platform: string, listener: Listener): Promise<Analysed> {
  try {
    const stats = await stat(path);
    const source = stats.isDirectory() ? "layout" : "archive";
    const known: Known = { reference: "", source, readFrom: "file", platform };
    const store = stats.isDirectory() ? openLayout(path) : openArchive(path);
    const result =
      store === undefined
        ? await streamed(path, stats.size, known, listener)
        : await readStored(store, known, basename(path), listener).finally(() => store.close());
    if (typeof result === "string") return { ok: false, problem: archiveProblem(path, result) };
    const { image } = result.analysis;
    const reference = image.reference === "" ? basename(path) : image.reference;
    return {
      ok: true,
      relatives: result.base === undefined ? noRelatives : annotatedRelatives(result.base),
      ...result,
      analysis: { ...result.analysis, image: { ...image, reference } },
    };
  } catch (cause) {
    return { ok: false, problem: archiveProblem(path, troubleText(cause)) };
  }
}

/** An archive that is packed as a whole can only be read from one end to the other. */
async function streamed(
  path: string,
  size: number,
  known: Known,
  listener: Listener,
): Promise<Assembled | string> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  const progress = new ReadingProgress(listener, size, null);
  const contents = await readArchive(stream, {
    bytes: (count) => progress.bytes(count),
    layer: (_, layer) => progress.layer(layer, []),
  });
  const result = assemble(contents, known);
  const [broken] = contents.troubles;
  return typeof result === "string" && broken !== undefined ? `${broken.why}; ${result}` : result;
}
