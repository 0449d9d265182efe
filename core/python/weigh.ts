/** Weighs a project: every requirement, extra and group, by itself, with what it brings, and what goes if it goes. */
import { middleOf, type Size, unknownSize } from "../size/size.ts";
import type { PythonCatalogue } from "./catalogue.ts";
import type { DependencyGraph, GraphNode } from "./graph.ts";
import { type Ground, groundFor } from "./ground.ts";
import { emptyKnowledge } from "./index/knowledge.ts";
import { type IndexNeeds, indexNeeds } from "./index/needs.ts";
import type { Lock } from "./lock.ts";
import { holds, type MarkerEnvironment } from "./markers.ts";
import { type GroupId, groupsOf, groupsWith, type PythonProject, type Requirement } from "./project.ts";
import type { SizeSources } from "./sizes.ts";
import { environmentOf, type Target } from "./target.ts";
import { totalOf } from "./total.ts";

export interface WeighRequest {
  readonly project: PythonProject;
  readonly target: Target;
  readonly lock: Lock | undefined;
  readonly catalogue: PythonCatalogue | undefined;
  /** Groups that are installed; `project` is one of them unless only a group is. */
  readonly groups: readonly GroupId[];
  /** The tool that installs without looking at the lock, as people call it; undefined: the lock is obeyed. */
  readonly lockIgnoredBy?: string | undefined;
  readonly sources?: Omit<SizeSources, "platform" | "lockName" | "catalogue">;
}

export interface WeighedRequirement {
  readonly requirement: Requirement;
  /** Undefined: its marker does not hold for the target, so it brings nothing. */
  readonly node: GraphNode | undefined;
  readonly own: Size;
  readonly closure: Size;
  /** What goes when this line goes from what is installed together with its group. */
  readonly dominated: Size;
}

export interface WeighedGroup {
  readonly group: GroupId;
  /** Whether it is among the groups that are installed. */
  readonly installed: boolean;
  /** All that the group brings by itself. */
  readonly closure: Size;
  /** What it adds to the rest of what is installed. */
  readonly dominated: Size;
}

export interface WeighedPackage {
  readonly node: GraphNode;
  readonly size: Size;
  /** Names of distributions, and of the project where a requirement of it asks for this one. */
  readonly requiredBy: readonly string[];
}

export interface Weighed {
  readonly target: Target;
  readonly total: Size;
  readonly requirements: readonly WeighedRequirement[];
  readonly groups: readonly WeighedGroup[];
  /** What is installed, largest middle first. */
  readonly packages: readonly WeighedPackage[];
}

/** One project weighed; sums over any set of distributions follow from it. */
export class Scales {
  readonly #request: WeighRequest;
  readonly #ground: Ground;
  readonly #bringers = new Map<string, ReadonlyMap<GraphNode, number>>();

