import { EntryTable } from "../../../core/image/entry-table.ts";
import { addTarEntry, type Layer } from "../../../core/image/layer.ts";
import { PathTree } from "../../../core/image/path-tree.ts";
import type { TarKind } from "../../../core/image/tar-head.ts";

/**
 * One line a layer: `path=content` a file, `path>target` a hard link, `path@target` a symbolic one, `path/` a
 * directory, `-path` a whiteout, `!dir` opaque. `␣` in a content is a space.
 */
export function layersOf(...lines: string[]): { tree: PathTree; layers: Layer[] } {
  const tree = new PathTree();
  return { tree, layers: lines.map((line) => layerOf(tree, line.split(" ").filter(Boolean))) };
}

function layerOf(tree: PathTree, words: readonly string[]): Layer {
  const entries = new EntryTable(tree);
  const contents = new Map<number, Buffer>();
  for (const word of words) {
    const { path, kind, content = "", link = "" } = wordOf(word);
    const bytes = Buffer.from(content);
    const size = bytes.length;
    const name = Buffer.from(path);
    const added = addTarEntry(entries, {
      name,
      kind,
      size,
      stored: size,
      link: Buffer.from(link),
      sparse: undefined,
    });
    if (added.kind === "added") contents.set(added.entry, bytes);
  }
  return {
    diffId: "",
    entries,
    contents: {
      isReadable: true,
      read: (entry, start, length) => contents.get(entry)?.subarray(start, start + length),
      hash: (entry) => contents.get(entry)?.toString("latin1"),
      fingerprint: () => undefined,
    },
  };
}

function wordOf(word: string): { path: string; kind: TarKind; content?: string; link?: string } {
  if (word.startsWith("-")) {
    const cut = word.lastIndexOf("/") + 1;
    return { path: `${word.slice(1, Math.max(1, cut))}.wh.${word.slice(Math.max(1, cut))}`, kind: "file" };
  }
  if (word.startsWith("!")) return { path: `${word.slice(1)}/.wh..wh..opq`, kind: "file" };
  if (word.endsWith("/")) return { path: word.slice(0, -1), kind: "directory" };
  const [, path = word, sign, rest = ""] = /^([^=>@]+)([=>@])(.*)$/s.exec(word) ?? [];
  if (sign === ">") return { path, kind: "hardlink", link: rest };
  if (sign === "@") return { path, kind: "symlink", link: rest };
  return { path, kind: "file", content: rest.replaceAll("␣", " ") };
}
