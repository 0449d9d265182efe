import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { type LockedPackage, lockOf } from "../../../core/python/lock.ts";
import { emptySurroundings } from "../../../core/python/surroundings.ts";
import { emptyWorld, type World } from "../../../core/world.ts";
import { pythonCatalogue } from "../../../scripts/catalogue.ts";

const catalogue = new PythonCatalogue(pythonCatalogue());

/** The world around a Python document whose comments `# lock: NAME VERSION` name what a lock file pins. */
export function pythonWorldOf(text: string): World {
  const packages = [...text.matchAll(/^# lock: (\S+) (\S+)$/gm)].map(
    ([, name = "", version]): LockedPackage => ({
      name,
      version,
      source: "registry",
      address: undefined,
      dependencies: undefined,
      extras: new Map(),
      groups: new Map(),
      forks: [],
      wheels: [],
      sdist: undefined,
    }),
  );
  const lock =
    packages.length === 0
      ? undefined
      : lockOf({ kind: "uv.lock", path: "uv.lock", packages, requiresPython: undefined });
  return {
    ...emptyWorld,
    python: { path: undefined, surroundings: { ...emptySurroundings, lock, catalogue } },
  };
}
