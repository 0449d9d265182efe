/** pylock.toml (PEP 751): wheels with optional sizes; who needs whom only where the tool wrote it. */
import { fileNameOf, type LockedFile, type LockedPackage, type LockReading, lockOf } from "../lock.ts";
import { MarkerCache } from "../marker-cache.ts";
import { normalised } from "../names.ts";
import { tomlValues } from "../toml/parse.ts";
import { countIn, isTable, listIn, tableIn, textIn, type Untyped } from "../untyped.ts";

export function readPylock(text: string, path: string): LockReading {
  const read = tomlValues(text);
  if (!read.ok) return read;
  const { value } = read;
  if (!/^1\./.test(textIn(value, "lock-version") ?? "")) {
    return { ok: false, why: "its lock-version is not the one known here" };
  }
  const markers = new MarkerCache();
  const packages = listIn(value, "packages").flatMap((it) => (isTable(it) ? [packageOf(it, markers)] : []));
  return {
    ok: true,
    lock: lockOf({ kind: "pylock.toml", path, packages, requiresPython: textIn(value, "requires-python") }),
  };
}

function packageOf(it: Untyped, markers: MarkerCache): LockedPackage {
  const marker = markers.read(textIn(it, "marker"));
  const [source, address] = sourceOf(it);
  const archive = isTable(it["archive"]) ? fileOf(it["archive"]) : undefined;
  return {
    name: normalised(textIn(it, "name") ?? ""),
    version: textIn(it, "version"),
    source,
    address,
    dependencies:
      "dependencies" in it
        ? listIn(it, "dependencies").map((one) => ({
            name: normalised(textIn(one, "name") ?? ""),
            version: textIn(one, "version"),
            specifier: "",
            extras: [],
            marker: markers.read(textIn(one, "marker")),
          }))
        : undefined,
    extras: new Map(),
    groups: new Map(),
    forks: marker === undefined ? [] : [marker],
    wheels: [
      ...listIn(it, "wheels").map(fileOf),
      ...(archive?.name.endsWith(".whl") === true ? [archive] : []),
    ],
    sdist: isTable(it["sdist"]) ? fileOf(it["sdist"]) : undefined,
  };
}

function sourceOf(it: Untyped): readonly [LockedPackage["source"], string | undefined] {
  if ("vcs" in it) return ["git", textIn(tableIn(it, "vcs"), "url")];
  if ("directory" in it) return ["path", textIn(tableIn(it, "directory"), "path")];
  if ("archive" in it) return ["url", textIn(tableIn(it, "archive"), "url")];
  return ["registry", textIn(it, "index")];
}

const fileOf = (it: unknown): LockedFile => ({
  name: textIn(it, "name") ?? fileNameOf(textIn(it, "url") ?? textIn(it, "path") ?? ""),
  size: countIn(it, "size"),
  url: textIn(it, "url"),
});
