/**
 * Node's packages: node_modules/NAME/package.json and all below it, nested trees, pnpm's store (`.pnpm/NAME@VERSION/
 * node_modules/NAME`, to which links lead) and yarn's zipped ones (`.yarn/cache/NAME-npm-VERSION-HASH.zip`). What a
 * project's own package.json beside node_modules names was asked for, and so was what lies in a global tree.
 */
import type { Cataloguer, FoundPackage, ImageFacts, WantedFiles } from "./cataloguer.ts";
import { edgesTo, jsonRecord, parentOf, recordOf, textIn } from "./metadata.ts";

const installed = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/;
const global = /^(?:.*\/)?lib\/node_modules\/(?:@[^/]+\/)?[^/]+$/;
/** In a stream the content may have passed under its name in pnpm's store, where nobody knew what it was. */
const storedVersion = /(?:^|\/)\.pnpm\/@?[^/@]+@([^/_(]+)[^/]*\/node_modules\/(?:@[^/]+\/)?[^/]+$/;
const zipped =
  /(?:^|\/)\.yarn\/(?:berry\/)?cache\/((?:@[^/]+?-)?[^/]+?)-npm-(.+?)-[0-9a-f]{6,}(?:-[0-9a-f]+|-\d+)*\.zip$/;

export const npm: Cataloguer = {
  ecosystem: "npm",
  kind: "language",
  endings: ["package.json"],
  // Zipped packages are told by their names alone; their content stays unread.
  wants: (path) => path === "package.json" || path.endsWith("/package.json"),
  catalogue(files, image) {
    const troubles: { path: string; why: string }[] = [];
    const folders = new Map<
      string,
      { readonly name: string; readonly record: Readonly<Record<string, unknown>> }
    >();
    for (const path of files.paths) {
      const name = installed.exec(path)?.[1];
      if (name === undefined) continue;
      const text = files.text(path);
      const record = jsonRecord(text);
      if (record === undefined && text !== undefined)
        troubles.push({ path, why: "this package.json is no JSON object" });
      folders.set(parentOf(path), { name: textIn(record?.["name"]) ?? name, record: record ?? {} });
    }
    const asked = askedFor(files, image);
    const edges = edgesTo([...folders.values()].map(({ name }) => ({ name, provides: [] })));
    const packages = [...folders].map(
      ([folder, { name, record }]): FoundPackage => ({
        ecosystem: "npm",
        name,
        version: textIn(record["version"]) ?? storedVersion.exec(folder)?.[1] ?? "",
        files: [],
        folders: [folder],
        dependsOn: edges(
          ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((it) =>
            Object.keys(recordOf(record[it]) ?? {}).map((needed) => [needed]),
          ),
          name,
        ),
        requested: requestedIn(folder, asked),
      }),
    );
    return { packages: [...packages, ...zippedPackages(image)], troubles };
  },
};

interface Asked {
  /** Folders of projects: those with a package.json of their own beside node_modules. */
  readonly projects: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

function askedFor(files: WantedFiles, image: ImageFacts): Asked {
  const projects = new Set<string>();
  const folders = new Set<string>();
  for (const path of files.paths) {
    if (!(path === "package.json" || path.endsWith("/package.json")) || /(?:^|\/)node_modules\//.test(path))
      continue;
    const project = parentOf(path);
    projects.add(project);
    const record = jsonRecord(files.text(path));
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
      for (const name of Object.keys(recordOf(record?.[kind]) ?? {}))
        folders.add(
          image.resolved(project === "" ? `node_modules/${name}` : `${project}/node_modules/${name}`),
        );
    }
  }
  return { projects, folders };
}

/** Null where no project and no global tree says it. */
function requestedIn(folder: string, { projects, folders }: Asked): boolean | null {
  if (folders.has(folder)) return true;
  const top = folder.replace(/\/?(?:^|(?<=\/))node_modules\/.*$/, "").replace(/\/$/, "");
  if (projects.has(top)) return false;
  const isGlobal = /(?:^|\/)lib$/.test(top);
  return isGlobal ? global.test(folder) && folder.split("node_modules/").length === 2 : null;
}

const zippedPackages = (image: ImageFacts): readonly FoundPackage[] =>
  image.probed.flatMap(({ path }) => {
    const match = zipped.exec(path);
    if (match === null) return [];
    const [, name = "", version = ""] = match;
    const scoped = name.startsWith("@") ? name.replace("-", "/") : name;
    return [{ ecosystem: "npm", name: scoped, version, files: [path], dependsOn: [], requested: null }];
  });
