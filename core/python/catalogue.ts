/**
 * The bundled catalogue: what wheels weighed when somebody measured them.
 *
 * Invariant: it answers with what it has and says nothing about the rest; ranges and words are sizes.ts's.
 */
import { compareVersions, isPreRelease, releaseOf, satisfies } from "./versions.ts";

/** Kinds by what fills them; the range that installed bytes per wheel byte usually lie in. */
export const wheelKinds = ["pure", "pure-data", "native-so", "native-mixed", "nvidia"] as const;
export type WheelKind = (typeof wheelKinds)[number];

/**
 * One version of a distribution, its wheel for CPython 3.12 on linux x86_64 or the nearest to it; -1 is unknown.
 * The last figure is the bytes of its Python files, from which bytecode follows.
 */
export type VersionRow = readonly [
  version: string,
  wheelBytes: number,
  installedBytes: number,
  pythonBytes: number,
];

/** Versions newest first; dependencies of the newest as PEP 508 texts, joined by "|"; index into `wheelKinds` or -1. */
export type CatalogueRow = readonly [
  name: string,
  kind: number,
  dependencies: string,
  versions: readonly VersionRow[],
];

export interface CatalogueContent {
  /** "2026-11-24": day of the facts. */
  readonly date: string;
  readonly packages: readonly CatalogueRow[];
}

export function isCatalogueContent(it: unknown): it is CatalogueContent {
  return (
    typeof it === "object" &&
    it !== null &&
    "date" in it &&
    typeof it.date === "string" &&
    "packages" in it &&
    Array.isArray(it.packages)
  );
}

export interface MeasuredVersion {
  readonly version: string;
  readonly wheelBytes: number;
  readonly installedBytes: number;
  readonly pythonBytes: number;
}

export class PythonCatalogue {
  readonly date: string;
  readonly #rows: ReadonlyMap<string, CatalogueRow>;

  constructor({ date, packages }: CatalogueContent) {
    this.date = date;
    this.#rows = new Map(packages.map((it) => [it[0], it]));
  }

  knows(name: string): boolean {
    return this.#rows.has(name);
  }

  /** The newest that the specifier allows, pre-releases only where there is nothing else; the newest of all else. */
  newest(name: string, specifier: string): string | undefined {
    const all = this.#rows.get(name)?.[3].map(([version]) => version) ?? [];
    const allowed = specifier === "" ? all : all.filter((it) => satisfies(it, specifier));
    return allowed.find((it) => !isPreRelease(it)) ?? allowed[0] ?? all[0];
  }

  kindOf(name: string): WheelKind | undefined {
    return wheelKinds[this.#rows.get(name)?.[1] ?? -1];
  }

  /** PEP 508 texts of the newest version. */
  dependenciesOf(name: string): readonly string[] {
    const joined = this.#rows.get(name)?.[2] ?? "";
    return joined === "" ? [] : joined.split("|");
  }

  /** The measured version nearest to this one; the newest of all where none is given. */
  nearestMeasured(name: string, version: string | undefined): MeasuredVersion | undefined {
    return nearest(
      this.#versions(name).filter((it) => it.installedBytes >= 0 && it.wheelBytes > 0),
      version,
    );
  }

  /** The version whose wheel's size is known and that is nearest to this one. */
  nearestWheel(name: string, version: string | undefined): MeasuredVersion | undefined {
    return nearest(
      this.#versions(name).filter((it) => it.wheelBytes > 0),
      version,
    );
  }

  /** That very wheel, by its size: the same file name may be rebuilt, its bytes not. */
  measuredWheel(name: string, version: string, wheelBytes: number): MeasuredVersion | undefined {
    return this.#versions(name).find(
      (it) => it.version === version && it.wheelBytes === wheelBytes && it.installedBytes >= 0,
    );
  }

  #versions(name: string): readonly MeasuredVersion[] {
    return (this.#rows.get(name)?.[3] ?? []).map(([version, wheelBytes, installedBytes, pythonBytes]) => ({
      version,
      wheelBytes,
      installedBytes,
      pythonBytes,
    }));
  }
}

function nearest(all: readonly MeasuredVersion[], version: string | undefined): MeasuredVersion | undefined {
  if (version === undefined) return all[0];
  let best: MeasuredVersion | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const it of all) {
    const distance = versionDistance(it.version, version);
    if (distance < least) [best, least] = [it, distance];
  }
  return best;
}

/** Builds of one version for other hardware (`+cpu`, `+cu124`) are farther apart than any two versions. */
export function versionDistance(a: string, b: string): number {
  if (a === b) return 0;
  const variant = localOf(a) === localOf(b) ? 0 : 1e9;
  const [one, other] = [releaseOf(a), releaseOf(b)];
  const step = (index: number): number => Math.abs((one[index] ?? 0) - (other[index] ?? 0));
  const tie = compareVersions(a, b) === 0 ? 0 : 0.5;
  return variant + step(0) * 1e6 + Math.min(step(1), 900) * 1e3 + Math.min(step(2), 900) + tie;
}

const localOf = (version: string): string => /\+(.*)$/.exec(version)?.[1] ?? "";
