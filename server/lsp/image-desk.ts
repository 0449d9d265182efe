import { basename } from "node:path";
import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import { baseLayersOf } from "../../core/link/base.ts";
import { knowledgeOf, linkLayers } from "../../core/link/link.ts";
import { installedInImage } from "../../core/python/installed.ts";
import { readFromText } from "../../core/report/read-from.ts";
import { sumOf } from "../../core/size/bytes.ts";
import { type LayerLink, layerName } from "../../core/treemap/image-tree.ts";
import {
  type AnalysisProgressParams,
  type AnalyzeParams,
  type AnalyzeResult,
  analysisProgressNotification,
  type ChooseDockerfileParams,
  type ClearCacheResult,
  type DetailsResult,
  type ExportResult,
  type FirstPictureParams,
  type ForgetParams,
  firstPictureNotification,
  type GroupParams,
  type GroupResult,
  type ImagesResult,
  type LayerAtParams,
  type LayerAtResult,
  type LocateParams,
  type LocateResult,
  type Picture,
  type RowsResult,
  type SubtreeResult,
} from "../../protocol/requests.ts";
import type { NodeName, TreeName } from "../../protocol/view.ts";
import { changedNotice } from "../engine/context/image-dockerfile.ts";
import { analyzeCached, clearCache } from "../engine/image/analyze-cached.ts";
import { listImages } from "../engine/image/docker.ts";
import type { CachedImage } from "../engine/image/image-cache.ts";
import type { Progress } from "../engine/image/messages.ts";
import { progressLabel } from "../engine/image/progress-label.ts";
import type { Relatives } from "../engine/image/relatives.ts";
import { DockerfileFinder } from "./dockerfile-finder.ts";
import type { Fence } from "./fence.ts";
import { pathOf } from "./from-proto.ts";
import { GrowingPicture } from "./growing-picture.ts";
import { ImageTrees } from "./image-trees.ts";
import type { Session } from "./session.ts";
import { uriOf } from "./to-proto.ts";

interface Shown {
  readonly analysis: ImageAnalysis;
  readonly trees: ImageTrees;
  readonly relatives: Relatives;
  /** The Dockerfile that made it, where one is known. */
  readonly dockerfile: string | undefined;
  readonly linkOf: (layer: number) => LayerLink;
}

/** Analyses of images, for the client's pictures: each by the caller's number, until it is forgotten. */
export class ImageDesk {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #fence: Fence;
  readonly #home: string;
  readonly #dockerfiles: DockerfileFinder;
  readonly #shown = new Map<number, Shown>();
  readonly #running = new Set<AbortController>();

  constructor(connection: Connection, session: Session, fence: Fence, home: string) {
    this.#connection = connection;
    this.#session = session;
    this.#fence = fence;
    this.#home = home;
    this.#dockerfiles = new DockerfileFinder(session);
  }

