/** poetry.lock of Poetry 1.x and 2.x. It has no sizes; extras of a package name optional dependencies. */
import { type LockedDependency, type LockedPackage, type LockReading, lockOf } from "../lock.ts";
import { MarkerCache } from "../marker-cache.ts";
import { type Marker, withoutExtras } from "../markers.ts";
import { normalised } from "../names.ts";
import { tomlValues } from "../toml/parse.ts";
import { isTable, listIn, tableIn, textIn, textsIn, type Untyped } from "../untyped.ts";
import { fromPoetryConstraint } from "../versions.ts";
import { dependencyFrom, unsizedFile } from "./lock-entries.ts";

export function readPoetryLock(text: string, path: string): LockReading {
  const read = tomlValues(text);
  if (!read.ok) return read;
  const { value } = read;
  const metadata = tableIn(value, "metadata");
  if (!isTable(value) || (!("metadata" in value) && !("package" in value))) {
    return { ok: false, why: "it has neither packages nor metadata" };
  }
  const markers = new MarkerCache();
  const files = tableIn(metadata, "files");
  const packages = listIn(value, "package").flatMap((it) =>
    isTable(it) ? [packageOf(it, markers, files)] : [],
  );
  const requiresPython = fromPoetryConstraint(textIn(metadata, "python-versions") ?? "");
  return { ok: true, lock: lockOf({ kind: "poetry.lock", path, packages, requiresPython }) };
}

/** What `type` of a source means; an index where there is none. */
const sources: Readonly<Record<string, LockedPackage["source"]>> = {
  git: "git",
  url: "url",
  file: "path",
  directory: "path",
};

function packageOf(it: Untyped, markers: MarkerCache, allFiles: Untyped): LockedPackage {
  const name = textIn(it, "name") ?? "";
  const source = tableIn(it, "source");
  const own = dependenciesOf(tableIn(it, "dependencies"), markers);
  // Before 1.3 the files of all packages stood in one table.
  const listed = listIn(it, "files");
  const files = (listed.length > 0 ? listed : listIn(allFiles, name)).map(unsizedFile);
  const forks = markersOf(it, markers);
  return {
    name: normalised(name),
    version: textIn(it, "version"),
    source: sources[textIn(source, "type") ?? ""] ?? "registry",
    address: textIn(source, "url"),
    dependencies: own.filter((one) => !one.optional),
    extras: extrasOf(tableIn(it, "extras"), own, markers),
    groups: new Map(),
    forks,
    wheels: files.filter((one) => one.name.endsWith(".whl")),
    sdist: files.find((one) => !one.name.endsWith(".whl")),
  };
}

/** One marker, or one for each group. */
function markersOf(it: Untyped, markers: MarkerCache): readonly Marker[] {
  const given = it["markers"];
  const texts = typeof given === "string" ? [given] : isTable(given) ? Object.values(given) : [];
  return texts.flatMap((one) => (typeof one === "string" ? (markers.read(one) ?? []) : []));
}

type PoetryDependency = LockedDependency & { readonly optional: boolean };

function dependenciesOf(table: Untyped, markers: MarkerCache): readonly PoetryDependency[] {
  return Object.entries(table).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).map((it: unknown) => {
      const version = typeof it === "string" ? it : textIn(it, "version");
      const marker = markers.read(textIn(it, "markers"));
      return {
        name: normalised(name),
        version: undefined,
        specifier: fromPoetryConstraint(version ?? "") ?? "",
        extras: textsIn(it, "extras").map(normalised),
        // Which extra asks for it stands in the table of extras.
        marker: marker === undefined ? undefined : withoutExtras(marker),
        optional: isTable(it) && it["optional"] === true,
      };
    }),
  );
}

function extrasOf(
  table: Untyped,
  own: readonly PoetryDependency[],
  markers: MarkerCache,
): ReadonlyMap<string, readonly LockedDependency[]> {
  return new Map(
    Object.keys(table).map((extra) => [
      normalised(extra),
      textsIn(table, extra).flatMap((text): readonly LockedDependency[] => {
        const [asked] = dependencyFrom(text, markers);
        if (asked === undefined) return [];
        const known = own.filter((it) => it.name === asked.name);
        return known.length > 0 ? known : [asked];
      }),
    ]),
  );
}
