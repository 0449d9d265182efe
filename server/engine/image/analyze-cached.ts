import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import { referenceOf } from "../registry/reference.ts";
import { Registry } from "../registry/registry.ts";
import type { Listener } from "./analyze-here.ts";
import { analyzeImage, type Finished } from "./analyze-image.ts";
import { inspectImage, openEngine } from "./docker.ts";
import { ImageCache } from "./image-cache.ts";
import { clearLayers } from "./layer-cache.ts";
import type { AnalysisTarget } from "./messages.ts";
import { registryDigest } from "./registry-manifest.ts";

/**
 * Like `analyzeImage`, but an image of an engine or a registry that was read before is not read again, and one that is new
 * brings only its new layers where the source allows it. Only an engine's word, or a hash, tells which layer is which: an
 * archive could say anything. `storage`: a folder that several processes may share; undefined: nothing is kept.
 */
export async function analyzeCached(
  home: string,
  target: AnalysisTarget,
  storage: string | undefined,
  listener: Listener,
  signal: AbortSignal,
): Promise<Finished<FileColumns> | undefined> {
  if (storage === undefined || target.kind === "archive") return analyzeImage(home, target, listener, signal);
  const worker = await readFile(join(home, "worker.js")).catch(() => "");
  const program = createHash("sha256").update(worker).digest("hex");
  const meant = await (target.kind === "registry"
    ? unlessAborted(pinnedOf(program, target, signal), signal)
    : engineKeyOf(program, target));
  if (signal.aborted) return undefined;
  const cache = new ImageCache(storage);
  const known = meant === undefined ? undefined : await cache.read(meant.key);
  if (known !== undefined) {
    const image = { ...known.analysis.image, reference: shownName(target) };
    return { ok: true, ...known, analysis: { ...known.analysis, image } };
  }
  const layers = { folder: storage, program };
  const result = await analyzeImage(home, meant?.target ?? target, listener, signal, layers);
  if (result?.ok === true && meant !== undefined && (await isStill(meant, program))) {
    await cache.write(meant.key, result);
  }
  return result;
}

/** An image whose content is known before it is read. */
interface Meant {
  /** What decides the result: the image, its layers, and the program that reads them. */
  readonly key: string;
  readonly target: KnowableTarget;
}

type KnowableTarget = Exclude<AnalysisTarget, { kind: "archive" }>;

const shownName = (target: KnowableTarget): string =>
  (target.kind === "registry" ? referenceOf(target.reference)?.shown : undefined) ?? target.reference;

/** An engine's name for an image may have come to mean another one meanwhile; a manifest's digest cannot. */
async function isStill({ key, target }: Meant, program: string): Promise<boolean> {
  return target.kind === "registry" || (await engineKeyOf(program, target))?.key === key;
}

/** Answers how many bytes were there. */
export async function clearCache(storage: string): Promise<number> {
  return (await new ImageCache(storage).clear()) + (await clearLayers(storage));
}

async function engineKeyOf(
  program: string,
  target: Extract<AnalysisTarget, { kind: "image" }>,
): Promise<Meant | undefined> {
  try {
    const opened = await openEngine(target.engine, process.env);
    if (!opened.ok) return undefined;
    const { id, diffIds } = await inspectImage(opened.engine, target.reference);
    if (id === "" || diffIds.length === 0) return undefined;
    return { key: JSON.stringify([program, id, ...diffIds]), target };
  } catch {
    // The analysis finds the same trouble and tells it.
    return undefined;
  }
}

/** By the hash of the manifest, which names everything else by its hash. */
async function pinnedOf(
  program: string,
  target: Extract<AnalysisTarget, { kind: "registry" }>,
  signal: AbortSignal,
): Promise<Meant | undefined> {
  const { insecure, proxy, platform } = target;
  const reference = referenceOf(target.reference);
  // Whether one image without an index is for the platform, its config tells.
  if (reference === undefined || platform !== "") return undefined;
  try {
    const registry = new Registry(reference, { insecure, proxy, environment: process.env, signal });
    const digest = await registryDigest(registry, reference.version, platform);
    // The registry decides where its image's base is looked for.
    const key = JSON.stringify([program, reference.address, reference.repository, digest]);
    return { key, target: { ...target, pinned: { digest, authorization: registry.authorization } } };
  } catch {
    // As above.
    return undefined;
  }
}

function unlessAborted<Result>(
  result: Promise<Result | undefined>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    result.then(resolve, reject);
  });
}
