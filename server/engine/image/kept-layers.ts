import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import { type HistoryStep, layerSteps } from "../../../core/link/layer-steps.ts";
import { type Assembled, assembled, layersOf } from "./assemble.ts";
import type { ImageFacts } from "./docker.ts";
import type { LayerCache } from "./layer-cache.ts";
import type { ReadLayer } from "./layer-reader.ts";
import type { Contents } from "./read-archive.ts";

export interface ToldImage {
  readonly reference: string;
  readonly platform: string;
  readonly facts: ImageFacts;
  readonly history: readonly HistoryStep[];
}

/** An engine's image of which every layer is kept, where the history tells which of its entries made them. */
export async function fromKeptLayers(
  { reference, platform, facts: { id, diffIds }, history }: ToldImage,
  cache: LayerCache,
): Promise<Assembled | undefined> {
  const tree = new PathTree();
  const layers = await cache.readAll(diffIds, tree);
  if (layers === undefined) return undefined;
  const made = layerSteps(
    history,
    layers.length,
    layers.map((it) => bytesOf(it)),
  );
  if (made === undefined) return undefined;
  const res = assembled({
    image: { reference, id, platform, source: "docker", readFrom: "cache" },
    history: history.map(({ createdBy }, index) => ({ createdBy, emptyLayer: !made.includes(index) })),
    tree,
    layers: layers.map((it, index) => ({ ...it, diffId: diffIds[index] ?? "" })),
    troubles: [],
  });
  return typeof res === "string" ? undefined : res;
}

/** After a transfer, by the engine's word for the diff IDs; the name may have come to mean another image meanwhile. */
export async function keepLayers(
  contents: Contents,
  { layers: sent }: ImageAnalysis,
  { diffIds }: ImageFacts,
  cache: LayerCache,
): Promise<void> {
  if (sent.length !== diffIds.length || sent.some((it) => it.diffId !== diffIds[it.index])) return;
  for (const [index, layer] of layersOf(contents).entries()) {
    const diffId = diffIds[index];
    if (layer !== undefined && diffId !== undefined) await cache.write(diffId, layer);
  }
}

function bytesOf({ entries }: ReadLayer): number {
  let sum = 0;
  for (let at = 0; at < entries.count; at += 1) sum += entries.sizeOf(at);
  return sum;
}
