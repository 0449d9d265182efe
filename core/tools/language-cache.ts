/** Caches of the package managers of programming languages: what all of them have in common. */
import { posixJoin } from "../dockerfile/paths.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import { unknownSize } from "../size/size.ts";
import type { CacheEffect, Remedy } from "./effect.ts";
import type { Invocation } from "./tool.ts";

/** What is downloaded depends on versions that only an install decides. */
const downloads = unknownSize("what is downloaded shows only in a build");

interface LanguageCache
  extends Pick<CacheEffect, "cache" | "label" | "directory" | "readBy">,
    Partial<Pick<CacheEffect, "holds" | "cost">> {
  /** What keeps it out of the layer where no cache mount does. */
  readonly avoid: Remedy;
  /** Whether the directory is certain enough to mount a cache there. */
  readonly mountable?: boolean;
}

/** Downloads of unknown size, unless something else is said. */
export const languageCache = ({ avoid, mountable = true, ...it }: LanguageCache): CacheEffect => ({
  kind: "cache",
  holds: "downloads",
  cost: downloads,
  ...it,
  avoid: mountable ? [avoid, { by: "mount", target: it.directory, locked: false }] : [avoid],
});

export const homeOf = (environment: ReadonlyValues): string => environment.get("HOME") ?? "/root";

/** The folder that a variable names, else the one below the user's cache folder. */
export function cacheFolder({ environment, directory }: Invocation, variable: string, below: string): string {
  const own = posixJoin(directory, environment.get(variable));
  if (own !== undefined && own !== "") return own;
  const caches = environment.get("XDG_CACHE_HOME") ?? `${homeOf(environment)}/.cache`;
  return `${caches}/${below}`;
}
