/** Dependencies that stand in another file, which the backend reads. */
import { extraGroup, type GroupId } from "../project.ts";
import { entriesAt, itemsAt, type TomlNode, type TomlTable, tomlAt } from "../toml/nodes.ts";
import type { Found } from "./lists.ts";

export function readDynamic(root: TomlTable, found: Found): void {
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
