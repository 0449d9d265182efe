/**
 * Python's distributions: NAME-VERSION.dist-info with METADATA, RECORD and REQUESTED (PEP 376, PEP 627), older
 * NAME.egg-info folders and files, eggs, and editable installs, whose files lie in a project's folder. Each folder of
 * packages is a world of its own: the same distribution may be installed in several of them.
 */
import type { Cataloguer, FoundPackage, WantedFiles } from "./cataloguer.ts";
import { edgesTo, fieldsOf, linesOf, parentOf, pathFrom } from "./metadata.ts";
import { type Editables, editableEndings, editablesIn, editableWants } from "./python-editable.ts";
import { enabledRequirements, normalisedName } from "./python-requirements.ts";

const metadata =
  /^(?:(.*)\/)?[^/]+(?:\.dist-info\/METADATA|\.egg-info\/PKG-INFO|\.egg-info|\.egg\/EGG-INFO\/PKG-INFO)$/;
const wanted =
  /\.(?:dist-info\/(?:METADATA|RECORD|REQUESTED|direct_url\.json|top_level\.txt)|egg-info(?:\/(?:PKG-INFO|SOURCES\.txt|installed-files\.txt|top_level\.txt|requires\.txt))?|egg\/EGG-INFO\/(?:PKG-INFO|requires\.txt))$/;
/** uv unpacks wheels into its cache and links or copies them from there. */
const cached = /(?:^|\/)(?:\.cache|uv-cache|archive-v\d+)\//;
/** Where the import system looks; an egg-info elsewhere is a project's own, installed only if something points there. */
const sites = /(?:^|\/)(?:site|dist)-packages$/;

interface Found {
  /** Its METADATA or PKG-INFO. */
  readonly path: string;
  readonly site: string;
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly requirements: readonly string[];
  readonly requested: boolean | null;
}

export const python: Cataloguer = {
  ecosystem: "python",
  kind: "language",
  endings: [
    ...["METADATA", "RECORD", "REQUESTED", "direct_url.json", "top_level.txt"],
    ...["PKG-INFO", "SOURCES.txt", "installed-files.txt", "requires.txt", ".egg-info"],
    ...editableEndings,
  ],
  wants: (path) => wanted.test(path) || editableWants(path),
  catalogue(files) {
    const troubles: { path: string; why: string }[] = [];
    const editables = editablesIn(files);
    const found = [...files.paths].flatMap((path): Found[] => {
      const site = metadata.exec(path);
      if (site === null || cached.test(path)) return [];
      const fields = fieldsOf(files.text(path) ?? "");
      const name = fields.get("Name");
      if (name === undefined) {
        troubles.push({ path, why: "no Name in the metadata of this distribution" });
        return [];
      }
      const what = { path, site: site[1] ?? "", name, version: fields.get("Version") ?? "" };
      return [...foundIn(files, what, editables, troubles)];
    });
    const worlds = new Set(found.map((it) => it.site));
    return { packages: [...worlds].flatMap((site) => worldOf(found, site)), troubles };
  },
};

function foundIn(
  files: WantedFiles,
  what: Pick<Found, "path" | "site" | "name" | "version">,
  editables: Editables,
  troubles: { path: string; why: string }[],
): readonly Found[] {
  const { path, site } = what;
  const folder = parentOf(path);
  const text = files.text(path) ?? "";
  if (path.endsWith(".dist-info/METADATA")) {
    const record = files.text(`${folder}/RECORD`);
    if (record === undefined)
      troubles.push({ path, why: `the distribution ${what.name} has no RECORD of its files` });
    const recorded = record === undefined ? undefined : recordedPaths(record, site);
    const own = record === undefined ? topLevel(files, folder, site) : { files: recorded ?? [], folders: [] };
    const editable = editables.of(files.text(`${folder}/direct_url.json`), what.name, recorded ?? []);
    return [
      {
        ...what,
        files: [...own.files, ...editable.files],
        folders: [...own.folders, ...editable.folders, folder],
        requirements: [...text.matchAll(/^Requires-Dist: (.+)$/gm)].map((it) => it[1] ?? ""),
        requested: files.has(`${folder}/REQUESTED`),
      },
    ];
  }
  const requirements = eggRequirements(files.text(`${folder}/requires.txt`) ?? "");
  if (path.endsWith("/EGG-INFO/PKG-INFO"))
    return [{ ...what, files: [], folders: [parentOf(folder)], requirements, requested: null }];
  const isFolder = path.endsWith("/PKG-INFO");
  const linked = editables.linkTo(site);
  if (!sites.test(site) && linked === undefined) return [];
  const own = isFolder ? eggFiles(files, folder, site) : { files: [], folders: [] };
  return [
    {
      ...what,
      site: linked?.site ?? site,
      files: [path, ...own.files, ...(linked === undefined ? [] : [linked.path])],
      folders: isFolder ? [folder, ...own.folders] : [],
      requirements,
      requested: null,
    },
  ];
}