  images(): Promise<ImagesResult> {
    return listImages(this.#session.settings.engine, process.env);
  }

  async analyze(
    { generation, target, dockerfile }: AnalyzeParams,
    token: CancellationToken,
  ): Promise<AnalyzeResult> {
    const stop = new AbortController();
    this.#running.add(stop);
    const growing = new GrowingPicture((picture) => {
      const params: FirstPictureParams = { generation, picture };
      this.#tell(firstPictureNotification, params);
    });
    const listener = token.onCancellationRequested(() => stop.abort());
    try {
      const { engine, registry } = this.#session.settings;
      if (target.kind === "registry" && !registry.enabled) return registryRefused;
      const result = await analyzeCached(
        this.#home,
        target.kind === "image"
          ? { ...target, engine }
          : target.kind === "registry"
            ? { ...target, platform: "", insecure: registry.insecure, proxy: this.#session.proxy }
            : { ...target, platform: "" },
        this.#session.storage,
        {
          first: (it) => growing.first(it),
          layer: (it) => growing.layer(it),
          progress: (it) => this.#tellProgress(generation, it),
        },
        stop.signal,
      );
      if (result === undefined)
        return { ok: false, problem: { message: "The analysis was cancelled.", retry: true } };
      if (!result.ok) return result;
      const chosen = dockerfile === undefined ? undefined : pathOf(dockerfile);
      return { ok: true, picture: await this.#show(generation, result, chosen) };
    } finally {
      growing.end();
      listener.dispose();
      this.#running.delete(stop);
    }
  }

  group(params: GroupParams): GroupResult {
    const shown = this.#shown.get(params.generation);
    return shown?.trees.group(params, shown.linkOf) ?? null;
  }

  subtree(params: NodeName): SubtreeResult {
    const shown = this.#shown.get(params.generation);
    return shown?.trees.subtree(params, shown.linkOf) ?? null;
  }

  rows(params: NodeName): RowsResult {
    return this.#shown.get(params.generation)?.trees.rows(params) ?? null;
  }

  details(params: NodeName): DetailsResult {
    return this.#shown.get(params.generation)?.trees.details(params) ?? null;
  }

  csv(params: TreeName): ExportResult {
    return this.#shown.get(params.generation)?.trees.csv(params) ?? null;
  }

  async locate(params: LocateParams): Promise<LocateResult> {
    const refused = (message: string): LocateResult => ({ ok: false, problem: { message, retry: false } });
    const shown = this.#shown.get(params.generation);
    const tree = "layer" in params ? undefined : shown?.trees.at(params);
    if (shown === undefined || (!("layer" in params) && tree === undefined))
      return refused("This picture is no longer held: analyse the image again.");
    const layer = "layer" in params ? params.layer : tree?.layerOf(params.id);
    if (layer === undefined) return refused("These files lie in several layers: choose one of them.");
    if (shown.dockerfile === undefined)
      return refused("No Dockerfile of the workspace is known to have made this image.");
    const now = await this.#dockerfiles.readingOf(shown.dockerfile);
    const instruction = now?.facts && linkLayers(now.facts, shown.analysis)[layer];
    if (now === undefined || instruction === undefined) {
      return refused("No line of the Dockerfile, as it is now, is known to have made this layer.");
    }
    const { lines } = now.reading;
    return {
      ok: true,
      uri: uriOf(shown.dockerfile),
      range: { start: lines.positionAt(instruction.at.start), end: lines.positionAt(instruction.at.end) },
    };
  }

  async layerAt({ uri, line }: LayerAtParams): Promise<LayerAtResult> {
    const path = pathOf(uri);
    const newest = [...this.#shown].findLast(([, it]) => it.dockerfile === path);
    if (newest === undefined || path === undefined) return null;
    const [generation, { analysis, trees }] = newest;
    const now = await this.#dockerfiles.readingOf(path);
    if (now?.facts === undefined) return null;
    const { lines } = now.reading;
    const layer = linkLayers(now.facts, analysis).findLastIndex(
      (it) => it !== undefined && lines.lineAt(it.at.start) <= line && line <= lines.lineAt(it.at.end),
    );
    const id = layer === -1 ? undefined : trees.layers.layerId(layer);
    return id === undefined ? null : { generation, id };
  }

  forget({ generation }: ForgetParams): void {
    this.#shown.delete(generation);
  }

  /** The user says which Dockerfile made the image of a picture. */
  async chooseDockerfile({ generation, uri }: ChooseDockerfileParams): Promise<AnalyzeResult> {
    const shown = this.#shown.get(generation);
    const path = pathOf(uri);
    if (shown === undefined || path === undefined) {
      const message = "This picture is no longer held: analyse the image again.";
      return { ok: false, problem: { message, retry: false } };
    }
    return { ok: true, picture: await this.#picture(generation, shown, path) };
  }

  async clearCache(): Promise<ClearCacheResult> {
    const { storage, indexes } = this.#session;
    const [kept, asked] = await Promise.all([
      storage === undefined ? 0 : clearCache(storage),
      indexes.clear(),
    ]);
    return { bytes: kept + asked };
  }

  end(): void {
    for (const it of this.#running) it.abort();
    this.#shown.clear();
  }

  #show(
    generation: number,
    { analysis, columns, relatives }: CachedImage,
    chosen: string | undefined,
  ): Promise<Picture> {
    return this.#picture(
      generation,
      { analysis, trees: new ImageTrees(analysis, columns), relatives },
      chosen,
    );
  }

  async #picture(
    generation: number,
    { analysis, trees, relatives }: Pick<Shown, "analysis" | "trees" | "relatives">,
    chosen: string | undefined,
  ): Promise<Picture> {
    const dockerfile = await this.#dockerfiles.find(analysis, chosen);
    const links = dockerfile === undefined ? [] : linkLayers(dockerfile.facts, analysis);
    const base = baseLayersOf(analysis, { ...relatives, facts: dockerfile?.facts });
    const baseBytes = sumOf(analysis.layers.slice(0, base?.count ?? 0).map((it) => it.bytes));
    const linkOf = (layer: number): LayerLink => ({
      base: base === undefined ? null : layer < base.count,
      linked: links[layer] !== undefined,
    });
    this.#shown.set(generation, { analysis, trees, relatives, dockerfile: dockerfile?.path, linkOf });
    if (dockerfile !== undefined) {
      this.#session.learn(dockerfile.path, {
        knowledge: knowledgeOf(dockerfile.facts, analysis, base?.count),
        installed: installedInImage(analysis.image.reference, analysis.packages),
      });
    }
    const { image, bytes, layers, strippable, troubles } = analysis;
    return {
      root: trees.layers.picture(linkOf),
      facts: {
        ...image,
        layers: layers.map(({ index, bytes: size }) => ({
          command: layerName(analysis, index),
          bytes: size,
          ...linkOf(index),
        })),
        sizesFrom: `measured${readFromText(image.readFrom)}`,
        visible: bytes.visible,
        ...bytes.wasted,
        duplicated: bytes.duplicated,
        strippable: strippable.bytes,
        base: base === undefined ? null : { bytes: baseBytes, layers: base.count, from: base.from },
        troubles: [
          ...(dockerfile?.changed === true ? [changedNotice(basename(dockerfile.path))] : []),
          ...troubles.map(({ path, why }) => (path === "" ? why : `${path}: ${why}`)),
        ],
      },
    };
  }

  #tellProgress(generation: number, progress: Progress): void {
    const { done, total } = progress;
    const label = `Reading ${progressLabel(progress)}`;
    const params: AnalysisProgressParams = { generation, done, total, label };
    this.#tell(analysisProgressNotification, params);
  }

  #tell(method: string, params: object): void {
    this.#fence.guard(method, () => this.#connection.sendNotification(method, params));
  }
}

const registryRefused: AnalyzeResult = {
  ok: false,
  problem: {
    message: "Registries are not asked for images unless the setting plimsoll.registry.enabled allows it.",
    retry: true,
    setting: "plimsoll.registry.enabled",
  },
};
