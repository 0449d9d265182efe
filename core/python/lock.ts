/** What a lock file pins. Invariant: values only; what a lock does not say is undefined, never a guess. */
import type { Marker } from "./markers.ts";

export type LockKind = "uv.lock" | "pylock.toml" | "poetry.lock" | "pdm.lock";

export interface LockedDependency {
  /** Normalised. */
  readonly name: string;
  /** Of several locked versions the one that is meant; undefined: the one whose forks hold. */
  readonly version: string | undefined;
  /** PEP 440; empty where the lock does not repeat it. */
  readonly specifier: string;
  readonly extras: readonly string[];
  readonly marker: Marker | undefined;
}

/** A wheel or source distribution. */
export interface LockedFile {
  /** File name. */
  readonly name: string;
  /** Bytes; undefined where the lock has none (poetry, PDM, the PyTorch index). */
  readonly size: number | undefined;
  /** Where it is fetched from; undefined where the lock does not say (poetry, PDM). */
  readonly url: string | undefined;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string | undefined;
  /** `project`: the locked project or a member of its workspace. */
  readonly source: "registry" | "url" | "git" | "path" | "project";
  /** Address of the index, the file or the repository, as the lock has it. */
  readonly address: string | undefined;
  /** Undefined: the lock does not say who needs whom. */
  readonly dependencies: readonly LockedDependency[] | undefined;
  readonly extras: ReadonlyMap<string, readonly LockedDependency[]>;
  readonly groups: ReadonlyMap<string, readonly LockedDependency[]>;
  /** It is installed where one of these holds; none: everywhere. */
  readonly forks: readonly Marker[];
  readonly wheels: readonly LockedFile[];
  readonly sdist: LockedFile | undefined;
}

export interface Lock {
  readonly kind: LockKind;
  /** As the caller named the file. */
  readonly path: string;
  readonly packages: readonly LockedPackage[];
  readonly byName: ReadonlyMap<string, readonly LockedPackage[]>;
  readonly requiresPython: string | undefined;
}

export type LockReading =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly why: string };

export function lockOf(lock: Omit<Lock, "byName">): Lock {
  const byName = new Map<string, LockedPackage[]>();
  for (const it of lock.packages) {
    const known = byName.get(it.name);
    if (known === undefined) byName.set(it.name, [it]);
    else known.push(it);
  }
  return { ...lock, byName };
}

/** Bare file name of an address; a lock has tens of thousands of them. */
export function fileNameOf(address: string): string {
  const end = address.search(/[?#]/);
  const path = end === -1 ? address : address.slice(0, end);
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name.includes("%") ? decoded(name) : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
