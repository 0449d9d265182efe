/** One layer as its tar says it: entries in the order of the archive, contents by hash. */
import type { Bytes } from "../size/bytes.ts";
import type { FileFacts } from "./probes.ts";

export type LayerEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly bytes: Bytes;
      readonly hash: string;
      readonly facts?: FileFacts | undefined;
    }
  | { readonly kind: "hardlink"; readonly path: string; readonly link: string }
  | { readonly kind: "directory" | "other"; readonly path: string };

export interface Layer {
  readonly diffId: string;
  readonly entries: readonly LayerEntry[];
  /** Contents of the files that cataloguers want, by path. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
}

/** What history says about an image's making, oldest first. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly emptyLayer: boolean;
}

export type WhiteoutKind = "whiteout" | "opaque" | "none";

/** `.wh.NAME` deletes NAME of lower layers, `.wh..wh..opq` everything of lower layers in its directory. */
export function whiteoutKind(path: string): WhiteoutKind {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!name.startsWith(".wh.")) return "none";
  return name === ".wh..wh..opq" ? "opaque" : "whiteout";
}

export function whiteoutTarget(path: string): string {
  const slash = path.lastIndexOf("/");
  const directory = slash === -1 ? "" : path.slice(0, slash);
  if (whiteoutKind(path) === "opaque") return directory;
  const name = path.slice(slash + 1 + ".wh.".length);
  return directory === "" ? name : `${directory}/${name}`;
}
