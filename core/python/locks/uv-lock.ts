/** uv.lock: forks by marker, extras, groups, and the size of each wheel where the index told it. */
import {
  fileNameOf,
  type LockedDependency,
  type LockedFile,
  type LockedPackage,
  type LockReading,
  lockOf,
} from "../lock.ts";
import { MarkerCache } from "../marker-cache.ts";
import type { Marker } from "../markers.ts";
import { normalised } from "../names.ts";
import { tomlValues } from "../toml/parse.ts";
import { countIn, isTable, listIn, tableIn, textIn, textsIn, type Untyped } from "../untyped.ts";

export function readUvLock(text: string, path: string): LockReading {
  const read = tomlValues(text);
  if (!read.ok) return read;
  const { value } = read;
  if (!isTable(value) || value["version"] !== 1)
    return { ok: false, why: "its version is not the one known here" };
  const markers = new MarkerCache();
  const packages = listIn(value, "package").flatMap((it) => (isTable(it) ? [packageOf(it, markers)] : []));
  return {
    ok: true,
    lock: lockOf({ kind: "uv.lock", path, packages, requiresPython: textIn(value, "requires-python") }),
  };
}

const origins = [
  ["registry", "registry"],
  ["url", "url"],
  ["git", "git"],
  ["path", "path"],
  ["directory", "path"],
  ["editable", "project"],
  ["virtual", "project"],
] as const;

function packageOf(it: Untyped, markers: MarkerCache): LockedPackage {
  const source = tableIn(it, "source");
  const [key, kind] = origins.find(([name]) => name in source) ?? ["registry", "registry"];
  return {
    name: normalised(textIn(it, "name") ?? ""),
    version: textIn(it, "version"),
    source: kind,
    address: textIn(source, key),
    dependencies: dependenciesIn(listIn(it, "dependencies"), markers),
    extras: listsOf(tableIn(it, "optional-dependencies"), markers),
    groups: listsOf({ ...tableIn(it, "dependency-groups"), ...tableIn(it, "dev-dependencies") }, markers),
    forks: textsIn(it, "resolution-markers").flatMap((one): Marker[] => {
      const marker = markers.read(one);
      return marker === undefined ? [] : [marker];
    }),
    wheels: listIn(it, "wheels").map(fileOf),
    sdist: isTable(it["sdist"]) ? fileOf(it["sdist"]) : undefined,
  };
}

function dependenciesIn(list: readonly unknown[], markers: MarkerCache): readonly LockedDependency[] {
  return list.map((it) => ({
    name: normalised(textIn(it, "name") ?? ""),
    version: textIn(it, "version"),
    specifier: "",
    extras: textsIn(it, "extra").map(normalised),
    marker: markers.read(textIn(it, "marker")),
  }));
}

function listsOf(table: Untyped, markers: MarkerCache): ReadonlyMap<string, readonly LockedDependency[]> {
  return new Map(
    Object.keys(table).map((key) => [normalised(key), dependenciesIn(listIn(table, key), markers)]),
  );
}

const fileOf = (it: unknown): LockedFile => ({
  name: textIn(it, "filename") ?? fileNameOf(textIn(it, "url") ?? textIn(it, "path") ?? ""),
  size: countIn(it, "size"),
  url: textIn(it, "url"),
});
