import type { NodeDetails, NodeRows, TreeNode } from "./tree.ts";

/** What a picture groups an image's files by. `hidden` and `symbols` show only the bytes that they are about. */
export type Grouping = "layers" | "folders" | "packages" | "categories" | "hidden" | "symbols";

/** One tree of the server's: ids of nodes belong to it. */
export interface TreeName {
  readonly generation: number;
  readonly tree: number;
}

export interface NodeName extends TreeName {
  readonly id: number;
}

/** From the extension to the treemap page. */
export type ToView =
  /** A picture to show. `complete` is false while only layer sizes are known. */
  | {
      readonly type: "picture";
      readonly generation: number;
      readonly title: string;
      /** By layers, as the server's tree 0. */
      readonly root: TreeNode;
      readonly complete: boolean;
      readonly facts: PictureFacts;
    }
  /** The answer to `group`. */
  | ({ readonly type: "grouped"; readonly root: TreeNode } & TreeName & Question)
  /** The children of a node that had been cut away. */
  | ({ readonly type: "subtree"; readonly node: TreeNode } & NodeName)
  | ({ readonly type: "rows"; readonly rows: NodeRows } & NodeName)
  | ({ readonly type: "details"; readonly details: NodeDetails } & NodeName)
  | {
      readonly type: "progress";
      readonly done: number;
      readonly total: number | null;
      readonly label: string;
    }
  /** The analysis ended without a (further) picture; what is shown stays. */
  | { readonly type: "failed"; readonly message: string; readonly retry: boolean }
  /** Show and select this node of tree 0: the way from a source line to its layer. */
  | { readonly type: "select"; readonly generation: number; readonly id: number };

/** From the treemap page to the extension. */
export type FromView =
  | { readonly type: "ready" }
  /** Another grouping, or fewer files. */
  | ({ readonly type: "group"; readonly generation: number } & Question)
  | ({ readonly type: "expand" | "rows" | "details" } & NodeName)
  /** Open the Dockerfile line that made the layer this node lies in. */
  | ({ readonly type: "reveal" } & NodeName)
  | { readonly type: "revealLayer"; readonly generation: number; readonly layer: number }
  /** Save what is shown to a file of the user's choice. */
  | ({ readonly type: "export" } & TreeName)
  | { readonly type: "cancel" }
  | { readonly type: "retry" };

export interface Question {
  readonly grouping: Grouping;
  /** Words that a file's path or its package's name must have; empty: all files. */
  readonly filter: string;
}

/** What the header of the page says about the image; every number in bytes. */
export interface PictureFacts {
  readonly reference: string;
  readonly id: string;
  readonly platform: string;
  readonly source: string;
  readonly layers: readonly LayerFacts[];
  /** How the sizes of the layers are known. */
  readonly sizesFrom: string;
  readonly visible: number | null;
  readonly deleted: number | null;
  readonly overwritten: number | null;
  readonly metadataOnly: number | null;
  readonly duplicated: number | null;
  /** What stripping the visible programs would free. */
  readonly strippable: number | null;
  /** What the base image's layers brought, and how that is known. */
  readonly base: { readonly bytes: number; readonly layers: number; readonly from: string } | null;
  readonly troubles: readonly string[];
}

/** A layer for whoever names it: its place is that in the list. */
export interface LayerFacts {
  /** Without the builder's boilerplate. */
  readonly command: string;
  readonly bytes: number;
  readonly base: boolean | null;
  /** A line of a Dockerfile is known to have made it. */
  readonly linked: boolean;
}
