import type { ImageIdentity } from "../../../core/image/analysis.ts";
import type { Layer } from "../../../core/image/layer.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { type Assembled, assembled } from "../image/assemble.ts";
import type { ReadLayer } from "../image/layer-reader.ts";
import type { ImageConfig } from "../image/manifests.ts";
import type { ReadingProgress } from "../image/reading-progress.ts";
import { troubleText } from "../trouble-text.ts";
import { LayerFiles } from "./layer-files.ts";
import { readSplitLayer, type SplitLayerPlace } from "./split-layer.ts";
import { DeniedError, StoreError } from "./store-error.ts";

/**
 * An image of whose layers the headers and the unpacked files are kept. `places`: of every layer, lowest first. Throws
 * `StoreError` where something does not add up.
 */
export async function readSplitImage(
  image: ImageIdentity,
  { history, diffIds }: ImageConfig,
  places: readonly SplitLayerPlace[],
  progress: ReadingProgress,
): Promise<Assembled> {
  const tree = new PathTree();
  const files = new LayerFiles(tree);
  const onBytes = (count: number): void => progress.bytes(count);
  try {
    const read = new Map<string, ReadLayer>();
    const layers: Layer[] = [];
    for (const [index, place] of places.entries()) {
      const diffId = diffIds[index] ?? "";
      const known = read.get(diffId);
      const layer = known ?? (await readSplitLayer(place, files, tree, onBytes).catch(asStoreError));
      if (known === undefined) {
        read.set(diffId, layer);
        progress.layer(
          layer,
          diffIds.flatMap((it, at) => (it === diffId ? [at] : [])),
        );
      }
      layers.push({ diffId, entries: layer.entries, contents: layer.contents });
    }
    const res = assembled({ image, history, tree, layers, troubles: [] });
    if (typeof res === "string") throw new StoreError(res);
    return res;
  } finally {
    files.close();
  }
}

function asStoreError(cause: unknown): never {
  if (cause instanceof StoreError || cause instanceof DeniedError) throw cause;
  throw new StoreError(`the records of a layer cannot be read: ${troubleText(cause)}`);
}
