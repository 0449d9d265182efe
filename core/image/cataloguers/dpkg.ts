/**
 * Debian's packages: /var/lib/dpkg/status, one list of paths a package below info/ (deb-control(5), dpkg-query(1)).
 * Distroless images have a folder status.d instead, one file a package, and its md5sums beside it.
 */
import type { Cataloguer, FoundPackage, WantedFiles } from "./cataloguer.ts";
import { edgesTo, fieldsOf, linesOf } from "./metadata.ts";

const status = "var/lib/dpkg/status";
const diversions = "var/lib/dpkg/diversions";
const states = "var/lib/apt/extended_states";
const distroless = /^var\/lib\/dpkg\/status\.d\/([^/]+?)(\.md5sums)?$/;
const list = /^var\/lib\/dpkg\/info\/([^/]+)\.list$/;
/** In every other state the package's files are on the disk, perhaps not all of them. */
const absent = new Set(["not-installed", "config-files"]);

export const dpkg: Cataloguer = {
  ecosystem: "deb",
  kind: "system",
  endings: ["status", "diversions", "extended_states", ".list"],
  folders: /^var\/lib\/dpkg\/status\.d\/$/,
  wants: (path) =>
    path.startsWith("var/lib/") &&
    (path === status || path === states || path === diversions || list.test(path) || distroless.test(path)),
  catalogue(files) {
    const manual = manualMarks(files);
    const diverted = diversionsIn(files.text(diversions) ?? "");
    const troubles: { path: string; why: string }[] = [];
    const found = [...stanzasOf(files)].flatMap(({ path, fields }) => {
      const name = fields.get("Package");
      const state = fields.get("Status")?.split(" ").at(-1) ?? "";
      return name === undefined || absent.has(state) ? [] : [{ path, fields, name }];
    });
    const native = found.find((it) => it.name === "dpkg")?.fields.get("Architecture");
    const twice = repeated(found.map((it) => it.name));
    const edges = edgesTo(
      found.map(({ name, fields }) => ({ name, provides: alternatives(fields.get("Provides")).flat() })),
    );
    const packages = found.map(({ path, fields, name }): FoundPackage => {
      const architecture = fields.get("Architecture") ?? "";
      const paths = pathsOf(files, path, name, architecture);
      if (paths === undefined && path === status)
        troubles.push({ path, why: `the package ${name} has no list of files` });
      return {
        ecosystem: "deb",
        name: twice.has(name) && architecture !== native ? `${name}:${architecture}` : name,
        version: fields.get("Version") ?? "",
        files: (paths ?? []).map((it) => divertedPath(diverted, name, it)),
        dependsOn: edges(
          alternatives(fields.get("Pre-Depends")).concat(alternatives(fields.get("Depends"))),
          name,
        ),
        requested: manual?.(name) ?? null,
      };
    });
    return { packages, troubles };
  },
};

function* stanzasOf(files: WantedFiles): Iterable<{ path: string; fields: ReadonlyMap<string, string> }> {
  for (const path of files.paths) {
    const match = distroless.exec(path);
    if (path !== status && (match === null || match[2] !== undefined)) continue;
    for (const stanza of (files.text(path) ?? "").split(/\n\s*\n/)) yield { path, fields: fieldsOf(stanza) };
  }
}

/** Without leading slashes; undefined where there is no list. */
function pathsOf(
  files: WantedFiles,
  path: string,
  name: string,
  architecture: string,
): readonly string[] | undefined {
  if (path !== status) {
    const sums = files.text(`${path}.md5sums`);
    return sums === undefined ? undefined : linesOf(sums).map((it) => it.replace(/^\S+\s+(?:\.?\/)?/, ""));
  }
  const text =
    files.text(`var/lib/dpkg/info/${name}:${architecture}.list`) ??
    files.text(`var/lib/dpkg/info/${name}.list`);
  return text === undefined ? undefined : linesOf(text).map((it) => it.slice(1));
}

/** Groups of three lines: the path, where its file is instead, and the package that still has it at the path. */
function diversionsIn(text: string): ReadonlyMap<string, { readonly to: string; readonly by: string }> {
  const lines = linesOf(text);
  const res = new Map<string, { to: string; by: string }>();
  for (let at = 0; at + 2 < lines.length; at += 3) {
    const [from = "", to = "", by = ""] = lines.slice(at, at + 3);
    res.set(from.slice(1), { to: to.slice(1), by });
  }
  return res;
}

function divertedPath(diverted: ReturnType<typeof diversionsIn>, name: string, path: string): string {
  const it = diverted.get(path);
  return it === undefined || it.by === name ? path : it.to;
}

/** apt notes what it installed for others; without that file nothing is known. */
function manualMarks(files: WantedFiles): ((name: string) => boolean) | undefined {
  const text = files.text(states);
  if (text === undefined) return undefined;
  const automatic = new Set<string>();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = fieldsOf(stanza);
    if (fields.get("Auto-Installed") === "1") automatic.add(fields.get("Package") ?? "");
  }
  return (name) => !automatic.has(name);
}

/** `a (>= 1) | b, c:any` as names: one list for each part, any of which fulfils it. */
const alternatives = (field: string | undefined): readonly (readonly string[])[] =>
  (field ?? "")
    .split(",")
    .map((it) => it.split("|").flatMap((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.slice(1) ?? []));

function repeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(names.filter((it) => seen.size === seen.add(it).size));
}
