import { type LayerSketch, layerSketch, linkBytes } from "../../../core/treemap/layer-sketch.ts";
import type { Comparison } from "./compare-beside.ts";
import type { LayerPlaces } from "./layer-places.ts";
import type { ReadLayer } from "./layer-reader.ts";
import type { MeasuredLayer, Progress } from "./messages.ts";

/** As often as people can see. */
const pause = 100;

/** How far the reading of an image is, told as often as people can see; and what each layer holds, once it is read. */
export class ReadingProgress {
  readonly #listener: ProgressListener;
  readonly #total: number | null;
  readonly #layers: number | null;
  #done = 0;
  #read = 0;
  #told = 0;

  /** `total`: bytes, and `layers`: how many different ones; null where nobody tells. */
  constructor(listener: ProgressListener, total: number | null, layers: number | null) {
    this.#listener = listener;
    this.#total = total;
    this.#layers = layers;
  }

  bytes(count: number): void {
    this.bytesAt(this.#done + count);
  }

  bytesAt(done: number): void {
    this.#done = done;
    const now = performance.now();
    if (now - this.#told < pause) return;
    this.#told = now;
    const layers =
      this.#layers === null ? null : { at: Math.min(this.#read + 1, this.#layers), of: this.#layers };
    this.#listener.progress({ done, total: this.#total, layers });
  }

  /** `places`: in the first picture. */
  layer({ entries }: ReadLayer, places: readonly number[]): void {
    this.#read += 1;
    this.#tell(() => layerSketch(entries), places);
  }

  /** Of an archive whose manifest is still to come. */
  passedLayer(path: string, { entries, diffId }: ReadLayer, places: LayerPlaces): void {
    this.#read += 1;
    if (this.#listener.layer === undefined) return;
    const sketch = layerSketch(entries);
    const { bytes } = sketch;
    const found = places.placesOf({ path, diffId, bytes, bytesWithLinks: bytes + linkBytes(entries) });
    this.#tell(() => sketch, found);
  }

  #tell(sketchOf: () => LayerSketch, places: readonly number[]): void {
    const { layer } = this.#listener;
    if (layer === undefined || places.length === 0) return;
    const sketch = sketchOf();
    for (const index of places) layer({ index, ...sketch });
  }
}

export interface ProgressListener {
  /** Undefined: nobody draws it. */
  readonly layer: ((it: MeasuredLayer) => void) | undefined;
  progress(it: Progress): void;
  /** Has contents compared beside the reading thread; absent: it does so alone. */
  readonly compare?: ((it: Comparison) => void) | undefined;
}