  constructor(request: WeighRequest) {
    this.#request = request;
    const own = request.project.name ?? "";
    const environment = environmentOf(request.target, conflictNames(own, this.#chosen()));
    this.#ground = groundFor(request, environment, this.#constraints(environment));
  }

  /** What the project itself asks for holds for whoever else brings it. */
  #constraints(environment: MarkerEnvironment): ReadonlyMap<string, string> {
    const { project, groups } = this.#request;
    const res = new Map<string, string>();
    for (const { name, specifier, marker } of [...project.constraints, ...this.requirementsOf(groups)]) {
      if (specifier === "" || !holds(marker, environment)) continue;
      const known = res.get(name);
      res.set(name, known === undefined || known === specifier ? specifier : `${known},${specifier}`);
    }
    return res;
  }

  get graph(): DependencyGraph {
    return this.#ground.graph;
  }

  sizeOf(node: GraphNode): Size {
    return this.#ground.sizeOf(node);
  }

  totalOf(nodes: Iterable<GraphNode>): Size {
    const counted = [...nodes].filter((it) => !this.#isOwn(it));
    const parts = counted.map((node) => ({ name: node.name, size: this.sizeOf(node) }));
    const untold = counted.flatMap((node) =>
      this.graph
        .untoldExtras(node)
        .map((it) => ({ name: `what ${node.name}[${it}] brings`, size: unknownSize("nothing tells it") })),
    );
    return totalOf([...parts, ...untold], this.#basis());
  }

  /** Requirements of these groups and of those that they take in. */
  requirementsOf(groups: Iterable<GroupId>): readonly Requirement[] {
    const all = groupsWith(this.#request.project.inclusions, groups);
    return this.#request.project.requirements.filter((it) => all.has(it.group));
  }

  closureOf(requirement: Requirement): ReadonlySet<GraphNode> {
    return this.#ground.closureOf(requirement);
  }

  /** All distributions that are installed. */
  installed(): ReadonlySet<GraphNode> {
    return this.graph.reach(this.requirementsOf(this.#request.groups));
  }

  /** What indexes can still tell about what these groups install. */
  indexNeeds(groups: Iterable<GroupId>): IndexNeeds {
    const { target, catalogue, sources } = this.#request;
    return indexNeeds({
      nodes: [...this.graph.reach(this.requirementsOf(groups))].filter((it) => !this.#isOwn(it)),
      knowledge: sources?.index ?? emptyKnowledge,
      platform: target,
      catalogue,
      installed: [sources?.image, sources?.environment].filter((it) => it !== undefined),
    });
  }

  /** What goes when these lines go from what is installed together with their groups. */
  dominatedBy(requirements: readonly Requirement[]): ReadonlySet<GraphNode> {
    const bringing = this.#bringersWith(new Set(requirements.map((it) => it.group)));
    const own = new Map<GraphNode, number>();
    for (const requirement of new Set(requirements)) {
      for (const node of this.closureOf(requirement)) own.set(node, (own.get(node) ?? 0) + 1);
    }
    return new Set([...own].flatMap(([node, count]) => (bringing.get(node) === count ? [node] : [])));
  }

  /** By how many requirements each distribution comes, of what is installed and of these groups. */
  #bringersWith(groups: ReadonlySet<GroupId>): ReadonlyMap<GraphNode, number> {
    const key = [...groups].sort().join(" ");
    const known = this.#bringers.get(key);
    if (known !== undefined) return known;
    const bringers = new Map<GraphNode, number>();
    for (const requirement of this.requirementsOf([...this.#request.groups, ...groups])) {
      for (const node of this.closureOf(requirement)) bringers.set(node, (bringers.get(node) ?? 0) + 1);
    }
    this.#bringers.set(key, bringers);
    return bringers;
  }

  weigh(): Weighed {
    const { project, groups, target } = this.#request;
    const installed = this.requirementsOf(groups);
    const nodes = this.#withAllOf(this.graph.reach(installed));
    return {
      target,
      total: this.totalOf(nodes),
      requirements: project.requirements.map((it) => this.#weighed(it)),
      groups: groupsOf(project).map((it) => this.#weighedGroup(it)),
      packages: this.#packages(nodes, installed),
    };
  }

  /** A pylock.toml that does not say who needs whom is installed as a whole. */
  #withAllOf(reached: ReadonlySet<GraphNode>): ReadonlySet<GraphNode> {
    const { lock, groups, lockIgnoredBy } = this.#request;
    const isList = lock?.kind === "pylock.toml" && lock.packages.every((it) => it.dependencies === undefined);
    return isList && lockIgnoredBy === undefined && groups.includes("project")
      ? new Set([...reached, ...this.graph.lockedHere()])
      : reached;
  }

  #weighed(requirement: Requirement): WeighedRequirement {
    const node = this.graph.nodeOf(requirement);
    const closure = this.closureOf(requirement);
    return {
      requirement,
      node,
      own: node === undefined || this.#isOwn(node) ? this.totalOf([]) : this.sizeOf(node),
      closure: this.#ground.totalOf(closure, () => this.totalOf(closure)),
      dominated: this.totalOf(this.dominatedBy([requirement])),
    };
  }

  #weighedGroup(group: GroupId): WeighedGroup {
    const asked = this.#request.groups;
    const chosen = this.#chosen();
    const own = this.requirementsOf([group]);
    const rest = this.requirementsOf(asked.filter((it) => it !== group));
    const before = this.graph.reach(rest.filter((it) => !own.includes(it)));
    const closure = this.graph.reach(own);
    return {
      group,
      installed: chosen.has(group),
      closure: this.totalOf(closure),
      dominated: this.totalOf([...closure].filter((it) => !before.has(it))),
    };
  }

  #packages(nodes: ReadonlySet<GraphNode>, installed: readonly Requirement[]): readonly WeighedPackage[] {
    const requiredBy = new Map<GraphNode, string[]>();
    const add = (node: GraphNode, name: string): void => {
      const names = requiredBy.get(node);
      if (names === undefined) requiredBy.set(node, [name]);
      else if (!names.includes(name)) names.push(name);
    };
    const project = this.#request.project.name ?? "project";
    for (const it of installed) {
      const node = this.graph.nodeOf(it);
      if (node !== undefined) add(node, project);
    }
    for (const node of nodes) for (const it of this.graph.neededBy(node)) add(it, node.name);
    return [...nodes]
      .filter((it) => !this.#isOwn(it))
      .map((node) => ({ node, size: this.sizeOf(node), requiredBy: (requiredBy.get(node) ?? []).sort() }))
      .sort((a, b) => sortValue(b.size) - sortValue(a.size) || (a.node.name < b.node.name ? -1 : 1));
  }

  /** The project itself, which an extra of another package may lead back to. */
  #isOwn({ name, locked }: GraphNode): boolean {
    return locked?.source === "project" && name === this.#request.project.name;
  }

  #chosen(): ReadonlySet<GroupId> {
    return groupsWith(this.#request.project.inclusions, this.#request.groups);
  }

  #basis(): string {
    const { catalogue } = this.#request;
    const date = catalogue === undefined ? "" : `, catalogue of ${catalogue.date}`;
    const { lockName: lock, image, environment } = this.#ground.sources;
    if (lock !== undefined) return `packages of ${lock}${date}`;
    const listed = (this.#ground.sources.index?.listings.size ?? 0) > 0;
    if (listed) return "newest versions of the package index";
    const installed = image ?? environment;
    return installed === undefined
      ? `newest versions${date}`
      : `versions of ${installed.from}, else the newest${date}`;
  }
}

const sortValue = (size: Size): number => middleOf(size) ?? -1;

/**
 * The extras that markers may name: plain, and as uv.lock spells those that its conflicts tell apart,
 * `extra-<length of the project's name>-<project>-<extra>` and `group-…`.
 */
function conflictNames(project: string, groups: ReadonlySet<GroupId>): readonly string[] {
  return [...groups].flatMap((it) => {
    const [kind, name] = it.split(":");
    if (name === undefined) return [];
    return [`${kind}-${project.length}-${project}-${name}`, ...(kind === "extra" ? [name] : [])];
  });
}
