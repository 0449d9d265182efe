import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageIdentity } from "../../../core/image/analysis.ts";
import type { Layer } from "../../../core/image/layer.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { type Assembled, assembled } from "../image/assemble.ts";
import { longestDocument } from "../image/blob-reader.ts";
import type { ReadLayer } from "../image/layer-reader.ts";
import { configIn } from "../image/manifests.ts";
import type { ReadingProgress } from "../image/reading-progress.ts";
import { troubleText } from "../trouble-text.ts";
import { LayerFiles } from "./layer-files.ts";
import { readSplitLayer, type SplitLayerPlace } from "./split-layer.ts";
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
  const onBytes = (count: number): void => progress.bytes(count);
  const tree = new PathTree();
  const files = new LayerFiles(tree);
  try {
    const read = new Map<string, ReadLayer>();
    const layers: Layer[] = [];
    let chain = "";
    for (const diffId of config.diffIds) {
      chain = chain === "" ? diffId : digestOf(`${chain} ${diffId}`);
      const known = read.get(diffId);
      const layer =
        known ??
        (await readSplitLayer(await placeOf(root, chain, diffId), files, tree, onBytes).catch(asStoreError));
      if (known === undefined) {
        read.set(diffId, layer);
        progress.layer(
          layer,
          config.diffIds.flatMap((it, index) => (it === diffId ? [index] : [])),
        );
      }
      layers.push({ diffId, entries: layer.entries, contents: layer.contents });
    }
    const image: ImageIdentity = {
      reference,
      id,
      platform: config.platform,
      source: "docker",
      readFrom: "overlay2-records",
    };
    const res = assembled({ image, history: config.history, tree, layers, troubles: [] });
    if (typeof res === "string") throw new StoreError(res);
    return res;
  } finally {
    files.close();
  }
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

/** Undefined: it is not there, may not be read, or is too long. */
async function textAt(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).size > longestDocument ? undefined : await readFile(file, "utf8");
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function asStoreError(cause: unknown): never {
  if (cause instanceof StoreError) throw cause;
  throw new StoreError(`the records of a layer cannot be read: ${troubleText(cause)}`);
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const hexOf = (digest: string): string | undefined => /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
