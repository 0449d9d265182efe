/**
 * What weighing works out from a lock and what is known around it, whatever the project's own text says: kept beside the
 * lock, so that a keystroke in pyproject.toml weighs again only what it changed.
 */
import type { Size } from "../size/size.ts";
import { BoundedCache } from "../text/bounded-cache.ts";
import { DependencyGraph, type GraphNode } from "./graph.ts";
import type { MarkerEnvironment } from "./markers.ts";
import type { Requirement } from "./project.ts";
import type { SizeSources } from "./sizes.ts";
import { installedSizeOf } from "./sizes.ts";
import type { WeighRequest } from "./weigh.ts";

/** A document and its neighbours ask with two or three kinds of sources. */
const mostPerLock = 4;
const mostClosures = 2_000;

type GroundRequest = Pick<WeighRequest, "target" | "lock" | "catalogue" | "lockIgnoredBy" | "sources">;

export class Ground {
  readonly graph: DependencyGraph;
  readonly sources: SizeSources;
  readonly #sizes = new Map<GraphNode, Size>();
  readonly #closures = new BoundedCache<string, ReadonlySet<GraphNode>>(mostClosures);
  readonly #totals = new WeakMap<ReadonlySet<GraphNode>, Size>();

  constructor(
    { target, lock, catalogue, lockIgnoredBy, sources }: GroundRequest,
    environment: MarkerEnvironment,
    constraints: ReadonlyMap<string, string>,
  ) {
    this.graph = new DependencyGraph({
      lock,
      catalogue,
      environment,
      constraints,
      index: sources?.index && { knowledge: sources.index, target },
      installed: [sources?.image, sources?.environment].filter((it) => it !== undefined),
      lockDecides: lockIgnoredBy === undefined,
    });
    this.sources = { platform: target, lockName: lockNameOf(lock, lockIgnoredBy), catalogue, ...sources };
  }

  sizeOf(node: GraphNode): Size {
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    const size = installedSizeOf(node, this.sources);
    this.#sizes.set(node, size);
    return size;
  }

  /** The same set for requirements that say the same. */
  closureOf(requirement: Requirement): ReadonlySet<GraphNode> {
    const { name, extras, specifier, marker } = requirement;
    const key = `${name}[${extras.join()}]${specifier};${marker === undefined ? "" : JSON.stringify(marker)}`;
    const known = this.#closures.get(key);
    if (known !== undefined) return known;
    const closure = this.graph.reach([requirement]);
    this.#closures.set(key, closure);
    return closure;
  }

  /** A closure's total, worked out once. */
  totalOf(closure: ReadonlySet<GraphNode>, work: () => Size): Size {
    const known = this.#totals.get(closure);
    if (known !== undefined) return known;
    const total = work();
    this.#totals.set(closure, total);
    return total;
  }
}

export const lockNameOf = (lock: WeighRequest["lock"], ignoredBy: string | undefined): string | undefined =>
  lock === undefined || ignoredBy === undefined ? lock?.kind : `${lock.kind} (not obeyed by ${ignoredBy})`;

interface Kept {
  readonly key: string;
  readonly around: Around;
  readonly ground: Ground;
}

type Around = Pick<SizeSources, "catalogue" | "image" | "environment" | "index">;

const grounds = new WeakMap<NonNullable<WeighRequest["lock"]>, readonly Kept[]>();

/**
 * Shared where a lock decides the versions; without one, the first requirement of a name does, so that each project has
 * its own.
 */
export function groundFor(
  request: WeighRequest,
  environment: MarkerEnvironment,
  constraints: ReadonlyMap<string, string>,
): Ground {
  const { lock, target, lockIgnoredBy, sources, catalogue } = request;
  if (lock === undefined || lockIgnoredBy !== undefined) return new Ground(request, environment, constraints);
  const key = JSON.stringify([request.project.name, target, [...environment.extras], sources?.bytecode]);
  const around: Around = { catalogue, ...sources };
  const kept = grounds.get(lock) ?? [];
  const known = kept.find((it) => it.key === key && isAlike(it.around, around));
  if (known !== undefined) return known.ground;
  const ground = new Ground(request, environment, new Map());
  grounds.set(lock, [{ key, around, ground }, ...kept].slice(0, mostPerLock));
  return ground;
}

const isAlike = (a: Around, b: Around): boolean =>
  a.catalogue === b.catalogue &&
  a.image === b.image &&
  a.environment === b.environment &&
  a.index === b.index;
