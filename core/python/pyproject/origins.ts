/** Where a project takes its packages from: sources of single packages, and indexes. */
import { readMarker } from "../markers.ts";
import { normalised } from "../names.ts";
import type { PackageIndex, PackageOrigin } from "../project.ts";
import { entriesAt, itemsAt, type TomlTable, textAt, tomlAt } from "../toml/nodes.ts";

export function originsIn(root: TomlTable): readonly PackageOrigin[] {
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

export function indexesIn(root: TomlTable): readonly PackageIndex[] {
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
