import type { TreeNode } from "./tree.ts";

/** From the extension to the treemap page. */
export type ToView =
  /** A picture to show. `complete` is false while only layer sizes are known. */
  | {
      readonly type: "picture";
      readonly generation: number;
      readonly title: string;
      readonly root: TreeNode;
      readonly complete: boolean;
      readonly facts: PictureFacts;
    }
  /** The children of a node that had been cut away. */
  | { readonly type: "subtree"; readonly generation: number; readonly node: TreeNode }
  | {
      readonly type: "progress";
      readonly done: number;
      readonly total: number | null;
      readonly label: string;
    }
  /** The analysis ended without a (further) picture; what is shown stays. */
  | { readonly type: "failed"; readonly message: string; readonly retry: boolean }
  /** Show and select this node: the way from a source line to its layer. */
  | { readonly type: "select"; readonly generation: number; readonly id: number };

/** From the treemap page to the extension. */
export type FromView =
  | { readonly type: "ready" }
  | { readonly type: "expand"; readonly generation: number; readonly id: number }
  /** Open the Dockerfile line that made the layer this node lies in. */
  | { readonly type: "reveal"; readonly generation: number; readonly id: number }
  | { readonly type: "cancel" }
  | { readonly type: "retry" };

/** What the header of the page says about the image; every number in bytes. */
export interface PictureFacts {
  readonly reference: string;
  readonly id: string;
  readonly platform: string;
  readonly source: string;
  readonly layers: number;
  /** How the sizes of the layers are known. */
  readonly sizesFrom: string;
  readonly visible: number | null;
  readonly deleted: number | null;
  readonly overwritten: number | null;
  readonly metadataOnly: number | null;
  readonly duplicated: number | null;
  readonly troubles: readonly string[];
}
