/** Where a project takes its packages from: sources of single packages, and indexes. */
import { readMarker } from "../markers.ts";
import { normalised } from "../names.ts";
import type { PackageIndex, PackageOrigin } from "../project.ts";
import { entriesAt, itemsAt, type TomlNode, type TomlTable, textAt, tomlAt } from "../toml/nodes.ts";

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
  return [
    ...itemsAt(root, "tool", "uv", "index").flatMap((it) => indexAt(it, isTrue(it, "default"))),
    ...itemsAt(root, "tool", "poetry", "source").flatMap((it) => {
      const priority = textAt(it, "priority");
      return indexAt(it, priority === undefined || priority === "primary" || priority === "default");
    }),
    // PDM's own name for what stands in for the default index.
    ...itemsAt(root, "tool", "pdm", "source").flatMap((it) => indexAt(it, textAt(it, "name") === "pypi")),
    ...plainAddresses(root),
  ];
}

function indexAt(node: TomlNode, isDefault: boolean): readonly PackageIndex[] {
  const url = textAt(node, "url");
  if (url === undefined) return [];
  const kind = textAt(node, "type") === "find_links" ? "links" : isDefault ? "default" : "extra";
  const explicit = isTrue(node, "explicit") || textAt(node, "priority") === "explicit";
  return [{ name: textAt(node, "name"), url, kind, explicit, at: node.at }];
}

/** uv's keys from before its table of indexes, which it still reads. */
function plainAddresses(root: TomlTable): readonly PackageIndex[] {
  const uv = tomlAt(root, "tool", "uv");
  const nodes = [
    ...[tomlAt(uv, "index-url")].map((node) => ({ node, kind: "default" as const })),
    ...itemsAt(uv, "extra-index-url").map((node) => ({ node, kind: "extra" as const })),
  ];
  return nodes.flatMap(({ node, kind }) =>
    node?.kind === "text" ? [{ name: undefined, url: node.value, kind, explicit: false, at: node.at }] : [],
  );
}

const isTrue = (node: TomlNode, key: string): boolean => {
  const found = tomlAt(node, key);
  return found?.kind === "other" && found.value === true;
};
