/** Requirements of setup.cfg, where they are written out. Invariant: total; `file:` and `attr:` tell nothing here. */
import type { GroupId, PythonProject, Requirement } from "./project.ts";
import { extraGroup } from "./project.ts";
import { readRequirement } from "./requirement-text.ts";

export function readSetupCfg(text: string, path: string): PythonProject {
  const requirements: Requirement[] = [];
  let section = "";
  let key = "";
  let requiresPython: string | undefined;
  let name: string | undefined;
  let at = 0;
  for (const line of text.split("\n")) {
    const start = at;
    at += line.length + 1;
    const content = line.replace(/\r$/, "").replace(/(?:^|\s)[#;].*$/, "");
    if (content.trim() === "") continue;
    const header = /^\[([^\]]+)\]\s*$/.exec(content)?.[1];
    if (header !== undefined) {
      [section, key] = [header.trim(), ""];
      continue;
    }
    const entry = /^([A-Za-z0-9][\w.-]*)\s*[=:]\s*(.*)$/.exec(content);
    const value = entry === null ? content.trim() : (entry[2] ?? "").trim();
    if (entry !== null) key = entry[1] ?? "";
    if (section === "options" && key === "python_requires" && value !== "") requiresPython = value;
    if (section === "metadata" && key === "name" && value !== "") name = value;
    const group: GroupId | undefined =
      section === "options" && key === "install_requires"
        ? "project"
        : section === "options.extras_require" && key !== ""
          ? extraGroup(key)
          : undefined;
    const offset = start + line.indexOf(value);
    if (group === undefined || value === "" || /^(?:file|attr):/.test(value)) continue;
    const read = readRequirement(value);
    if (read === undefined) continue;
    requirements.push({
      name: read.name,
      extras: read.extras,
      specifier: read.specifier,
      marker: read.marker,
      url: read.url,
      at: { start: offset, end: offset + value.length },
      nameAt: { start: offset, end: offset + read.nameLength },
      group,
      path,
    });
  }
  return {
    path,
    kind: "requirements",
    name,
    requiresPython,
    manager: "other",
    requirements,
    inclusions: [],
    headers: [],
    origins: [],
    indexes: [],
    files: [],
    constraints: [],
    members: [],
    defaultGroups: [],
    optionalGroups: [],
    unread: [],
    broken: false,
  };
}