/** `installed-files.txt` counts from the egg-info folder, `SOURCES.txt` from the project's folder, which may be one higher. */
function eggFiles(files: WantedFiles, folder: string, site: string): ReturnType<typeof topLevel> {
  const installed = files.text(`${folder}/installed-files.txt`);
  if (installed !== undefined)
    return { files: linesOf(installed).map((it) => pathFrom(folder, it)), folders: [] };
  const sources = files.text(`${folder}/SOURCES.txt`);
  if (sources === undefined || sites.test(site)) return topLevel(files, folder, site);
  return {
    files: linesOf(sources).flatMap((it) => [pathFrom(site, it), pathFrom(parentOf(site), it)]),
    folders: [],
  };
}

/** Without a list of files: the modules and packages that top_level.txt names. */
function topLevel(
  files: WantedFiles,
  folder: string,
  site: string,
): { readonly files: readonly string[]; readonly folders: readonly string[] } {
  const names = linesOf(files.text(`${folder}/top_level.txt`) ?? "").filter((it) => /^\w+$/.test(it));
  return {
    files: names.map((it) => pathFrom(site, `${it}.py`)),
    folders: names.map((it) => pathFrom(site, it)),
  };
}

/** Lines `PATH,HASH,SIZE`, the path quoted where it holds a comma, relative to the folder above. */
function recordedPaths(record: string, site: string): readonly string[] {
  const res: string[] = [];
  let comma = -1;
  for (let start = 0; start < record.length; ) {
    const end = indexOrEnd(record, "\n", start);
    if (comma < start) comma = indexOrEnd(record, ",", start);
    const path = record.startsWith('"', start)
      ? /^"((?:[^"]|"")*)"/.exec(record.slice(start, end))?.[1]?.replaceAll('""', '"')
      : record.slice(start, Math.min(comma, end));
    if (path !== undefined && path.trim() !== "")
      res.push(pathFrom(site, path.endsWith("\r") ? path.slice(0, -1) : path));
    start = end + 1;
  }
  return res;
}

function indexOrEnd(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at;
}

/** Sections `[extra]` or `[extra:marker]` of requires.txt as requirements with markers. */
function eggRequirements(text: string): readonly string[] {
  let marker = "";
  return linesOf(text).flatMap((line) => {
    const section = /^\[([^:\]]*):?(.*)\]$/.exec(line.trim());
    if (section === null) return [marker === "" ? line : `${line}; ${marker}`];
    const parts = [section[1] === "" ? "" : `extra == "${section[1]}"`, section[2] ?? ""];
    marker = parts.filter((it) => it !== "").join(" and ");
    return [];
  });
}

function worldOf(all: readonly Found[], site: string): readonly FoundPackage[] {
  const found = all.filter((it) => it.site === site);
  const byName = new Map(found.map((it) => [normalisedName(it.name), it.name]));
  const edges = edgesTo([...byName.keys()].map((name) => ({ name, provides: [] })));
  const enabled = enabledRequirements(found);
  return found.map(({ name, version, files, folders, requested }) => ({
    ecosystem: "python",
    name,
    version,
    files,
    folders,
    dependsOn: edges(
      (enabled.get(normalisedName(name)) ?? []).map((it) => [it]),
      normalisedName(name),
    ).map((it) => byName.get(it) ?? it),
    requested,
  }));
}
