/**
 * Editable installs: the distribution's own files lie in a project's folder. New ones (PEP 660) note the project in
 * direct_url.json (PEP 610) and come by a .pth file or an import hook; old ones leave NAME.egg-link and a line in
 * easy-install.pth.
 */
import type { WantedFiles } from "./cataloguer.ts";
import { jsonRecord, linesOf, parentOf, pathFrom, recordOf, textIn } from "./metadata.ts";
import { normalisedName } from "./python-requirements.ts";

const link = /\.egg-link$/;
const paths = /(?:^|\/)(?:site|dist)-packages\/[^/]+\.pth$/;
const finder = /(?:^|\/)__editable___[^/]+_finder\.py$/;

export const editableEndings = [".egg-link", ".pth", "_finder.py"];

export const editableWants = (path: string): boolean =>
  link.test(path) || paths.test(path) || finder.test(path);

export interface OwnSources {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface Editables {
  /** Sources of a distribution with this direct_url.json and these recorded files. */
  of(directUrl: string | undefined, name: string, recorded: readonly string[]): OwnSources;
  /** The .egg-link that leads to a folder with an egg-info, and the folder of packages that it lies in. */
  linkTo(folder: string): { readonly path: string; readonly site: string } | undefined;
}

export function editablesIn(files: WantedFiles): Editables {
  const links = new Map<string, { path: string; site: string }>();
  for (const path of files.paths) {
    if (!link.test(path)) continue;
    const to = linesOf(files.text(path) ?? "")[0];
    if (to?.startsWith("/") === true) links.set(pathFrom("", to.trim()), { path, site: parentOf(path) });
  }
  return {
    linkTo: (folder) => links.get(folder),
    of: (directUrl, name, recorded) => {
      const project = projectOf(directUrl);
      if (project === undefined) return { files: [], folders: [] };
      const all = recorded.map((path) => sourcesBy(files, path, project, name));
      return { files: all.flatMap((it) => it.files), folders: all.flatMap((it) => it.folders) };
    },
  };
}

function projectOf(directUrl: string | undefined): string | undefined {
  const it = jsonRecord(directUrl);
  const url = textIn(it?.["url"]);
  if (recordOf(it?.["dir_info"])?.["editable"] !== true || url?.startsWith("file:///") !== true)
    return undefined;
  try {
    return pathFrom("", decodeURIComponent(url.slice("file://".length)));
  } catch {
    return undefined;
  }
}

/** What one of its files in the folder of packages says of where the sources are. */
function sourcesBy(files: WantedFiles, path: string, project: string, name: string): OwnSources {
  const text = paths.test(path) || finder.test(path) ? (files.text(path) ?? "") : "";
  if (finder.test(path)) {
    const mapping = /^MAPPING[^={]*=\s*\{([^}]*)\}/m.exec(text)?.[1] ?? "";
    const targets = [...mapping.matchAll(/:\s*['"]\/([^'"]+)['"]/g)].map((it) => it[1] ?? "");
    return { files: targets.map((it) => `${it}.py`), folders: targets };
  }
  const folders = linesOf(text).flatMap((it) => (it.startsWith("/") ? [pathFrom("", it.trim())] : []));
  // In a folder of sources all is the distribution's; in a project's root only its modules are.
  const modules = [normalisedName(name).replaceAll("-", "_"), name];
  return {
    files: folders.flatMap((it) => modules.map((module) => pathFrom(it, `${module}.py`))),
    folders: folders.flatMap((it) => (it === project ? modules.map((module) => pathFrom(it, module)) : [it])),
  };
}
