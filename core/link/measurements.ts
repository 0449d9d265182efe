/**
 * Which measured layer belongs to which instruction of a text as it is now.
 *
 * Invariant (promise 2): only an instruction of equal text has a measurement; what stands above a change is stale.
 */
import type { Facts, Instruction } from "../dockerfile/facts.ts";
import { measured, type Size } from "../size/size.ts";
import type { World } from "../world.ts";
import type { Knowledge, KnownLayer } from "./knowledge.ts";

export interface Measurement {
  readonly layer: KnownLayer;
  /** Something below this layer has changed since. */
  readonly stale: boolean;
}

/** Layers matched to instructions of equal text, in order. */
export function measurementsOf(
  facts: Facts,
  knowledge: Knowledge | undefined,
): ReadonlyMap<Instruction, Measurement> {
  const res = new Map<Instruction, Measurement>();
  if (knowledge === undefined) return res;
  let next = 0;
  let stale = false;
  for (const layer of knowledge.layers) {
    const index = facts.shipped.findIndex((it, at) => at >= next && it.source === layer.instruction);
    if (index === -1) {
      stale = true;
      continue;
    }
    stale ||= facts.shipped.slice(next, index).some(makesLayer);
    const instruction = facts.shipped[index];
    if (instruction !== undefined) res.set(instruction, { layer, stale });
    next = index + 1;
  }
  return res;
}

const makesLayer = (it: Instruction): boolean => it.kind === "run" || it.kind === "copy";

/** The bytes of an instruction's own layer in the analysed image; undefined: not measured. */
export function measuredLayer(facts: Facts, world: World, it: Instruction): Size | undefined {
  const found = measurementsOf(facts, world.knowledge).get(it);
  return found && measured(found.layer.bytes, layerLabel(world, found));
}

/** Of a FROM that starts from the image that the base layers came from; undefined: not measured, or no such FROM. */
export function measuredBase(facts: Facts, { knowledge }: World, it: Instruction): Size | undefined {
  if (it.keyword !== "FROM" || knowledge?.base === undefined) return undefined;
  const stage = facts.stages[it.stage];
  return stage?.parent === undefined && stage?.baseImage === knowledge.base.image
    ? measured(knowledge.base.bytes, `layers of the base image in image ${knowledge.image}`)
    : undefined;
}

/** Names the layer for people: "layer 6 of image app:1". */
export const layerLabel = ({ knowledge }: World, { layer, stale }: Measurement): string =>
  `layer ${layer.layer} of image ${knowledge?.image ?? ""}${stale ? ", built before a change further down in it" : ""}`;
