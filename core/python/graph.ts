/**
 * Who needs whom among the distributions that a lock pins, or, where no lock says it, that are installed in the built
 * image or a local environment, or that the catalogue knows.
 *
 * Invariant: building it never fails and ends on cycles; a name that nobody knows is a node without dependencies.
 */
import type { PythonCatalogue } from "./catalogue.ts";
import { type IndexKnowledge, newestFor, wheelOf } from "./index/knowledge.ts";
import type { InstalledDistribution, InstalledWorld } from "./installed.ts";
import type { Lock, LockedDependency, LockedPackage } from "./lock.ts";
import { holds, type Marker, type MarkerEnvironment, namesExtra } from "./markers.ts";
import type { Requirement } from "./project.ts";
import { readRequirement } from "./requirement-text.ts";
import type { Target } from "./target.ts";
import { satisfies } from "./versions.ts";

/** One distribution in one version. */
export interface GraphNode {
  readonly index: number;
  readonly name: string;
  readonly version: string | undefined;
  /** Undefined: no lock pins it. */
  readonly locked: LockedPackage | undefined;
  /** Where its version is from when no lock decides. */
  readonly installed: InstalledDistribution | undefined;
}

/** A distribution with one of its extras, or without (empty name). */
interface Vertex {
  readonly node: GraphNode;
  readonly extra: string;
  edges: readonly Vertex[] | undefined;
}

export type Asked = Pick<Requirement, "name" | "extras" | "specifier" | "marker">;

export class DependencyGraph {
  readonly #lock: Lock | undefined;
  readonly #catalogue: PythonCatalogue | undefined;
  readonly #environment: MarkerEnvironment;
  readonly #installed: readonly InstalledWorld[];
  readonly #lockDecides: boolean;
  readonly #index: { readonly knowledge: IndexKnowledge; readonly target: Target } | undefined;
  /** Versions that nothing pins: one for each name, as in any environment. */
  readonly #chosen = new Map<string, GraphNode>();
  readonly #constraints: ReadonlyMap<string, string>;
  readonly #nodes: GraphNode[] = [];
  readonly #byKey = new Map<string, GraphNode>();
  readonly #vertices = new Map<string, Vertex>();
  readonly #ofNode = new Map<GraphNode, Vertex[]>();
  /** A lock repeats its markers thousands of times. */
  readonly #holding = new WeakMap<Marker, boolean>();

  constructor(options: {
    readonly lock: Lock | undefined;
    readonly catalogue: PythonCatalogue | undefined;
    readonly environment: MarkerEnvironment;
    /** Best first. */
    readonly installed: readonly InstalledWorld[];
    /** What indexes told, and the target that wheels are chosen for. */
    readonly index?: { readonly knowledge: IndexKnowledge; readonly target: Target } | undefined;
    /** Specifiers that hold for a name whoever asks for it; they count where no lock decides. */
    readonly constraints?: ReadonlyMap<string, string>;
    /** Whether what installs obeys the lock; else what is installed tells more than it. */
    readonly lockDecides: boolean;
  }) {
    this.#lock = options.lock;
    this.#catalogue = options.catalogue;
    this.#environment = options.environment;
    this.#installed = options.installed;
    this.#lockDecides = options.lockDecides;
    this.#index = options.index;
    this.#constraints = options.constraints ?? new Map();
  }

  /** The distribution that a requirement means here; undefined where its marker does not hold. */
  nodeOf(asked: Asked): GraphNode | undefined {
    return this.#rootsOf(asked)[0]?.node;
  }

