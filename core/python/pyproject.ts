/** pyproject.toml: PEP 621 and 735, uv, poetry, PDM, hatch and flit. Invariant: total; what is odd is left out. */
import type { Span } from "../text/span.ts";
import { readMarker } from "./markers.ts";
import { normalised } from "./names.ts";
import type {
  GroupHeader,
  GroupId,
  Inclusion,
  NamedFile,
  PackageIndex,
  PackageOrigin,
  PythonProject,
  Requirement,
} from "./project.ts";
import { readRequirement } from "./requirement-text.ts";
import {
  entriesAt,
  itemsAt,
  type TomlDocument,
  type TomlEntry,
  type TomlNode,
  type TomlTable,
  textAt,
  tomlAt,
} from "./toml.ts";
import { fromPoetryConstraint } from "./versions.ts";

export function readPyproject(document: TomlDocument, path: string): PythonProject {
  const { root } = document;
  const found: Found = { path, requirements: [], inclusions: [], headers: [], files: [] };
  const name = nameIn(root);
  readStandard(root, found, name);
  readGroups(root, found);
  readUv(root, found);
  const poetry = readPoetry(root, found);
  readPdm(root, found);
  readHatch(root, found);
  readFlit(root, found);
  readDynamic(root, found);
  return {
    path,
    kind: "pyproject",
    name,
    requiresPython:
      textAt(root, "project", "requires-python") ??
      poetry.requiresPython ??
      textAt(root, "tool", "flit", "metadata", "requires-python"),
    manager: managerIn(root),
    requirements: found.requirements,
    inclusions: found.inclusions,
    headers: found.headers,
    origins: originsIn(root),
    indexes: indexesIn(root),
    files: found.files,
    members: itemsAt(root, "tool", "uv", "workspace", "members").flatMap((it) =>
      it.kind === "text" ? [it.value] : [],
    ),
    defaultGroups: defaultGroupsIn(root),
    optionalGroups: entriesAt(root, "tool", "poetry", "group").flatMap((it) => {
      const optional = tomlAt(it.value, "optional");
      return optional?.kind === "other" && optional.value === true ? [dependencyGroup(it.key)] : [];
    }),
    broken: document.broken,
  };
}

interface Found {
  readonly path: string;
  readonly requirements: Requirement[];
  readonly inclusions: Inclusion[];
  readonly headers: GroupHeader[];
  readonly files: NamedFile[];
}

export const extraGroup = (name: string): GroupId => `extra:${normalised(name)}`;
export const dependencyGroup = (name: string): GroupId => `group:${normalised(name)}`;

function nameIn(root: TomlTable): string | undefined {
  const name =
    textAt(root, "project", "name") ??
    textAt(root, "tool", "poetry", "name") ??
    textAt(root, "tool", "flit", "metadata", "dist-name") ??
    textAt(root, "tool", "flit", "metadata", "module");
  return name === undefined ? undefined : normalised(name);
}

function readStandard(root: TomlTable, found: Found, name: string | undefined): void {
  const dependencies = entryAt(root, "project", "dependencies");
  if (dependencies !== undefined) readList(found, "project", dependencies, name);
  for (const it of entriesAt(root, "project", "optional-dependencies")) {
    readList(found, extraGroup(it.key), it, name);
  }
}

function readGroups(root: TomlTable, found: Found): void {
  for (const it of entriesAt(root, "dependency-groups"))
    readList(found, dependencyGroup(it.key), it, undefined);
}

function readUv(root: TomlTable, found: Found): void {
  const dev = entryAt(root, "tool", "uv", "dev-dependencies");
  if (dev !== undefined) readList(found, "group:dev", dev, undefined);
}

function readPdm(root: TomlTable, found: Found): void {
  for (const it of entriesAt(root, "tool", "pdm", "dev-dependencies")) {
    readList(found, dependencyGroup(it.key), it, undefined);
  }
}

function readHatch(root: TomlTable, found: Found): void {
  for (const environment of entriesAt(root, "tool", "hatch", "envs")) {
    for (const key of ["dependencies", "extra-dependencies"]) {
      const list = entryAt(environment.value, key);
      if (list !== undefined) readList(found, dependencyGroup(environment.key), list, undefined);
    }
  }
}

function readFlit(root: TomlTable, found: Found): void {
  const own = entryAt(root, "tool", "flit", "metadata", "requires");
  if (own !== undefined) readList(found, "project", own, undefined);
  for (const it of entriesAt(root, "tool", "flit", "metadata", "requires-extra")) {
    readList(found, extraGroup(it.key), it, undefined);
  }
}

