/**
 * Which layers the base image brought: the lowest so many, or unknown.
 *
 * Invariant: a layer is called the base's only where an older image with these very layers, or the Dockerfile's own
 * words in the history, show it.
 */
import type { Facts } from "../dockerfile/facts.ts";
import type { ImageAnalysis } from "../image/analysis.ts";
import { linkHistory } from "./link.ts";

/** An older image of the same engine whose layers are this image's lowest. */
export interface Ancestor {
  readonly references: readonly string[];
  readonly layers: number;
  /** How it is known; absent: the engine holds it. */
  readonly from?: string;
}

export interface BaseLayers {
  /** The lowest so many layers. */
  readonly count: number;
  /** How it is known. */
  readonly from: string;
}

/** `named`: the base that the image's own annotations or labels name. */
export function baseLayersOf(
  analysis: Pick<ImageAnalysis, "image" | "history" | "layers">,
  known: {
    readonly ancestors: readonly Ancestor[];
    readonly named: string | undefined;
    readonly facts: Facts | undefined;
  },
): BaseLayers | undefined {
  const { ancestors, named, facts } = known;
  const called = (name: string | undefined): BaseLayers | undefined => {
    if (name === undefined) return undefined;
    const found = ancestors.find((it) => it.references.some((one) => fullName(one) === fullName(name)));
    return found === undefined
      ? undefined
      : { count: found.layers, from: found.from ?? `image ${name} of the engine` };
  };
  return (
    fromStage(facts, called) ?? byHistory(analysis, facts) ?? called(named) ?? longest(analysis, ancestors)
  );
}

/** Stages of the file that start from an image which the engine holds: all must agree. */
function fromStage(
  facts: Facts | undefined,
  called: (name: string | undefined) => BaseLayers | undefined,
): BaseLayers | undefined {
  const found = (facts?.stages ?? [])
    .filter((it) => it.shipped && it.parent === undefined)
    .map((it) => called(it.baseImage));
  const [first] = found;
  return found.every((it) => it?.count === first?.count) ? first : undefined;
}

function byHistory(
  { history, layers }: Pick<ImageAnalysis, "history" | "layers">,
  facts: Facts | undefined,
): BaseLayers | undefined {
  if (facts === undefined) return undefined;
  const { baseEntries } = linkHistory(facts, history);
  const made = history.filter((it) => !it.emptyLayer).length;
  if (baseEntries === undefined || made !== layers.length) return undefined;
  const count = history.slice(0, baseEntries).filter((it) => !it.emptyLayer).length;
  return { count, from: "the history, below the Dockerfile's first instruction" };
}

/** Of several the nearest; an earlier build of the same name is not what it was built from. */
function longest(
  { image }: Pick<ImageAnalysis, "image">,
  ancestors: readonly Ancestor[],
): BaseLayers | undefined {
  const own = repositoryOf(image.reference);
  const found = ancestors
    .filter((it) => it.references.length > 0 && it.references.every((one) => repositoryOf(one) !== own))
    .sort((a, b) => b.layers - a.layers)[0];
  return found === undefined
    ? undefined
    : { count: found.layers, from: `image ${found.references[0]} of the engine` };
}

/** `debian` and `docker.io/library/debian:latest` are one name. */
export function fullName(reference: string): string {
  const bare = reference
    .replace(/^(?:docker\.io|index\.docker\.io|localhost)\//, "")
    .replace(/^library\//, "");
  if (bare.includes("@")) return bare.replace(/:[^/@]*@/, "@");
  return /:[^/]*$/.test(bare) ? bare : `${bare}:latest`;
}

const repositoryOf = (reference: string): string => fullName(reference).replace(/[:@][^/]*$/, "");