  /** All distributions that these requirements bring here, by index. */
  reach(asked: Iterable<Asked>): ReadonlySet<GraphNode> {
    const seen = new Set<Vertex>();
    const res = new Set<GraphNode>();
    const waiting: Vertex[] = [];
    for (const it of asked) waiting.push(...this.#rootsOf(it));
    for (let vertex = waiting.pop(); vertex !== undefined; vertex = waiting.pop()) {
      if (seen.has(vertex)) continue;
      seen.add(vertex);
      res.add(vertex.node);
      waiting.push(...this.#edgesOf(vertex));
    }
    return res;
  }

  /** All that the lock installs here, whoever needs it. */
  lockedHere(): readonly GraphNode[] {
    return (this.#lock?.packages ?? []).flatMap((it) =>
      it.forks.length === 0 || it.forks.some((one) => this.#holds(one))
        ? [this.#node(it.name, it.version, it, undefined)]
        : [],
    );
  }

  /** What these bring directly, with the extras that they ask for. */
  neededBy(node: GraphNode): readonly GraphNode[] {
    const own = this.#ofNode.get(node) ?? [];
    return [...new Set(own.flatMap((it) => this.#edgesOf(it)).map((it) => it.node))].filter(
      (it) => it !== node,
    );
  }

  /** Extras that something asks of it here and of which nothing tells what they bring. */
  untoldExtras(node: GraphNode): readonly string[] {
    const { locked, installed } = node;
    if (locked?.dependencies !== undefined || installed !== undefined || this.#listed(node) !== undefined) {
      return [];
    }
    // The catalogue has few extras.
    return (this.#ofNode.get(node) ?? []).flatMap((it) =>
      it.extra !== "" && this.#edgesOf(it).length === 0 ? [it.extra] : [],
    );
  }

  /** Whether anything tells what it needs; else it may need any other. */
  tellsNeeds(node: GraphNode): boolean {
    return (
      node.locked?.dependencies !== undefined ||
      node.installed !== undefined ||
      this.#listed(node) !== undefined ||
      this.#catalogue?.knows(node.name) === true
    );
  }

  #rootsOf({ name, extras, specifier, marker }: Asked): readonly Vertex[] {
    return this.#targets({ name, extras, specifier, marker, version: undefined });
  }

  #targets(dependency: LockedDependency): readonly Vertex[] {
    if (!this.#holds(dependency.marker)) return [];
    const node = this.#find(dependency);
    return [this.#vertex(node, ""), ...dependency.extras.map((it) => this.#vertex(node, it))];
  }

  #find(dependency: LockedDependency): GraphNode {
    const { name, specifier } = dependency;
    const locked = this.#lockedFor(dependency);
    if (locked !== undefined && this.#lockDecides) return this.#node(name, locked.version, locked, undefined);
    const installed = this.#installedFor(dependency);
    if (installed !== undefined) {
      const same = locked?.version === installed.version ? locked : undefined;
      return this.#node(name, installed.version, same, installed);
    }
    return locked === undefined
      ? this.#choose(name, specifier)
      : this.#node(name, locked.version, locked, undefined);
  }

  /** What an installer would take today. */
  #choose(name: string, specifier: string): GraphNode {
    const allowed = this.#allowed(name, specifier);
    const known = this.#chosen.get(name);
    const exact = pinned(allowed);
    if (known !== undefined && (exact === undefined || exact === known.version)) return known;
    const listed = this.#index?.knowledge.listings.get(name) ?? [];
    const version =
      exact ??
      (this.#index && newestFor(listed, allowed, this.#index.target)) ??
      this.#catalogue?.newest(name, allowed);
    const node = this.#node(name, version, undefined, undefined);
    // Beside a lock that decides, this graph outlives the line that asked.
    if (this.#lock === undefined || !this.#lockDecides) this.#chosen.set(name, node);
    return node;
  }

  #allowed(name: string, specifier: string): string {
    const more = this.#constraints.get(name) ?? "";
    return more === "" || more === specifier ? specifier : specifier === "" ? more : `${specifier},${more}`;
  }

  #installedFor({ name, specifier }: LockedDependency): InstalledDistribution | undefined {
    const allowed = this.#allowed(name, specifier);
    for (const world of this.#installed) {
      const found = world.byName.get(name)?.find((it) => satisfies(it.version, allowed));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #lockedFor({ name, version, specifier }: LockedDependency): LockedPackage | undefined {
    const all = this.#lock?.byName.get(name) ?? [];
    const here = all.filter((it) => it.forks.length === 0 || it.forks.some((one) => this.#holds(one)));
    return (
      (version === undefined ? undefined : all.find((it) => it.version === version)) ??
      here.find((it) => it.version !== undefined && satisfies(it.version, specifier)) ??
      here[0] ??
      all[0]
    );
  }

  #node(
    name: string,
    version: string | undefined,
    locked: LockedPackage | undefined,
    installed: InstalledDistribution | undefined,
  ): GraphNode {
    const key = `${name} ${version ?? ""}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const node = { index: this.#nodes.length, name, version, locked, installed };
    this.#nodes.push(node);
    this.#byKey.set(key, node);
    return node;
  }

  #vertex(node: GraphNode, extra: string): Vertex {
    const key = `${node.index} ${extra}`;
    const known = this.#vertices.get(key);
    if (known !== undefined) return known;
    const vertex: Vertex = { node, extra, edges: undefined };
    this.#vertices.set(key, vertex);
    const others = this.#ofNode.get(node);
    if (others === undefined) this.#ofNode.set(node, [vertex]);
    else others.push(vertex);
    return vertex;
  }

  #holds(marker: Marker | undefined): boolean {
    if (marker === undefined) return true;
    const known = this.#holding.get(marker);
    if (known !== undefined) return known;
    const res = holds(marker, this.#environment);
    this.#holding.set(marker, res);
    return res;
  }

  #edgesOf(vertex: Vertex): readonly Vertex[] {
    vertex.edges ??= this.#dependenciesOf(vertex).flatMap((it) => this.#targets(it));
    return vertex.edges;
  }

  #dependenciesOf({ node, extra }: Vertex): readonly LockedDependency[] {
    const { locked } = node;
    if (locked?.dependencies !== undefined) {
      return extra === "" ? locked.dependencies : (locked.extras.get(extra) ?? []);
    }
    const texts =
      node.installed?.requires ?? this.#listed(node) ?? this.#catalogue?.dependenciesOf(node.name);
    return this.#read(texts ?? [], extra);
  }

  #listed(node: GraphNode): readonly string[] | undefined {
    const wheel = this.#index && wheelOf(node, this.#index.knowledge, this.#index.target);
    return wheel && this.#index?.knowledge.wheels.get(wheel.url)?.requires;
  }

  /** PEP 508 texts; those of an extra stand under its marker. */
  #read(texts: readonly string[], extra: string): readonly LockedDependency[] {
    const environment = { ...this.#environment, extras: new Set(extra === "" ? [] : [extra]) };
    return texts.flatMap((text) => {
      const read = readRequirement(text);
      if (read === undefined || namesExtra(read.marker) !== (extra !== "")) return [];
      if (!holds(read.marker, environment)) return [];
      const { specifier, extras } = read;
      return [{ name: read.name, version: undefined, specifier, extras, marker: undefined }];
    });
  }
}

/** `==1.2.3` names the version, whatever else is asked. */
const pinned = (specifier: string): string | undefined => /(?:^|,)===?([^,*]+)(?:,|$)/.exec(specifier)?.[1];
