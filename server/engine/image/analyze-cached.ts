import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Analysed, Listener } from "./analyze-here.ts";
import { analyzeImage } from "./analyze-image.ts";
import { inspectImage, openEngine } from "./docker.ts";
import { ImageCache } from "./image-cache.ts";
import { clearLayers } from "./layer-cache.ts";
import type { AnalysisTarget } from "./messages.ts";

/**
 * Like `analyzeImage`, but an image of an engine that was read before is not read again, and one that is new brings only
 * its new layers where the source allows it. Only an engine's word, or a hash, tells which layer is which: an archive
 * could say anything. `storage`: a folder that several processes may share; undefined: nothing is kept.
 */
export async function analyzeCached(
  home: string,
  target: AnalysisTarget,
  storage: string | undefined,
  listener: Listener,
  signal: AbortSignal,
): Promise<Analysed | undefined> {
  if (storage === undefined || target.kind === "archive") return analyzeImage(home, target, listener, signal);
  const worker = await readFile(join(home, "worker.js")).catch(() => "");
  const program = createHash("sha256").update(worker).digest("hex");
  const layers = { folder: storage, program };
  if (target.kind === "registry") return analyzeImage(home, target, listener, signal, layers);
  const cache = new ImageCache(storage);
  const key = await keyOf(program, target);
  if (signal.aborted) return undefined;
  const known = key === undefined ? undefined : await cache.read(key);
  if (known !== undefined) {
    const image = { ...known.analysis.image, reference: target.reference };
    return { ok: true, ...known, analysis: { ...known.analysis, image } };
  }
  const result = await analyzeImage(home, target, listener, signal, layers);
  // The name may have come to mean another image meanwhile.
  if (result?.ok === true && key !== undefined && (await keyOf(program, target)) === key) {
    await cache.write(key, result);
  }
  return result;
}

/** Answers how many bytes were there. */
export async function clearCache(storage: string): Promise<number> {
  return (await new ImageCache(storage).clear()) + (await clearLayers(storage));
}

/** What decides the result: the image, its layers, and the program that reads them. */
async function keyOf(
  program: string,
  { reference, engine: choice }: Extract<AnalysisTarget, { kind: "image" }>,
): Promise<string | undefined> {
  try {
    const opened = await openEngine(choice, process.env);
    if (!opened.ok) return undefined;
    const { id, diffIds } = await inspectImage(opened.engine, reference);
    if (id === "" || diffIds.length === 0) return undefined;
    return JSON.stringify([program, id, ...diffIds]);
  } catch {
    // The analysis finds the same trouble and tells it.
    return undefined;
  }
}
