/**
 * The files of a picture for spreadsheets (RFC 4180), the largest first: path, bytes, layer, what became of them, and
 * whose they are.
 */
import { hiddenKinds, nameOfPath, textOfPath } from "../treemap/file-columns.ts";
import type { ImageTree } from "../treemap/image-tree.ts";

const head = [
  "path",
  "bytes",
  "layer",
  "hidden",
  "hidden by layer",
  "package",
  "version",
  "ecosystem",
  "category",
];

/** Bytes are those that the picture counts. */
export function filesCsv(tree: ImageTree): string {
  const { files, columns } = tree;
  const nodes = [...tree.filesIn(0)].sort(
    (a, b) => (columns.bytes[b] ?? 0) - (columns.bytes[a] ?? 0) || a - b,
  );
  /** Of folders: many files lie in each. */
  const folders = new Map<number, string>([[0, ""]]);
  const pathOf = (path: number): string => {
    const folder = files.parents[path] ?? 0;
    const known = folders.get(folder) ?? textOfPath(files, folder);
    folders.set(folder, known);
    return `${known}/${nameOfPath(files, path)}`;
  };
  const rows = nodes.map((node) => {
    const file = columns.refs[node] ?? 0;
    const kind = hiddenKinds[files.hidden[file] ?? 0];
    const owner = files.packages[(files.owners[file] ?? 0) - 1];
    return [
      pathOf(files.paths[file] ?? 0),
      String(columns.bytes[node] ?? 0),
      String(files.layerOf[file] ?? 0),
      kind ?? "",
      kind === undefined ? "" : String(files.hiddenBy[file] ?? 0),
      owner?.name ?? "",
      owner?.version ?? "",
      owner?.ecosystem ?? "",
      files.categories[files.categoryOf[file] ?? 0] ?? "",
    ];
  });
  return `${[head, ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

/** What spreadsheets take for a formula is made a text. */
const field = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
