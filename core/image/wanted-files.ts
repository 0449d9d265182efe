/** The contents that cataloguers want, of the visible files only: kept from a stream, or read when they are asked for. */
import { wantedEndings, wantsIn, wantsText } from "./cataloguers/all.ts";
import type { WantedFiles } from "./cataloguers/cataloguer.ts";
import { copied } from "./copied.ts";
import type { Layer } from "./layer.ts";
import type { MergedView } from "./merged-view.ts";
import type { PathNode, PathTree } from "./path-tree.ts";

/** Larger databases are not read; packages then stay unnamed. */
export const longestWanted = 32 << 20;

/** Bytes as text. */
export type Decode = (bytes: Uint8Array) => string;

export interface FoundFiles extends WantedFiles {
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
}

/** A file with several names is wanted by any of them. */
export function wantedFiles(
  tree: PathTree,
  { files, versionAt }: Pick<MergedView, "files" | "versionAt">,
  layers: readonly Layer[],
  decode: Decode,
): FoundFiles {
  const versions = new Map<string, number>();
  const troubles: { path: string; why: string }[] = [];
  /** By folder: 0 where it was not asked for yet, 1 for no, 2 for yes. */
  const folders = new Uint8Array(tree.count);
  const isWantedFolder = (folder: PathNode): boolean => {
    if (folders[folder] === 0) folders[folder] = wantsIn(`${tree.pathOf(folder)}/`) ? 2 : 1;
    return folders[folder] === 2;
  };
  for (let node = 1; node < tree.count; node += 1) {
    const index = versionAt(node);
    if (index === undefined || files.isHidden(index)) continue;
    if (!tree.isNameEnding(node, wantedEndings) && !isWantedFolder(tree.parentOf(node))) continue;
    const path = tree.pathOf(node);
    if (!wantsText(path)) continue;
    const size = files.sizeOf(index);
    if (size <= longestWanted) versions.set(path, index);
    else troubles.push({ path, why: `its ${size} bytes are too many to be read` });
  }
  const bytesAt = (path: string): Uint8Array | undefined => {
    const index = versions.get(path);
    if (index === undefined) return undefined;
    return layers[files.layerOf(index)]?.contents.read(files.entryOf(index), 0, files.sizeOf(index));
  };
  return {
    paths: [...versions.keys()],
    has: (path) => versions.has(path),
    // What is read is valid until the next is.
    bytes: (path) => {
      const bytes = bytesAt(path);
      return bytes === undefined ? undefined : copied(bytes);
    },
    text: (path) => {
      const bytes = bytesAt(path);
      return bytes === undefined ? undefined : decode(bytes);
    },
    troubles,
  };
}
