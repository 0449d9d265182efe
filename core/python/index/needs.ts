/**
 * What is worth asking package indexes for: what the graph cannot tell without them, and sizes that nothing has
 * counted. Asked in rounds, since what one answer names is the next question.
 */
import type { PythonCatalogue } from "../catalogue.ts";
import type { GraphNode } from "../graph.ts";
import type { InstalledWorld } from "../installed.ts";
import type { Platform } from "../wheel.ts";
import { type Addressed, type IndexKnowledge, wheelOf } from "./knowledge.ts";

export interface IndexNeeds {
  /** Names of projects whose listing is needed. */
  readonly listings: readonly string[];
  /** Wheels whose directory is needed, or their METADATA alone. */
  readonly wheels: readonly (Addressed & { readonly directory: boolean })[];
}

interface NeedsRequest {
  readonly nodes: Iterable<GraphNode>;
  readonly knowledge: IndexKnowledge;
  readonly platform: Platform;
  readonly catalogue: PythonCatalogue | undefined;
  readonly installed: readonly InstalledWorld[];
}

/** Of smaller wheels the usual ratio is near enough. */
const leastForDirectory = 400_000;

export function indexNeeds({ nodes, knowledge, platform, catalogue, installed }: NeedsRequest): IndexNeeds {
  const listings = new Set<string>();
  const wheels: (Addressed & { directory: boolean })[] = [];
  for (const node of nodes) {
    const { name, version, locked } = node;
    const counted = installed.some((it) =>
      it.byName.get(name)?.some((one) => one.version === version && one.bytes !== undefined),
    );
    if (counted || (locked !== undefined && locked.source !== "registry" && locked.source !== "url"))
      continue;
    const wheel = wheelOf(node, knowledge, platform);
    if (wheel === undefined) {
      if (!knowledge.listings.has(name)) listings.add(name);
      continue;
    }
    const known = knowledge.wheels.get(wheel.url);
    if (known !== undefined) continue;
    const exact =
      wheel.size !== undefined &&
      version !== undefined &&
      catalogue?.measuredWheel(name, version, wheel.size) !== undefined;
    const directory = !exact && (wheel.size === undefined || wheel.size >= leastForDirectory);
    const dependencies = locked?.dependencies === undefined && node.installed === undefined;
    if (directory || dependencies) wheels.push({ ...wheel, directory: directory || !wheel.metadata });
  }
  return { listings: [...listings], wheels };
}
