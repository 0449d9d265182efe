import { join } from "node:path";
import type { Assembled } from "../image/assemble.ts";
import { configIn } from "../image/manifests.ts";
import type { ReadingProgress } from "../image/reading-progress.ts";
import { readSplitImage } from "./split-image.ts";
import type { SplitLayerPlace } from "./split-layer.ts";
import { digestOf, hexOf, textAt } from "./store-documents.ts";
import { StoreError } from "./store-error.ts";

/**
 * An image in the folder of a Docker daemon with the overlay2 store: its config and, of every layer, the headers of its
 * tar and its files unpacked (moby's `layer/filestore.go`; `docker save` reads the same). Undefined: nothing of it can be
 * seen from here. Throws `StoreError` where something does not add up.
 */
export async function readClassicStore(
  root: string,
  id: string,
  reference: string,
  progress: ReadingProgress,
): Promise<Assembled | undefined> {
  const hex = hexOf(id);
  if (hex === undefined) return undefined;
  const text = await textAt(join(root, "image", "overlay2", "imagedb", "content", "sha256", hex));
  // Another daemon's, or a place in another machine.
  if (text === undefined || digestOf(text) !== id) return undefined;
  const config = configIn(text);
  if (config === undefined) throw new StoreError("the image's config is broken");
  const places: SplitLayerPlace[] = [];
  let chain = "";
  for (const diffId of config.diffIds) {
    chain = chain === "" ? diffId : digestOf(`${chain} ${diffId}`);
    places.push(await placeOf(root, chain, diffId));
  }
  const { platform } = config;
  return readSplitImage(
    { reference, id, platform, source: "docker", readFrom: "overlay2-records" },
    config,
    places,
    progress,
  );
}

/** Layers are kept by their chain: a digest of the diff IDs up to theirs. */
async function placeOf(root: string, chain: string, diffId: string): Promise<SplitLayerPlace> {
  const hex = hexOf(chain);
  if (hex === undefined) throw new StoreError("the image's config names a layer that is none");
  const records = join(root, "image", "overlay2", "layerdb", "sha256", hex);
  const [diff, cacheId] = await Promise.all([
    textAt(join(records, "diff")),
    textAt(join(records, "cache-id")),
  ]);
  if (diff?.trim() !== diffId) throw new StoreError("a layer has no record of its own");
  const name = cacheId?.trim() ?? "";
  if (!/^[0-9a-z][0-9a-z-]{0,127}$/.test(name)) throw new StoreError("a layer's record names no folder");
  return {
    records: join(records, "tar-split.json.gz"),
    folder: join(root, "overlay2", name, "diff"),
  };
}
