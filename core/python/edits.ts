/**
 * Edits of Python documents that leave comments, order, quoting and spacing of the rest alone.
 */
import { type Edit, removeAt } from "../text/edit.ts";
import { lineStart, nextLine } from "../text/lines.ts";
import type { GroupId, Requirement } from "./project.ts";
import { type TomlDocument, tomlAt } from "./toml/nodes.ts";
import { addEntry, addTable, addToList, quoted, sectionAt } from "./toml-edits.ts";

/** Takes a requirement away: its line where it stands alone there, else the element with one comma. */
export function removeRequirement(text: string, { at }: Requirement): Edit {
  const start = lineStart(text, at.start);
  const end = nextLine(text, at.end);
  const before = text.slice(start, at.start);
  const after = text.slice(at.end, end);
  if (before.trim() === "" && /^[ \t]*,?[ \t]*(?:#[^\n]*)?\r?\n?$/.test(after))
    return removeAt({ start, end });
  const comma = /^\s*,[ \t]*/.exec(text.slice(at.end));
  if (comma !== null) return removeAt({ start: at.start, end: at.end + comma[0].length });
  const leading = /,\s*$/.exec(text.slice(0, at.start));
  return removeAt({ start: at.start - (leading?.[0].length ?? 0), end: at.end });
}

/** Adds a requirement to a dependency group; where there is no list for it, one is made in `[dependency-groups]`. */
export function addToGroup(
  text: string,
  toml: TomlDocument,
  group: Extract<GroupId, `group:${string}`>,
  requirement: string,
): readonly Edit[] {
  const name = group.slice("group:".length);
  const places = [
    ["dependency-groups", name],
    ["tool", "pdm", "dev-dependencies", name],
    ...(name === "dev" ? [["tool", "uv", "dev-dependencies"]] : []),
  ];
  for (const place of places) {
    const list = tomlAt(toml.root, ...place);
    if (list?.kind === "list") return addToList(text, list, requirement);
  }
  const written = quoted(requirement, '"');
  const table = sectionAt(toml, "dependency-groups");
  return table === undefined
    ? [addTable(text, "[dependency-groups]", [`${name} = [`, `    ${written},`, "]"])]
    : [addEntry(text, table, `${name} = [${written}]`)];
}
