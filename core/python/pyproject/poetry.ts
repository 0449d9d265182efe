/** `[tool.poetry]`: dependencies, groups and extras of Poetry 1 and 2. */
import type { Span } from "../../text/span.ts";
import { readMarker } from "../markers.ts";
import { normalised } from "../names.ts";
import { dependencyGroup, extraGroup, type GroupId } from "../project.ts";
import {
  entriesAt,
  entryAt,
  itemsAt,
  type TomlEntry,
  type TomlNode,
  type TomlTable,
  textAt,
  tomlAt,
} from "../toml/nodes.ts";
import { fromPoetryConstraint } from "../versions.ts";
import type { Found } from "./lists.ts";

export function readPoetry(root: TomlTable, found: Found): { readonly requiresPython: string | undefined } {
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
