/** What entries of poetry.lock and pdm.lock have in common: both write requirements as text and files without sizes. */
import { fileNameOf, type LockedDependency, type LockedFile } from "../lock.ts";
import type { MarkerCache } from "../marker-cache.ts";
import { readRequirement } from "../requirement-text.ts";
import { textIn } from "../untyped.ts";

/** A requirement as packaging's standard writes it; nothing where it is not one. */
export function dependencyFrom(text: string, markers: MarkerCache): readonly LockedDependency[] {
  const read = readRequirement(text);
  if (read === undefined) return [];
  const { name, specifier, extras, markerText } = read;
  return [{ name, version: undefined, specifier, extras, marker: markers.read(markerText) }];
}

export const unsizedFile = (it: unknown): LockedFile => ({
  name: fileNameOf(textIn(it, "file") ?? textIn(it, "url") ?? ""),
  size: undefined,
  url: textIn(it, "url"),
});
