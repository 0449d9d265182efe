/**
 * The picture's tree, as the server cuts it: image → layers, packages or other groups → directories → files. Plain data.
 *
 * Invariant: a node's bytes are the sum of its children's bytes wherever `children` is present; what was
 * cut away is in one child of kind "rest".
 */
export type NodeKind = "image" | "layer" | "package" | "category" | "group" | "directory" | "file" | "rest";

export interface TreeNode {
  /** Unique within one tree and stable while that lasts. */
  readonly id: number;
  readonly kind: NodeKind;
  /** Directory or file name, name and version of a package; for a layer the text that made it, without boilerplate. */
  readonly name: string;
  /** Absolute path inside the image, for directories and files. */
  readonly path?: string;
  readonly bytes: number;
  /** Regular files at or below this node. */
  readonly files: number;
  /** Of `bytes`, those that a later layer hides. */
  readonly wasted: number;
  /** For a layer: its place in the manifest, lowest first, and whether the base image brought it (null: unknown). */
  readonly layer?: { readonly index: number; readonly base: boolean | null; readonly createdBy: string };
  /** For a layer: whether a line of an open Dockerfile is known to have made it. */
  readonly linked?: boolean;
  /** For a layer that is not read yet: its size is not measured, but what `sizesFrom` of the picture's facts says. */
  readonly stated?: true;
  /** Absent where the server cut the tree: ask for the node by its id. Empty for files. */
  readonly children?: readonly TreeNode[];
}

/** What lies in a node, as a table: the largest first, layers in their order. */
export interface NodeRows {
  readonly rows: readonly NodeRow[];
  readonly cut: Cut;
}

export interface NodeRow {
  readonly id: number;
  readonly kind: NodeKind;
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  readonly wasted: number;
  /** As in the tree. */
  readonly stated?: true;
  /** Layers in which its files lie, lowest first. */
  readonly layers: readonly number[];
  readonly package?: PackageFacts;
  /** Of hidden files: why, and which layer hid them. */
  readonly hidden?: { readonly kind: HiddenKind; readonly layer: number; readonly by: number };
}

export type HiddenKind = "deleted" | "overwritten" | "metadataOnly";

export interface PackageFacts {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** Asked for by name (true), or only brought along (false); null where the metadata do not tell. */
  readonly requested: boolean | null;
  /** Names of packages that need it. */
  readonly neededBy: readonly string[];
}

/** Those beyond the last row. */
export interface Cut {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Whose bytes a node's bytes are, the largest first: layers sum to all of them, packages and categories to the visible
 * ones, `hidden` to the others.
 */
export interface NodeDetails {
  readonly id: number;
  readonly layers: Shares<{ readonly layer: number }>;
  /** Null: bytes of no package. */
  readonly packages: Shares<{
    readonly package:
      | (PackageFacts & {
          readonly dependsOn: readonly string[];
          /** From a package that was asked for down to this one, the shortest way; empty: none is known. */
          readonly broughtBy: readonly string[];
        })
      | null;
  }>;
  readonly categories: Shares<{ readonly name: string }>;
  readonly hidden: Shares<{ readonly kind: HiddenKind; readonly by: number }>;
  /** What stripping its programs would free. */
  readonly strippable: number;
}

export interface Shares<Of> {
  readonly rows: readonly (Of & { readonly bytes: number })[];
  readonly cut: Cut;
}
