/** pyproject.toml: PEP 621 and 735, uv, poetry, PDM, hatch and flit. Invariant: total; what is odd is left out. */
import { normalised } from "../names.ts";
import { dependencyGroup, extraGroup, type GroupId, type PythonProject } from "../project.ts";
import { readRequirement } from "../requirement-text.ts";
import {
  entriesAt,
  entryAt,
  itemsAt,
  type TomlDocument,
  type TomlTable,
  textAt,
  tomlAt,
} from "../toml/nodes.ts";
import { readDynamic } from "./dynamic.ts";
import { type Found, readList } from "./lists.ts";
import { indexesIn, originsIn } from "./origins.ts";
import { readPoetry } from "./poetry.ts";

export function readPyproject(document: TomlDocument, path: string): PythonProject {
  const { root } = document;
  const found: Found = { path, requirements: [], inclusions: [], headers: [], files: [], unread: [] };
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
    constraints: ["constraint-dependencies", "override-dependencies"].flatMap((key) =>
      itemsAt(root, "tool", "uv", key).flatMap((it) => {
        const read = it.kind === "text" ? readRequirement(it.value) : undefined;
        return read === undefined
          ? []
          : [{ name: read.name, specifier: read.specifier, marker: read.marker }];
      }),
    ),
    members: itemsAt(root, "tool", "uv", "workspace", "members").flatMap((it) =>
      it.kind === "text" ? [it.value] : [],
    ),
    defaultGroups: defaultGroupsIn(root),
    optionalGroups: entriesAt(root, "tool", "poetry", "group").flatMap((it) => {
      const optional = tomlAt(it.value, "optional");
      return optional?.kind === "other" && optional.value === true ? [dependencyGroup(it.key)] : [];
    }),
    unread: found.unread,
    broken: document.broken,
  };
}

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
    for (const it of itemsAt(environment.value, "features")) {
      if (it.kind !== "text") continue;
      const group = dependencyGroup(environment.key);
      found.inclusions.push({ group, includes: extraGroup(it.value), at: it.at });
    }
  }
}

function readFlit(root: TomlTable, found: Found): void {
  const own = entryAt(root, "tool", "flit", "metadata", "requires");
  if (own !== undefined) readList(found, "project", own, undefined);
  const development = entryAt(root, "tool", "flit", "metadata", "dev-requires");
  if (development !== undefined) readList(found, extraGroup("dev"), development, undefined);
  for (const it of entriesAt(root, "tool", "flit", "metadata", "requires-extra")) {
    readList(found, extraGroup(it.key), it, undefined);
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
