/** Who brought a package: whether it was asked for by name, and which other packages of the image need it. */
import type { PackageRow } from "./attribution.ts";

type Tied = Pick<PackageRow, "ecosystem" | "name" | "dependsOn" | "requested">;

export interface Ties {
  /** Asked for by name (true), or only brought along (false); null where the metadata do not tell. */
  readonly requested: boolean | null;
  /** Names of packages that need it, by name. */
  readonly neededBy: readonly string[];
  /** Names of packages that it needs. */
  readonly dependsOn: readonly string[];
  /** From one that was asked for down to it, the shortest way; empty where there is none or it was asked for itself. */
  readonly broughtBy: readonly string[];
}

const noTies: Ties = { requested: null, neededBy: [], dependsOn: [], broughtBy: [] };

interface Known {
  requested: boolean | null;
  readonly dependsOn: Set<string>;
  readonly neededBy: Set<string>;
}

export class PackageTies {
  readonly #ecosystems = new Map<string, Map<string, Known>>();

  /** `rows`: of one image; several of one name (layers, versions) are taken together. */
  constructor(rows: readonly Tied[]) {
    for (const { ecosystem, name, dependsOn, requested } of rows) {
      const it = this.#known(ecosystem, name);
      it.requested = requested === true || it.requested === true ? true : (requested ?? it.requested);
      for (const one of dependsOn) if (one !== name) it.dependsOn.add(one);
    }
    for (const packages of this.#ecosystems.values()) {
      for (const [name, { dependsOn }] of packages)
        for (const one of dependsOn) packages.get(one)?.neededBy.add(name);
    }
  }

  of({ ecosystem, name }: { readonly ecosystem: string; readonly name: string }): Ties {
    const it = this.#ecosystems.get(ecosystem)?.get(name);
    if (it === undefined) return noTies;
    return {
      requested: it.requested,
      neededBy: [...it.neededBy].sort(),
      dependsOn: [...it.dependsOn].sort(),
      broughtBy: it.requested === true ? [] : this.#wayTo(ecosystem, name),
    };
  }

  #known(ecosystem: string, name: string): Known {
    const packages = this.#ecosystems.get(ecosystem) ?? new Map<string, Known>();
    this.#ecosystems.set(ecosystem, packages);
    const it = packages.get(name) ?? { requested: null, dependsOn: new Set(), neededBy: new Set() };
    packages.set(name, it);
    return it;
  }

  #wayTo(ecosystem: string, name: string): readonly string[] {
    const packages = this.#ecosystems.get(ecosystem);
    /** By name: what it was reached from, on the way up. */
    const below = new Map<string, string | undefined>([[name, undefined]]);
    for (const at of below.keys()) {
      const it = packages?.get(at);
      if (it?.requested === true) {
        const way: string[] = [];
        for (let one: string | undefined = at; one !== undefined; one = below.get(one)) way.push(one);
        return way;
      }
      for (const one of [...(it?.neededBy ?? [])].sort()) if (!below.has(one)) below.set(one, at);
    }
    return [];
  }
}
