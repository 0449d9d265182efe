/** The manifest of the build context that a RUN finds at a path of the image. */

import type { World } from "../world.ts";
import { chainBefore } from "./chain.ts";
import { copiedEntries, isFromContext } from "./copied.ts";
import type { Facts, RunInstruction } from "./facts.ts";
import { isWithin, posixJoin } from "./paths.ts";

/** Its text as it was copied last; undefined where nobody can tell. */
export function manifestAt(
  facts: Facts,
  { context }: World,
  run: RunInstruction,
  folder: string | undefined,
  name: string,
): string | undefined {
  const path = posixJoin(folder, name);
  if (context === undefined || path === undefined) return undefined;
  for (const it of chainBefore(facts, run).toReversed()) {
    if (it.kind !== "copy") continue;
    const entry = copiedEntries(it, path, context).find(({ kind }) => kind === "file");
    if (entry !== undefined) return context.manifests.get(entry.path);
    if (!isFromContext(it) && it.destinationPath !== undefined && isWithin(path, it.destinationPath))
      return undefined;
  }
  return undefined;
}
