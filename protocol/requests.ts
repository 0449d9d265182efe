/**
 * Requests and notifications that Plimsoll adds to LSP. Client to server unless noted. Any editor may use
 * them; positions are LSP's (line and character from 0).
 */
import type { NodeDetails, NodeRows, TreeNode } from "./tree.ts";
import type { NodeName, PictureFacts, Question } from "./view.ts";

/** `plimsoll/images`: the images an engine holds, newest first. Takes nothing. */
export const imagesRequest = "plimsoll/images";
export interface ImageSummary {
  readonly reference: string;
  readonly id: string;
  /** As the engine's list states it; not to be compared with sums of layers. */
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly created: number;
}
export type ImagesResult =
  | { readonly ok: true; readonly images: readonly ImageSummary[]; readonly engine: string }
  | { readonly ok: false; readonly problem: Problem };

/** `plimsoll/analyze`: analyse one image. Cancelled with LSP's `$/cancelRequest`. */
export const analyzeRequest = "plimsoll/analyze";
export interface AnalyzeParams {
  /** The caller's own number: notifications of this analysis carry it. */
  readonly generation: number;
  /** An image reference or id of the engine, a reference in a registry, or the path of an archive or layout. */
  readonly target:
    | { readonly kind: "image"; readonly reference: string }
    | { readonly kind: "registry"; readonly reference: string }
    | { readonly kind: "archive"; readonly path: string };
  /** URI of the Dockerfile that the user once chose for this image. */
  readonly dockerfile?: string;
}
export type AnalyzeResult =
  | { readonly ok: true; readonly picture: Picture }
  | { readonly ok: false; readonly problem: Problem };
export interface Picture {
  /** By layers; the ids are of tree 0. */
  readonly root: TreeNode;
  readonly facts: PictureFacts;
}

/** `plimsoll/chooseDockerfile`: the user says which Dockerfile made the image of a picture. Answers like `analyze`. */
export const chooseDockerfileRequest = "plimsoll/chooseDockerfile";
export interface ChooseDockerfileParams {
  readonly generation: number;
  readonly uri: string;
}

/**
 * `plimsoll/trusted`: the user trusts the workspace's files from now on. Clients that know trust send `trusted: false`
 * in `initializationOptions` where there is none yet; until then no package index is asked. Takes nothing.
 */
export const trustedNotification = "plimsoll/trusted";

/**
 * `plimsoll/clearImageCache`: forget the images that were read, and what package indexes told. There is a cache where the client names a folder for it
 * as `storage` in `initializationOptions`. Takes nothing.
 */
export const clearImageCacheRequest = "plimsoll/clearImageCache";
export interface ClearCacheResult {
  /** How many bytes there were. */
  readonly bytes: number;
}

/**
 * `plimsoll/firstPicture`, server to client: layer sizes from the history, before any byte was read; then again, at most
 * four times a second, with the layers that are read by now, and their first folders.
 */
export const firstPictureNotification = "plimsoll/firstPicture";
export interface FirstPictureParams {
  readonly generation: number;
  readonly picture: Picture;
}

/** `plimsoll/analysisProgress`, server to client, at most ten a second. */
export const analysisProgressNotification = "plimsoll/analysisProgress";
export interface AnalysisProgressParams {
  readonly generation: number;
  /** Bytes read. */
  readonly done: number;
  /** Expected bytes; null where the engine does not tell. */
  readonly total: number | null;
  /** For people: the layer that is read, of how many, and the bytes. */
  readonly label: string;
}

/**
 * `plimsoll/group`: the files of an analysed image by another grouping. The server keeps the newest tree beside tree 0.
 * Null: no such analysis any more.
 */
export const groupRequest = "plimsoll/group";
export interface GroupParams extends Question {
  readonly generation: number;
}
export type GroupResult = { readonly tree: number; readonly root: TreeNode } | null;

/** `plimsoll/subtree`: a node with its children, for one that the picture had cut. Null: no such tree any more. */
export const subtreeRequest = "plimsoll/subtree";
export type SubtreeResult = TreeNode | null;

/** `plimsoll/rows`: what lies in a node, as a table. */
export const rowsRequest = "plimsoll/rows";
export type RowsResult = NodeRows | null;

/** `plimsoll/details`: whose bytes a node's bytes are. */
export const detailsRequest = "plimsoll/details";
export type DetailsResult = NodeDetails | null;

/** `plimsoll/export`: the files of a tree as CSV. */
export const exportRequest = "plimsoll/export";
export type ExportResult = { readonly csv: string } | null;

/** `plimsoll/locate`: the source line that made a layer, or the one in which a node lies, in the text as it is now. */
export const locateRequest = "plimsoll/locate";
export type LocateParams = NodeName | { readonly generation: number; readonly layer: number };
export type LocateResult =
  | { readonly ok: true; readonly uri: string; readonly range: LspRange }
  | { readonly ok: false; readonly problem: Problem };
export interface LspRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** `plimsoll/layerAt`: the way back: the node of tree 0 for the layer that an instruction made in the newest analysis. */
export const layerAtRequest = "plimsoll/layerAt";
export interface LayerAtParams {
  readonly uri: string;
  readonly line: number;
}
export type LayerAtResult = { readonly generation: number; readonly id: number } | null;

/** `plimsoll/forget`: the caller's panel is closed; the server may drop what it holds for it. A notification. */
export const forgetNotification = "plimsoll/forget";
export interface ForgetParams {
  readonly generation: number;
}

/** Trouble in one sentence that says what to do; `retry` where trying again can help. */
export interface Problem {
  readonly message: string;
  readonly retry: boolean;
  /** The engine could not be reached: offer the setting that chooses it. */
  readonly setting?: string;
}

/**
 * `plimsoll/contributors`: what a part of a document consists of, or what of it can go, largest first; for the list behind
 * a code lens. Null: the document is not open, or has no such part any more.
 */
export const contributorsRequest = "plimsoll/contributors";
export interface ContributorsParams {
  readonly uri: string;
  /** As the code lens names it. */
  readonly part: string;
  readonly list: ContributorsList;
}
export type ContributorsList = "weights" | "findings";
export type ContributorsResult = {
  readonly title: string;
  readonly rows: readonly ContributorRow[];
} | null;
export interface ContributorRow {
  readonly name: string;
  /** "2.75 MB", "~180–210 MB", "size unknown". */
  readonly size: string;
  /** How the size is known, and what else there is to say. */
  readonly detail: string;
  /** Null: it stands nowhere in the document. */
  readonly range: LspRange | null;
}