/** A list of PEP 508 texts; `{ include-group = "…" }` and the project's own name take other groups in. */
function readList(found: Found, group: GroupId, list: TomlEntry, ownName: string | undefined): void {
  found.headers.push({ group, at: list.keyAt, bodyAt: list.value.at });
  if (list.value.kind !== "list") return;
  for (const item of list.value.items) {
    if (item.kind === "table") {
      const included = textAt(item, "include-group");
      if (included !== undefined) {
        found.inclusions.push({ group, includes: dependencyGroup(included), at: item.at });
      }
    } else if (item.kind === "text") {
      const read = readRequirement(item.value);
      if (read === undefined) continue;
      if (read.name === ownName && read.extras.length > 0) {
        for (const extra of read.extras)
          found.inclusions.push({ group, includes: extraGroup(extra), at: item.at });
        continue;
      }
      const { name, extras, specifier, marker, url } = read;
      const start = item.at.start + 1 + read.start;
      const isPlain = read.start + read.nameLength <= item.plain;
      const nameAt: Span = isPlain ? { start, end: start + read.nameLength } : item.at;
      found.requirements.push({
        name,
        extras,
        specifier,
        marker,
        url,
        at: item.at,
        nameAt,
        group,
        path: found.path,
      });
    }
  }
}

function readPoetry(root: TomlTable, found: Found): { readonly requiresPython: string | undefined } {
  const tables: [GroupId, TomlEntry | undefined][] = [];
  const own = entryAt(root, "tool", "poetry", "dependencies");
  // Beside [project] dependencies poetry's table only says where packages are from.
  const standard = tomlAt(root, "project", "dependencies") !== undefined;
  if (!standard) tables.push(["project", own]);
  tables.push(["group:dev", entryAt(root, "tool", "poetry", "dev-dependencies")]);
  for (const it of entriesAt(root, "tool", "poetry", "group")) {
    tables.push([dependencyGroup(it.key), entryAt(it.value, "dependencies")]);
    for (const included of itemsAt(it.value, "include-groups")) {
      if (included.kind !== "text") continue;
      const includes = dependencyGroup(included.value);
      found.inclusions.push({ group: dependencyGroup(it.key), includes, at: included.at });
    }
  }
  const extras = poetryExtras(root, found);
  for (const [group, table] of tables) {
    if (table?.value.kind !== "table") continue;
    found.headers.push({ group, at: headerOf(table), bodyAt: table.value.at });
    for (const it of table.value.entries.values()) {
      if (it.key === "python") continue;
      for (const constraint of it.value.kind === "list" ? it.value.items : [it.value]) {
        readPoetryRequirement(found, group, it, constraint, extras);
      }
    }
  }
  const python = own === undefined ? undefined : textAt(own.value, "python");
  return { requiresPython: python === undefined ? undefined : fromPoetryConstraint(python) };
}

/** The line of a table's header where it has one, else its key. */
const headerOf = ({ keyAt, value }: TomlEntry): Span =>
  value.kind === "table" && value.at.end > value.at.start ? value.at : keyAt;

