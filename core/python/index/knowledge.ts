/** What package indexes told: values only. */
import type { GraphNode } from "../graph.ts";
import { compareVersions, isPreRelease, satisfies } from "../versions.ts";
import { bestWheel, type Platform } from "../wheel.ts";
import type { IndexedWheel } from "./simple-api.ts";

/** What a wheel's own directory, or its METADATA, says. */
export interface KnownWheel {
  /** Of all its files unpacked; undefined: its directory could not be read. */
  readonly unpacked: number | undefined;
  /** Of its modules in source, unpacked. */
  readonly pythonBytes: number | undefined;
  /** Of the wheel itself. */
  readonly size: number | undefined;
  /** PEP 508 texts; undefined: not read. */
  readonly requires: readonly string[] | undefined;
  /** What programs import of it, dotted; empty: not read. */
  readonly modules: readonly string[];
}

export interface IndexKnowledge {
  /** Wheels of each project that was asked for, newest first; empty: no index has any. */
  readonly listings: ReadonlyMap<string, readonly IndexedWheel[]>;
  /** By address. */
  readonly wheels: ReadonlyMap<string, KnownWheel>;
}

export const emptyKnowledge: IndexKnowledge = { listings: new Map(), wheels: new Map() };

/** The newest version that the target can install, as pip chooses: pre-releases only where there is nothing else. */
export function newestFor(
  wheels: readonly IndexedWheel[],
  specifier: string,
  platform: Platform & { readonly fullPython: string },
): string | undefined {
  const fitting = wheels.filter(
    (it) =>
      satisfies(it.version, specifier) &&
      (it.requiresPython === undefined || satisfies(platform.fullPython, it.requiresPython)),
  );
  const versions = [...new Set(fitting.map((it) => it.version))].sort((a, b) => compareVersions(b, a));
  const installable = versions.filter(
    (version) =>
      bestWheel(
        fitting.filter((it) => it.version === version),
        platform,
      ) !== undefined,
  );
  return installable.find((it) => !isPreRelease(it)) ?? installable[0];
}

/** A wheel whose address is known. */
export interface Addressed {
  readonly name: string;
  readonly url: string;
  readonly size: number | undefined;
  readonly metadata: boolean;
  /** Its size is the index's word, not a lock's. */
  readonly listed: boolean;
}

/** The wheel of a distribution that the target takes: the lock's, else the index's. */
export function wheelOf(
  { name, version, locked }: GraphNode,
  { listings }: IndexKnowledge,
  platform: Platform,
): Addressed | undefined {
  const own = bestWheel(locked?.wheels ?? [], platform);
  if (own?.url !== undefined)
    return { name: own.name, url: own.url, size: own.size, metadata: false, listed: false };
  if (locked !== undefined && locked.source !== "registry") return undefined;
  const listed = bestWheel(
    (listings.get(name) ?? []).filter((it) => it.version === version),
    platform,
  );
  return listed && { ...listed, listed: true };
}
