import { type Marker, readMarker } from "./markers.ts";

/** Reads each marker text of one lock file once; locks repeat them. A text that is no marker holds nowhere. */
export class MarkerCache {
  readonly #known = new Map<string, Marker>();

  read(text: string | undefined): Marker | undefined {
    if (text === undefined || text.trim() === "") return undefined;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const marker = readMarker(text) ?? nowhere;
    this.#known.set(text, marker);
    return marker;
  }
}

const nowhere: Marker = { kind: "or", parts: [] };
