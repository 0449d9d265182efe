import { posix } from "node:path";

/** A layer that was read: what tells which one of the image's it is. */
export interface ReadSizes {
  /** Path in the archive. */
  readonly path: string;
  /** Where its bytes were hashed. */
  readonly diffId: string | undefined;
  readonly bytes: number;
  readonly bytesWithLinks: number;
}

/**
 * Which layer of a first picture has just been read, while the archive's manifest is still to come: by its diff ID, of
 * which newer engines and Podman make the file's name, else by the one layer that the history gives this size.
 */
export class LayerPlaces {
  readonly #sizes: readonly number[];
  readonly #diffIds: readonly string[];
  readonly #taken = new Set<number>();

  /** `sizes`: of the picture's layers; `diffIds`: of the image's, which may be more. */
  constructor(sizes: readonly number[], diffIds: readonly string[]) {
    this.#sizes = sizes;
    this.#diffIds = diffIds;
  }

  /** Of a layer that occurs twice, all its places; none where nothing tells. */
  placesOf(it: ReadSizes): readonly number[] {
    const found = this.#byName(it) ?? this.#bySize(it);
    for (const place of found) this.#taken.add(place);
    return found;
  }

  #byName({ path, diffId }: ReadSizes): readonly number[] | undefined {
    if (this.#sizes.length !== this.#diffIds.length) return undefined;
    const id = diffId ?? `sha256:${posix.basename(path).replace(/\.tar$/, "")}`;
    const found = this.#diffIds.flatMap((own, index) => (own === id ? [index] : []));
    return found.length > 0 || diffId !== undefined ? found : undefined;
  }

  #bySize({ bytes, bytesWithLinks }: ReadSizes): readonly number[] {
    if (bytes === 0) return [];
    for (const size of new Set([bytes, bytesWithLinks])) {
      const found = this.#sizes.flatMap((own, index) => (own === size ? [index] : []));
      if (found.length === 1) return found.filter((place) => !this.#taken.has(place));
    }
    return [];
  }
}
