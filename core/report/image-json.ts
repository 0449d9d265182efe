/** An image's analysis as `plimsoll analyze --format json` prints it (docs/analyze.schema.json). */
import type { ImageAnalysis } from "../image/analysis.ts";
import type { BaseLayers } from "../link/base.ts";
import { sumOf } from "../size/bytes.ts";

export type InstructionOf = (layer: number) => { readonly path: string; readonly line: number } | null;

/** `base`: undefined where it is unknown. `milliseconds`: the whole analysis, by the wall clock. */
export function imageJson(
  it: ImageAnalysis,
  instructionOf: InstructionOf,
  base: BaseLayers | undefined,
  milliseconds: number,
): object {
  const baseBytes = base && sumOf(it.layers.slice(0, base.count).map(({ bytes }) => bytes));
  const { layers, visible, wasted, duplicated } = it.bytes;
  return {
    image: it.image,
    bytes: { layers, visible, wasted, duplicated, base: baseBytes ?? null },
    layers: it.layers.map((layer) => ({
      ...layer,
      base: base === undefined ? null : layer.index < base.count,
      instruction: instructionOf(layer.index),
    })),
    packages: it.packages,
    categories: it.categories,
    hidden: it.hidden,
    strippable: it.strippable,
    diveCompatible: it.diveCompatible,
    troubles: it.troubles,
    timings: { total: Math.round(milliseconds) },
  };
}
