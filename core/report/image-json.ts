/** An image's analysis as `plimsoll analyze --format json` prints it (docs/analyze.schema.json). */
import type { ImageAnalysis } from "../image/analysis.ts";

export type InstructionOf = (layer: number) => { readonly path: string; readonly line: number } | null;

/** `milliseconds`: the whole analysis, by the wall clock. */
export function imageJson(it: ImageAnalysis, instructionOf: InstructionOf, milliseconds: number): object {
  const { layers, visible, wasted, duplicated } = it.bytes;
  return {
    image: it.image,
    // Which layers the base image brought cannot be told from one image alone.
    bytes: { layers, visible, wasted, duplicated, base: null },
    layers: it.layers.map((layer) => ({ ...layer, base: null, instruction: instructionOf(layer.index) })),
    packages: it.packages,
    categories: it.categories,
    hidden: it.hidden,
    strippable: it.strippable,
    diveCompatible: it.diveCompatible,
    troubles: it.troubles,
    timings: { total: Math.round(milliseconds) },
  };
}
