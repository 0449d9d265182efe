import type { Engine } from "../daemon/engine.ts";
import type { Assembled } from "../image/assemble.ts";
import type { ImageFacts } from "../image/docker.ts";
import type { LayerCache } from "../image/layer-cache.ts";
import { type ProgressListener, ReadingProgress } from "../image/reading-progress.ts";
import { type Fields, fieldsOf, textOr } from "../records.ts";
import { troubleText } from "../trouble-text.ts";
import { readClassicStore } from "./classic-store.ts";
import { isContainersDriver, readContainersStore } from "./containers-store.ts";
import { readContentStore } from "./content-store.ts";
import { DeniedError, StoreError } from "./store-error.ts";

/** A text: why the store, which is there, was of no use. Undefined: it cannot be seen from here. */
export type StoreAnswer = Assembled | string | undefined;

/**
 * An image from the engine's own files, where this process may read them: the result is that of a transfer, in a
 * fraction of the time. Never throws.
 */
export async function readStore(
  engine: Engine,
  facts: ImageFacts,
  reference: string,
  listener: ProgressListener,
  cache: LayerCache | undefined,
): Promise<StoreAnswer> {
  // What answers on a socket of this machine may still live in another one; then its folders are not here.
  if (engine.chosen.endpoint.kind !== "socket" || process.platform !== "linux") return undefined;
  const info = fieldsOf(await engine.json("/info").catch(() => undefined));
  const root = textOr(info["DockerRootDir"], "");
  if (!root.startsWith("/")) return undefined;
  try {
    if (isContainerd(info)) return await readContentStore(root, facts, reference, listener, cache);
    const { id, size, diffIds } = facts;
    const progress = new ReadingProgress(listener, size > 0 ? size : null, new Set(diffIds).size);
    const driver = info["Driver"];
    if (driver === "overlay2") return await readClassicStore(root, id, reference, progress);
    return isContainersDriver(driver)
      ? await readContainersStore(root, driver, id, reference, progress)
      : undefined;
  } catch (cause) {
    if (cause instanceof DeniedError) return undefined;
    return cause instanceof StoreError ? cause.message : troubleText(cause);
  }
}

/** The driver is then the name of a snapshotter. */
const isContainerd = (info: Fields): boolean =>
  Array.isArray(info["DriverStatus"]) &&
  info["DriverStatus"].some(
    (it) => Array.isArray(it) && it[0] === "driver-type" && it[1] === "io.containerd.snapshotter.v1",
  );
