import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Analysed, Listener } from "./analyze-here.ts";
import { analyzeImage } from "./analyze-image.ts";
import { inspectImage, openEngine } from "./docker.ts";
import type { ImageCache } from "./image-cache.ts";
import type { AnalysisTarget } from "./messages.ts";

/**
 * Like `analyzeImage`, but an image of an engine that was read before is not transferred again. Only an engine's word
 * for an image's layers is taken: an archive could say anything.
 */
export async function analyzeCached(
  home: string,
  target: AnalysisTarget,
  cache: ImageCache | undefined,
  listener: Listener,
  signal: AbortSignal,
): Promise<Analysed | undefined> {
  if (cache === undefined || target.kind !== "image") return analyzeImage(home, target, listener, signal);
  const key = await keyOf(home, target);
  if (signal.aborted) return undefined;
  const known = key === undefined ? undefined : await cache.read(key);
  if (known !== undefined) {
    const image = { ...known.analysis.image, reference: target.reference };
    return { ok: true, ...known, analysis: { ...known.analysis, image } };
  }
  const result = await analyzeImage(home, target, listener, signal);
  // The name may have come to mean another image meanwhile.
  if (result?.ok === true && key !== undefined && (await keyOf(home, target)) === key) {
    await cache.write(key, result);
  }
  return result;
}

/** What decides the result: the image, its layers, and the program that reads them. */
async function keyOf(
  home: string,
  { reference, engine: choice }: Extract<AnalysisTarget, { kind: "image" }>,
): Promise<string | undefined> {
  try {
    const [opened, program] = await Promise.all([
      openEngine(choice, process.env),
      readFile(join(home, "worker.js")),
    ]);
    if (!opened.ok) return undefined;
    const { id, diffIds } = await inspectImage(opened.engine, reference);
    if (id === "" || diffIds.length === 0) return undefined;
    return JSON.stringify([createHash("sha256").update(program).digest("hex"), id, ...diffIds]);
  } catch {
    // The analysis finds the same trouble and tells it.
    return undefined;
  }
}
