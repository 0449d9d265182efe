/**
 * The picture's tree, as the server cuts it: image → layers → directories → files. Plain data.
 *
 * Invariant: a node's bytes are the sum of its children's bytes wherever `children` is present; what was
 * cut away is in one child of kind "rest".
 */
export interface TreeNode {
  /** Unique within one analysis and stable while it lasts. */
  readonly id: number;
  readonly kind: "image" | "layer" | "directory" | "file" | "rest";
  /** Directory or file name; for a layer the text that made it, without shell boilerplate. */
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
