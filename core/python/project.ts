/**
 * What a Python project asks for. Types that rules, hints and reports build on:
 *
 *   Requirement     one line of pyproject.toml, requirements*.txt or setup.cfg          (this file)
 *   PythonProject   all requirements of one document, extras, groups, sources           (this file)
 *   ShippedPython   what a Dockerfile installs of it, and on which base                 shipped.ts
 *   Surroundings    lock, images, files and sizes found around it                       surroundings.ts
 *   Target          interpreter and platform that it is installed for                   target.ts
 *   Lock            packages that a lock file pins, with their wheels                   lock.ts
 *   DependencyGraph who needs whom, and what goes when something goes                   graph.ts
 *   Scales, Weighed requirements, extras, groups and packages with their sizes          weigh.ts
 */
import type { Span } from "../text/span.ts";
import type { Marker } from "./markers.ts";
import { normalised } from "./names.ts";

/** `project` is what every install brings; an extra or a dependency group only when it is asked for. */
export type GroupId = "project" | `extra:${string}` | `group:${string}`;

export const extraGroup = (name: string): GroupId => `extra:${normalised(name)}`;
export const dependencyGroup = (name: string): GroupId => `group:${normalised(name)}`;

export interface Requirement {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** PEP 440; empty where any version does. */
  readonly specifier: string;
  readonly marker: Marker | undefined;
  readonly url: string | undefined;
  /** The whole element: with its quotes in a list, from key to value in a table, the line in a requirements file. */
  readonly at: Span;
  readonly nameAt: Span;
  readonly group: GroupId;
  /** The file it stands in, as the caller named that file. */
  readonly path: string;
  /** Distributions for which alone a compiled requirements file names it, by its comments `# via`; else absent. */
  readonly via?: readonly string[];
}

export interface UnreadRequirement {
  readonly text: string;
  readonly at: Span;
}

/** A line of a constraints file, or of uv's constraints and overrides. */
export type Constraint = Pick<Requirement, "name" | "specifier" | "marker">;

/** A group takes in another: `include-group`, `-r`, or an extra that names the project's own extras. */
export interface Inclusion {
  readonly group: GroupId;
  readonly includes: GroupId;
  readonly at: Span;
}

/** The key or header that opens an extra, a group or the project's own list. */
export interface GroupHeader {
  readonly group: GroupId;
  readonly at: Span;
  /** The list or table that holds its requirements. */
  readonly bodyAt: Span;
}

/** Where `[tool.uv.sources]`, poetry or PDM take a package from. */
export interface PackageOrigin {
  readonly name: string;
  readonly index: string | undefined;
  readonly kind: "index" | "git" | "url" | "path" | "workspace";
  readonly marker: Marker | undefined;
  readonly at: Span;
}

export interface PackageIndex {
  readonly name: string | undefined;
  readonly url: string;
  /** `links`: a page or folder of files (`--find-links`), no index. */
  readonly kind: "default" | "extra" | "links";
  /** Only for packages whose origin names it. */
  readonly explicit: boolean;
  readonly at: Span;
}

/** Dependencies that stand in another file, relative to this one's folder. */
export interface NamedFile {
  readonly group: GroupId;
  /** Of a project: its folder. */
  readonly path: string;
  /** Of a project, those that are asked for. */
  readonly extras?: readonly string[];
  readonly kind: "requirements" | "constraints" | "project" | "setup.cfg";
  readonly at: Span;
}

export interface PythonProject {
  readonly path: string;
  readonly kind: "pyproject" | "requirements";
  /** Normalised. */
  readonly name: string | undefined;
  readonly requiresPython: string | undefined;
  /** Who manages the dependencies, as far as the file says. */
  readonly manager: "uv" | "poetry" | "pdm" | "hatch" | "flit" | "other";
  readonly requirements: readonly Requirement[];
  readonly inclusions: readonly Inclusion[];
  readonly headers: readonly GroupHeader[];
  readonly origins: readonly PackageOrigin[];
  readonly indexes: readonly PackageIndex[];
  readonly files: readonly NamedFile[];
  /** What may be installed only in these versions, if something brings it. */
  readonly constraints: readonly Constraint[];
  /** Globs of `[tool.uv.workspace]`. */
  readonly members: readonly string[];
  /** Groups that the manager installs unless told otherwise (`dev` of uv). */
  readonly defaultGroups: readonly GroupId[];
  /** Groups of poetry that are installed only when they are asked for. */
  readonly optionalGroups: readonly GroupId[];
  /** What stands where a requirement should and is none. */
  readonly unread: readonly UnreadRequirement[];
  /** Part of the text could not be read: what is missing proves nothing. */
  readonly broken: boolean;
}

/** All groups that are installed when these are asked for. */
export function groupsWith(inclusions: readonly Inclusion[], asked: Iterable<GroupId>): ReadonlySet<GroupId> {
  const res = new Set<GroupId>();
  const waiting = [...asked];
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    if (res.has(group)) continue;
    res.add(group);
    for (const it of inclusions) if (it.group === group) waiting.push(it.includes);
  }
  return res;
}

/** Every extra and group with a header or a requirement, `project` first. */
export function groupsOf(project: Pick<PythonProject, "headers" | "requirements">): readonly GroupId[] {
  return [
    ...new Set<GroupId>([
      "project",
      ...project.headers.map((it) => it.group),
      ...project.requirements.map((it) => it.group),
    ]),
  ];
}

/** The project with the requirements of the files that it names; `fileOf` knows them by the path that is named. */
export function withNamedFiles(
  project: PythonProject,
  fileOf: (path: string) => PythonProject | undefined,
): PythonProject {
  if (project.files.length === 0) return project;
  const requirements = [...project.requirements];
  const inclusions = [...project.inclusions];
  const constraints = [...project.constraints];
  for (const { group, path, kind, extras = [] } of project.files) {
    const file = fileOf(path);
    if (file === undefined) continue;
    constraints.push(...file.constraints);
    if (kind === "constraints") {
      constraints.push(...file.requirements);
      continue;
    }
    if (kind === "project") {
      const asked = groupsWith(file.inclusions, ["project", ...extras.map(extraGroup)]);
      requirements.push(
        ...file.requirements.filter((it) => asked.has(it.group)).map((it) => ({ ...it, group })),
      );
      continue;
    }
    const regrouped = (it: GroupId): GroupId => (it === "project" ? group : it);
    requirements.push(...file.requirements.map((it) => ({ ...it, group: regrouped(it.group) })));
    inclusions.push(...file.inclusions);
  }
  return { ...project, requirements, inclusions, constraints };
}
