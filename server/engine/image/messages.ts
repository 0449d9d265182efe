/** What the analysis worker and its owner say to each other. */
import type { ImageAnalysis, ImageIdentity } from "../../../core/image/analysis.ts";
import type { Bytes } from "../../../core/size/bytes.ts";
import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import type { LayerSketch } from "../../../core/treemap/layer-sketch.ts";
import type { Problem } from "../../../protocol/requests.ts";
import type { EngineChoice } from "../daemon/choose-engine.ts";
import type { ProxySettings } from "../http/proxy.ts";
import type { Comparison } from "./compare-beside.ts";
import type { LayerStorage } from "./layer-cache.ts";
import type { Relatives } from "./relatives.ts";

export type AnalysisTarget =
  | { readonly kind: "image"; readonly reference: string; readonly engine: EngineChoice }
  | {
      readonly kind: "registry";
      readonly reference: string;
      /** `os/architecture[/variant]`; empty: Linux for this machine. */
      readonly platform: string;
      /** Registries that may be spoken to without TLS. */
      readonly insecure: readonly string[];
      /** What the reference means, where that was asked already. */
      readonly pinned?: PinnedImage;
      /** Of the editor; it counts where the environment names no proxy. */
      readonly proxy: ProxySettings;
    }
  /** `platform`: which image of an archive of several; empty: the host's or the only one. */
  | { readonly kind: "archive"; readonly path: string; readonly platform: string };

/** The manifest that a reference of a registry means. */
export interface PinnedImage {
  readonly digest: string;
  /** Value of `Authorization` with which the registry answered. */
  readonly authorization: string | undefined;
}

/** What a worker is started with. */
export interface AnalysisTask {
  readonly target: AnalysisTarget;
  /** Undefined: no layers are kept. */
  readonly layers: LayerStorage | undefined;
  /** Whether somebody draws it, while it is read and afterwards. */
  readonly picture: boolean;
}

/** Layer sizes from the history, before any byte was read. */
export interface FirstPicture {
  readonly image: ImageIdentity;
  readonly layers: readonly { readonly createdBy: string; readonly bytes: Bytes }[];
  /** How these sizes are known. */
  readonly sizesFrom: string;
}

/** What a layer of the first picture was found to hold. */
export interface MeasuredLayer extends LayerSketch {
  /** Its place in the first picture. */
  readonly index: number;
}

export interface Progress {
  /** Bytes read. */
  readonly done: number;
  /** Expected bytes; null where nobody tells. */
  readonly total: number | null;
  /** The layer that is being read, from 1, of so many; null where nobody tells. */
  readonly layers: { readonly at: number; readonly of: number } | null;
}

export type FromWorker =
  | { readonly type: "first"; readonly picture: FirstPicture }
  | { readonly type: "layer"; readonly layer: MeasuredLayer }
  | { readonly type: "progress"; readonly progress: Progress }
  /** To be compared by who listens, where it can, as far as the worker has not begun itself. */
  | { readonly type: "compare"; readonly comparison: Comparison }
  /** Of a program that the worker has started: it runs, or has ended. */
  | { readonly type: "program"; readonly pid: number; readonly runs: boolean }
  | {
      readonly type: "done";
      readonly analysis: ImageAnalysis;
      /** Undefined where nobody draws it. */
      readonly columns: FileColumns | undefined;
      readonly relatives: Relatives;
    }
  | { readonly type: "failed"; readonly problem: Problem };
