import { type HistoryStep, layerSteps } from "../../../core/link/layer-steps.ts";
import { type Bytes, bytes } from "../../../core/size/bytes.ts";
import type { EngineChoice } from "../daemon/choose-engine.ts";
import { EngineError } from "../daemon/engine.ts";
import { readStore } from "../store/read-store.ts";
import type { Analysed, Listener } from "./analyze-here.ts";
import { type Assembled, assemble, type Known } from "./assemble.ts";
import { historyOf, type ImageFacts, inspectImage, openEngine, saveImage } from "./docker.ts";
import { fromKeptLayers, keepLayers } from "./kept-layers.ts";
import type { LayerCache } from "./layer-cache.ts";
import { LayerPlaces } from "./layer-places.ts";
import { brokenTransfer, engineProblem } from "./problems.ts";
import { readArchive } from "./read-archive.ts";
import { ReadingProgress } from "./reading-progress.ts";
import { noRelatives, relativesOf } from "./relatives.ts";

/** An image that an engine holds. The first picture comes from its history, the rest from its store or `docker save`. */
export async function analyzeEngineImage(
  reference: string,
  choice: EngineChoice,
  listener: Listener,
  cache: LayerCache | undefined,
): Promise<Analysed> {
  const opened = await openEngine(choice, process.env);
  if (!opened.ok) return opened;
  const { engine } = opened;
  const { address } = engine.chosen;
  let transferring = false;
  try {
    const [facts, history] = await Promise.all([
      inspectImage(engine, reference),
      historyOf(engine, reference),
    ]);
    const platform = [facts.os, facts.architecture, facts.variant].filter((it) => it !== "").join("/");
    const steps = stepsShown(history, facts);
    listener.first({
      image: { reference, id: facts.id, platform, source: "docker" },
      layers: steps,
      sizesFrom: "as the image's history states",
    });
    const places = new LayerPlaces(
      steps.map((it) => it.bytes),
      facts.diffIds,
    );
    // Beside the transfer; without it the base may be unknown.
    const relatives = relativesOf(engine, facts).catch(() => noRelatives);
    const kept = cache && (await fromKeptLayers({ reference, platform, facts, history }, cache));
    if (kept !== undefined) return { ok: true, ...named(kept, facts), relatives: await relatives };
    const stored = await readStore(
      engine,
      facts,
      reference,
      {
        progress: listener.progress,
        // Else the picture's layers are others than the image's.
        layer: steps.length === facts.diffIds.length ? listener.layer : undefined,
      },
      cache,
    );
    if (typeof stored === "object") return { ok: true, ...named(stored, facts), relatives: await relatives };
    transferring = true;
    const stream = await saveImage(engine, reference, facts);
    const progress = progressOf(listener, facts);
    const contents = await readArchive(
      stream,
      {
        bytes: (count) => progress.bytes(count),
        layer: (path, layer) => progress.passedLayer(path, layer, places),
      },
      "packed",
    );
    const known: Known = { reference, source: "docker", readFrom: "engine-export", platform: "" };
    const result = assemble(contents, known);
    // Half an archive is a transfer that broke off, not an image with troubles.
    if (contents.troubles.some(({ path }) => path === "") || typeof result === "string") {
      return await broken(typeof result === "string" ? result : undefined);
    }
    if (cache !== undefined) await keepLayers(contents, result.analysis, facts, cache);
    return { ok: true, ...withNote(named(result, facts), stored), relatives: await relatives };
  } catch (cause) {
    if (transferring && !(cause instanceof EngineError)) return broken(undefined);
    return { ok: false, problem: engineProblem(cause, engine.chosen, reference) };
  }

  /** It was there when the transfer began. */
  async function broken(why: string | undefined): Promise<Analysed> {
    try {
      await inspectImage(engine, reference);
    } catch (cause) {
      return { ok: false, problem: engineProblem(cause, engine.chosen, reference) };
    }
    return { ok: false, problem: brokenTransfer(reference, address, why) };
  }
}

/** By the id that the engine shows people: with containerd's store it is not the config's digest. */
function named({ analysis, columns }: Assembled, { id }: ImageFacts): Assembled {
  const image = { ...analysis.image, id: id === "" ? analysis.image.id : id };
  return { analysis: { ...analysis, image }, columns };
}

function withNote({ analysis, columns }: Assembled, why: string | undefined): Assembled {
  if (why === undefined) return { analysis, columns };
  const note = { path: "", why: `transferred from the engine, as its store does not add up: ${why}` };
  return { analysis: { ...analysis, troubles: [...analysis.troubles, note] }, columns };
}

/** The history's steps that made layers; those with bytes where it cannot be told which of the others did. */
function stepsShown(
  history: readonly HistoryStep[],
  { diffIds }: ImageFacts,
): readonly { readonly createdBy: string; readonly bytes: Bytes }[] {
  const made = layerSteps(history, diffIds.length);
  const shown =
    made === undefined ? history.filter((it) => it.bytes > 0) : made.flatMap((it) => history[it] ?? []);
  return shown.map((it) => ({ ...it, bytes: bytes(it.bytes) }));
}

const progressOf = (listener: Listener, { size, diffIds }: ImageFacts): ReadingProgress =>
  new ReadingProgress(
    listener,
    size > 0 ? size : null,
    // Older engines send a layer that occurs twice once.
    diffIds.length > 0 ? new Set(diffIds).size : null,
  );