/** Names of optional dependencies, and the extras that bring them. */
function poetryExtras(root: TomlTable, found: Found): ReadonlyMap<string, readonly GroupId[]> {
  const res = new Map<string, GroupId[]>();
  if (tomlAt(root, "project", "optional-dependencies") !== undefined) return res;
  for (const it of entriesAt(root, "tool", "poetry", "extras")) {
    const group = extraGroup(it.key);
    found.headers.push({ group, at: it.keyAt, bodyAt: it.value.at });
    for (const item of it.value.kind === "list" ? it.value.items : []) {
      if (item.kind !== "text") continue;
      const name = normalised(item.value.replace(/[\s[(<>=!~;].*$/s, ""));
      res.set(name, [...(res.get(name) ?? []), group]);
    }
  }
  return res;
}

function readPoetryRequirement(
  found: Found,
  group: GroupId,
  entry: TomlEntry,
  constraint: TomlNode,
  extras: ReadonlyMap<string, readonly GroupId[]>,
): void {
  const name = normalised(entry.key);
  const text = constraint.kind === "text" ? constraint.value : textAt(constraint, "version");
  const optional = tomlAt(constraint, "optional");
  const isOptional = optional?.kind === "other" && optional.value === true;
  const at = { start: entry.keyAt.start, end: Math.max(constraint.at.end, entry.keyAt.end) };
  const markerText = [textAt(constraint, "markers"), pythonMarker(textAt(constraint, "python"))]
    .filter((it) => it !== undefined)
    .map((it) => `(${it})`)
    .join(" and ");
  const requirement = {
    name,
    extras: itemsAt(constraint, "extras").flatMap((it) => (it.kind === "text" ? [normalised(it.value)] : [])),
    specifier: fromPoetryConstraint(text ?? "") ?? "",
    marker: markerText === "" ? undefined : readMarker(markerText),
    url: textAt(constraint, "url") ?? textAt(constraint, "git") ?? textAt(constraint, "path"),
    at,
    nameAt: entry.keyAt,
    path: found.path,
  };
  // An optional dependency that no extra names is never installed.
  const groups = isOptional ? (extras.get(name) ?? []) : [group];
  for (const it of groups) found.requirements.push({ ...requirement, group: it });
}

/** poetry's `python = "<3.12"` of one dependency as a marker. */
function pythonMarker(constraint: string | undefined): string | undefined {
  const specifier = constraint === undefined ? undefined : fromPoetryConstraint(constraint);
  if (specifier === undefined || specifier === "") return undefined;
  return specifier
    .split(",")
    .map((it) => it.replace(/^([<>=!~]+)(.*)$/, 'python_full_version $1 "$2"'))
    .join(" and ");
}

function readDynamic(root: TomlTable, found: Found): void {
  const dynamic = itemsAt(root, "project", "dynamic").flatMap((it) => (it.kind === "text" ? [it.value] : []));
  const add = (group: GroupId, node: TomlNode | undefined): void => {
    const files = tomlAt(node, "file") ?? tomlAt(node, "files") ?? node;
    for (const it of files?.kind === "list" ? files.items : files === undefined ? [] : [files]) {
      if (it.kind === "text") found.files.push({ group, path: it.value, kind: "requirements", at: it.at });
    }
  };
  if (dynamic.includes("dependencies")) {
    add("project", tomlAt(root, "tool", "setuptools", "dynamic", "dependencies"));
    add("project", tomlAt(root, "tool", "hatch", "metadata", "hooks", "requirements_txt", "files"));
  }
  if (dynamic.includes("optional-dependencies")) {
    for (const it of entriesAt(root, "tool", "setuptools", "dynamic", "optional-dependencies")) {
      add(extraGroup(it.key), it.value);
    }
    const hook = tomlAt(root, "tool", "hatch", "metadata", "hooks", "requirements_txt");
    for (const it of entriesAt(hook, "optional-dependencies")) add(extraGroup(it.key), it.value);
  }
  // Without [project] setuptools reads setup.cfg.
  const setuptools = tomlAt(root, "project") === undefined && tomlAt(root, "tool", "poetry") === undefined;
  const named = found.files.length > 0;
  if (
    (setuptools || dynamic.includes("dependencies")) &&
    !named &&
    tomlAt(root, "tool", "flit") === undefined
  ) {
    found.files.push({ group: "project", path: "setup.cfg", kind: "setup.cfg", at: { start: 0, end: 0 } });
  }
}

function managerIn(root: TomlTable): PythonProject["manager"] {
  for (const it of ["uv", "poetry", "pdm", "hatch", "flit"] as const) {
    if (tomlAt(root, "tool", it) !== undefined) return it;
  }
  const backend = textAt(root, "build-system", "build-backend") ?? "";
  for (const it of ["poetry", "pdm", "hatch", "flit", "uv"] as const) if (backend.startsWith(it)) return it;
  return "other";
}

function defaultGroupsIn(root: TomlTable): readonly GroupId[] {
  const given = tomlAt(root, "tool", "uv", "default-groups");
  if (given?.kind === "list") {
    return given.items.flatMap((it) => (it.kind === "text" ? [dependencyGroup(it.value)] : []));
  }
  if (given?.kind === "text" && given.value === "all") {
    return entriesAt(root, "dependency-groups").map((it) => dependencyGroup(it.key));
  }
  return ["group:dev"];
}

function originsIn(root: TomlTable): readonly PackageOrigin[] {
  const res: PackageOrigin[] = [];
  for (const it of entriesAt(root, "tool", "uv", "sources")) {
    for (const node of it.value.kind === "list" ? it.value.items : [it.value]) {
      const kind = (["git", "url", "path", "workspace"] as const).find(
        (key) => tomlAt(node, key) !== undefined,
      );
      const marker = textAt(node, "marker");
      res.push({
        name: normalised(it.key),
        index: textAt(node, "index"),
        kind: kind ?? "index",
        marker: marker === undefined ? undefined : readMarker(marker),
        at: { start: it.keyAt.start, end: Math.max(it.keyAt.end, node.at.end) },
      });
    }
  }
  for (const it of entriesAt(root, "tool", "poetry", "dependencies")) {
    const index = textAt(it.value, "source");
    if (index === undefined) continue;
    const at = { start: it.keyAt.start, end: Math.max(it.keyAt.end, it.value.at.end) };
    res.push({ name: normalised(it.key), index, kind: "index", marker: undefined, at });
  }
  return res;
}

function indexesIn(root: TomlTable): readonly PackageIndex[] {
  const nodes = [
    ...itemsAt(root, "tool", "uv", "index"),
    ...itemsAt(root, "tool", "poetry", "source"),
    ...itemsAt(root, "tool", "pdm", "source"),
  ];
  return nodes.flatMap((node) => {
    const url = textAt(node, "url");
    if (url === undefined) return [];
    const explicit = tomlAt(node, "explicit");
    return [
      {
        name: textAt(node, "name"),
        url,
        explicit:
          (explicit?.kind === "other" && explicit.value === true) || textAt(node, "priority") === "explicit",
        at: node.at,
      },
    ];
  });
}

function entryAt(from: TomlNode, ...path: readonly string[]): TomlEntry | undefined {
  const parent = tomlAt(from, ...path.slice(0, -1));
  return parent?.kind === "table" ? parent.entries.get(path.at(-1) ?? "") : undefined;
}
