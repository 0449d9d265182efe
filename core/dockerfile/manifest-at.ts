/** The manifest of the build context that a RUN finds at a path of the image. */

import type { World } from "../world.ts";
import { chainBefore } from "./chain.ts";
import { copiedPart } from "./copied.ts";
import type { Facts, RunInstruction } from "./facts.ts";
import { posixJoin } from "./paths.ts";

/** Its text as it was copied last; undefined where nobody can tell. */
export function manifestAt(
  facts: Facts,
  world: World,
  run: RunInstruction,
  folder: string | undefined,
  name: string,
): string | undefined {
  const path = posixJoin(folder, name);
  const found = path === undefined ? undefined : contextFileAt(facts, world, run, path);
  return found === undefined ? undefined : world.context?.manifests.get(found);
}

/** Path in the build context of the file that a RUN finds at a path of the image, as it was copied last. */
export function contextFileAt(
  facts: Facts,
  { context }: World,
  run: RunInstruction,
  path: string,
): string | undefined {
  if (context === undefined) return undefined;
  for (const it of chainBefore(facts, run).toReversed()) {
    if (it.kind !== "copy") continue;
    const part = copiedPart(it, path, context);
    if (part === undefined) continue;
    const piece = part.pieces.find(({ entry, place }) => entry.kind === "file" && place === path);
    return piece?.entry.path;
  }
  return undefined;
}
