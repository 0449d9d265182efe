import type { Engine } from "../daemon/engine.ts";
import type { Assembled } from "../image/assemble.ts";
import type { ImageFacts } from "../image/docker.ts";
import { type Fields, fieldsOf, textOr } from "../records.ts";
import { readClassicStore } from "./classic-store.ts";
import { readContentStore } from "./content-store.ts";
import { StoreError } from "./store-error.ts";

/** A text: why the store, which is there, was of no use. Undefined: it cannot be seen from here. */
export type StoreAnswer = Assembled | string | undefined;

/**
 * An image from the engine's own files, where this process may read them: the result is that of a transfer, in a
 * fraction of the time. `count` makes what hears of the bytes of a total. Never throws.
 */
export async function readStore(
  engine: Engine,
  facts: ImageFacts,
  reference: string,
  count: (total: number | null) => (bytes: number) => void,
): Promise<StoreAnswer> {
  // What answers on a socket of this machine may still live in another one; then its folders are not here.
  if (engine.chosen.endpoint.kind !== "socket" || process.platform !== "linux") return undefined;
  const info = fieldsOf(await engine.json("/info").catch(() => undefined));
  const root = textOr(info["DockerRootDir"], "");
  if (!root.startsWith("/")) return undefined;
  try {
    if (isContainerd(info)) return await readContentStore(root, facts, reference, parts(count));
    if (info["Driver"] !== "overlay2") return undefined;
    return await readClassicStore(root, facts.id, reference, count(facts.size > 0 ? facts.size : null));
  } catch (cause) {
    if (cause instanceof StoreError) return cause.message;
    throw cause;
  }
}

/** The driver is then the name of a snapshotter. */
const isContainerd = (info: Fields): boolean =>
  Array.isArray(info["DriverStatus"]) &&
  info["DriverStatus"].some(
    (it) => Array.isArray(it) && it[0] === "driver-type" && it[1] === "io.containerd.snapshotter.v1",
  );

/** From sums to the parts that they grow by. */
function parts(count: (total: number) => (bytes: number) => void): (done: number, total: number) => void {
  let add: ((bytes: number) => void) | undefined;
  let told = 0;
  return (done, total) => {
    add ??= count(total);
    add(done - told);
    told = done;
  };
}
