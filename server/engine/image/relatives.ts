import type { Ancestor } from "../../../core/link/base.ts";
import type { Engine } from "../daemon/engine.ts";
import { recordsIn, textOr, textsIn } from "../records.ts";
import { type ImageFacts, inspectImage } from "./docker.ts";

/** What an engine knows that tells an image's base. */
export interface Relatives {
  readonly ancestors: readonly Ancestor[];
  /** The base that the image's own annotations or labels name. */
  readonly named: string | undefined;
}

export const noRelatives: Relatives = { ancestors: [], named: undefined };

/** Of an image whose annotations name its base, which was found and has these layers. */
export const annotatedRelatives = (base: { readonly name: string; readonly layers: number }): Relatives => ({
  named: base.name,
  ancestors: [
    { references: [base.name], layers: base.layers, from: `its annotations, which name ${base.name}` },
  ],
});

/** Newest first: a base is seldom much older than what is built on it. */
const mostAsked = 200;
const atOnce = 4;

/** Older images of the engine whose layers are this image's lowest. None where the engine does not tell. */
export async function relativesOf(engine: Engine, image: ImageFacts): Promise<Relatives> {
  const candidates = recordsIn(await engine.json("/images/json"))
    .map((it) => ({
      id: textOr(it["Id"], ""),
      created: typeof it["Created"] === "number" ? it["Created"] : 0,
      references: [...textsIn(it["RepoTags"]), ...textsIn(it["RepoDigests"])].filter(
        (name) => !name.startsWith("<none>"),
      ),
    }))
    .filter((it) => it.id !== image.id && it.references.length > 0)
    .filter((it) => image.created === undefined || it.created * 1000 <= image.created)
    .sort((a, b) => b.created - a.created)
    .slice(0, mostAsked);
  const ancestors: Ancestor[] = [];
  const work = async (): Promise<void> => {
    for (let it = candidates.shift(); it !== undefined; it = candidates.shift()) {
      // An image may be removed while it is asked for.
      const facts = await inspectImage(engine, it.id).catch(() => undefined);
      if (facts === undefined || facts.diffIds.length === 0 || facts.diffIds.length > image.diffIds.length)
        continue;
      if (!facts.diffIds.every((diffId, index) => diffId === image.diffIds[index])) continue;
      ancestors.push({ references: it.references, layers: facts.diffIds.length });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { ancestors, named: image.base };
}
