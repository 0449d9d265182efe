/** pdm.lock. It has no sizes; a package with extras is an entry of its own beside the plain one. */
import { type LockedDependency, type LockedPackage, type LockReading, lockOf } from "../lock.ts";
import { MarkerCache } from "../marker-cache.ts";
import { normalised } from "../names.ts";
import { tomlValues } from "../toml/parse.ts";
import { isTable, listIn, tableIn, textIn, textsIn, type Untyped } from "../untyped.ts";
import { dependencyFrom, unsizedFile } from "./lock-entries.ts";

export function readPdmLock(text: string, path: string): LockReading {
  const read = tomlValues(text);
  if (!read.ok) return read;
  const metadata = tableIn(read.value, "metadata");
  const entries = listIn(read.value, "package").filter(isTable);
  if (entries.length === 0 && Object.keys(metadata).length === 0) {
    return { ok: false, why: "it has neither packages nor metadata" };
  }
  const files = tableIn(metadata, "files");
  const markers = new MarkerCache();
  const packages = entries.filter((it) => textsIn(it, "extras").length === 0);
  const withExtras = entries.filter((it) => textsIn(it, "extras").length > 0);
  return {
    ok: true,
    lock: lockOf({
      kind: "pdm.lock",
      path,
      packages: packages.map((it) => packageOf(it, withExtras, markers, files)),
      requiresPython: textIn(listIn(metadata, "targets")[0], "requires_python"),
    }),
  };
}

function packageOf(
  it: Untyped,
  withExtras: readonly Untyped[],
  markers: MarkerCache,
  allFiles: Untyped,
): LockedPackage {
  const [name = "", version = ""] = [textIn(it, "name"), textIn(it, "version")];
  const listed = listIn(it, "files");
  // Before lock version 4.2 the files of all packages stood in one table.
  const files = (listed.length > 0 ? listed : listIn(allFiles, `${name} ${version}`)).map(unsizedFile);
  const marker = markers.read(textIn(it, "marker"));
  const [source, address] = sourceOf(it);
  const extras = new Map<string, readonly LockedDependency[]>();
  for (const one of withExtras) {
    if (textIn(one, "name") !== name || textIn(one, "version") !== version) continue;
    const needs = dependenciesOf(one, markers).filter((dependency) => dependency.name !== normalised(name));
    for (const extra of textsIn(one, "extras")) {
      extras.set(normalised(extra), [...(extras.get(normalised(extra)) ?? []), ...needs]);
    }
  }
  return {
    name: normalised(name),
    version,
    source,
    address,
    dependencies: dependenciesOf(it, markers),
    extras,
    groups: new Map(),
    forks: marker === undefined ? [] : [marker],
    wheels: files.filter((one) => one.name.endsWith(".whl")),
    sdist: files.find((one) => !one.name.endsWith(".whl")),
  };
}

function sourceOf(it: Untyped): readonly [LockedPackage["source"], string | undefined] {
  for (const kind of ["git", "url", "path"] as const) {
    const address = textIn(it, kind);
    if (address !== undefined) return [kind, address];
  }
  return ["registry", undefined];
}

const dependenciesOf = (it: Untyped, markers: MarkerCache): readonly LockedDependency[] =>
  textsIn(it, "dependencies").flatMap((text) => dependencyFrom(text, markers));
