import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { namesToLookFor } from "../../../core/python/heavy.ts";
import { type LockedPackage, lockOf } from "../../../core/python/lock.ts";
import { readPythonText } from "../../../core/python/python-facts.ts";
import { type SourceUse, usesIn } from "../../../core/python/source-use.ts";
import { emptySurroundings, type PythonSurroundings } from "../../../core/python/surroundings.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { emptyWorld, type World } from "../../../core/world.ts";
import { pythonCatalogue } from "../../../scripts/catalogue.ts";

const catalogue = new PythonCatalogue(pythonCatalogue());

/**
 * The world around a Python document whose comments say what lies around it: `# lock: NAME VERSION` what a lock file pins,
 * `# source: CODE` what one of the project's Python files says.
 */
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
  const surroundings = { ...emptySurroundings, lock, catalogue };
  return {
    ...emptyWorld,
    python: { path: undefined, surroundings: { ...surroundings, sources: sourcesOf(text, surroundings) } },
  };
}

function sourcesOf(text: string, surroundings: PythonSurroundings): SourceUse | undefined {
  const files = [...text.matchAll(/^# source: (.*)$/gm)].map(([, code = ""]) => code);
  if (files.length === 0) return undefined;
  const kind = /^\[/m.test(text) ? "pyproject" : "requirements";
  const { project } = readPythonText(kind, text, new TomlReader());
  const asked = namesToLookFor("", project, surroundings) ?? new Set<string>();
  const uses = files.map((it) => usesIn(it, true, asked));
  return {
    asked,
    mentioned: new Set(uses.flatMap((it) => it.mentioned)),
    dynamic: uses.some((it) => it.dynamic),
    complete: true,
    files: files.length,
  };
}
