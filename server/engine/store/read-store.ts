import type { Engine } from "../daemon/engine.ts";
import type { Assembled } from "../image/assemble.ts";
import type { ImageFacts } from "../image/docker.ts";
import { fieldsOf, textOr } from "../records.ts";
import { readClassicStore } from "./classic-store.ts";
import { StoreError } from "./store-error.ts";

/** A text: why the store, which is there, was of no use. Undefined: it cannot be seen from here. */
export type StoreAnswer = Assembled | string | undefined;

/**
 * An image from the engine's own files, where this process may read them: the result is that of a transfer, in a
 * fraction of the time. Never throws.
 */
export async function readStore(
  engine: Engine,
  { id }: ImageFacts,
  reference: string,
  onBytes: (count: number) => void,
): Promise<StoreAnswer> {
  // What answers on a socket of this machine may still live in another one; then its folders are not here.
  if (engine.chosen.endpoint.kind !== "socket" || process.platform !== "linux") return undefined;
  const info = fieldsOf(await engine.json("/info").catch(() => undefined));
  const root = textOr(info["DockerRootDir"], "");
  if (!root.startsWith("/")) return undefined;
  try {
    return info["Driver"] === "overlay2" ? await readClassicStore(root, id, reference, onBytes) : undefined;
  } catch (cause) {
    if (cause instanceof StoreError) return cause.message;
    throw cause;
  }
}
