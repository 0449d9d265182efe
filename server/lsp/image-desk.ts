import { basename } from "node:path";
import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import { baseLayersOf } from "../../core/link/base.ts";
import { knowledgeOf, linkLayers } from "../../core/link/link.ts";
import { installedInImage } from "../../core/python/installed.ts";
import { readFromText } from "../../core/report/read-from.ts";
import { sumOf } from "../../core/size/bytes.ts";
import type { FileColumns } from "../../core/treemap/file-columns.ts";
import { type LayerLink, layerName, type PictureNode } from "../../core/treemap/image-tree.ts";
import {
  type AnalysisProgressParams,
  type AnalyzeParams,
  type AnalyzeResult,
  analysisProgressNotification,
  type ChooseDockerfileParams,
  type ClearCacheResult,
  type FirstPictureParams,
  type ForgetParams,
  firstPictureNotification,
  type ImagesResult,
  type LayerAtParams,
  type LayerAtResult,
  type LocateParams,
  type LocateResult,
  type Picture,
} from "../../protocol/requests.ts";
import { changedNotice } from "../engine/context/image-dockerfile.ts";
import { analyzeCached, clearCache } from "../engine/image/analyze-cached.ts";
import { listImages } from "../engine/image/docker.ts";
import type { Progress } from "../engine/image/messages.ts";
import { progressLabel } from "../engine/image/progress-label.ts";
import type { Relatives } from "../engine/image/relatives.ts";
import { PictureThread } from "../engine/pictures/picture-thread.ts";
import { DockerfileFinder } from "./dockerfile-finder.ts";
import type { Fence } from "./fence.ts";
import { pathOf } from "./from-proto.ts";
import { GrowingPicture } from "./growing-picture.ts";
import type { Session } from "./session.ts";
import { uriOf } from "./to-proto.ts";

interface Shown {
  readonly analysis: ImageAnalysis;
  readonly relatives: Relatives;
  /** The Dockerfile that made it, where one is known. */
  readonly dockerfile: string | undefined;
}

/** Analyses of images, for the client's pictures: each by the caller's number, until it is forgotten. */
export class ImageDesk {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #fence: Fence;
  readonly #home: string;
  readonly #dockerfiles: DockerfileFinder;
  /** Answers what pictures of images ask. */
  readonly pictures: PictureThread;
  readonly #shown = new Map<number, Shown>();
  readonly #running = new Set<AbortController>();

  constructor(connection: Connection, session: Session, fence: Fence, home: string) {
    this.#connection = connection;
    this.#session = session;
    this.#fence = fence;
    this.#home = home;
    this.#dockerfiles = new DockerfileFinder(session);
    this.pictures = new PictureThread(home);
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
      this.pictures.start();
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
        return { ok: false, problem: { message: "The analysis was canceled.", retry: true } };
      if (!result.ok) return result;
      const chosen = dockerfile === undefined ? undefined : pathOf(dockerfile);
      return { ok: true, picture: await this.#picture(generation, result, chosen, result.columns) };
    } finally {
      growing.end();
      listener.dispose();
      this.#running.delete(stop);
      this.#rest();
    }
  }

  async locate(params: LocateParams): Promise<LocateResult> {
    const refused = (message: string): LocateResult => ({ ok: false, problem: { message, retry: false } });
    const shown = this.#shown.get(params.generation);
    const found = "layer" in params ? params : await this.pictures.ask("layerOf", params);
    if (shown === undefined || found === null)
      return refused("This picture is no longer held: analyze the image again.");
    const { layer } = found;
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
    const [generation, { analysis }] = newest;
    const now = await this.#dockerfiles.readingOf(path);
    if (now?.facts === undefined) return null;
    const { lines } = now.reading;
    const layer = linkLayers(now.facts, analysis).findLastIndex(
      (it) => it !== undefined && lines.lineAt(it.at.start) <= line && line <= lines.lineAt(it.at.end),
    );
    const id = layer === -1 ? null : await this.pictures.ask("layerId", { generation, layer });
    return id === null ? null : { generation, id };
  }

  async forget({ generation }: ForgetParams): Promise<void> {
    if (!this.#shown.delete(generation)) return;
    await this.pictures.ask("forget", generation);
    this.#rest();
  }

  /** Nothing is shown and nothing will be soon. */
  #rest(): void {
    if (this.#shown.size === 0 && this.#running.size === 0) this.pictures.rest();
  }

  /** The user says which Dockerfile made the image of a picture. */
  async chooseDockerfile({ generation, uri }: ChooseDockerfileParams): Promise<AnalyzeResult> {
    const shown = this.#shown.get(generation);
    const path = pathOf(uri);
    if (shown === undefined || path === undefined) {
      const message = "This picture is no longer held: analyze the image again.";
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
    this.pictures.end();
  }

  /** `columns`: of an image that is shown for the first time; undefined: its picture is held. */
  async #picture(
    generation: number,
    { analysis, relatives }: Pick<Shown, "analysis" | "relatives">,
    chosen: string | undefined,
    columns?: FileColumns,
  ): Promise<Picture> {
    const dockerfile = await this.#dockerfiles.find(analysis, chosen);
    const linked = dockerfile === undefined ? [] : linkLayers(dockerfile.facts, analysis);
    const base = baseLayersOf(analysis, { ...relatives, facts: dockerfile?.facts });
    const baseBytes = sumOf(analysis.layers.slice(0, base?.count ?? 0).map((it) => it.bytes));
    const links = analysis.layers.map(
      ({ index }): LayerLink => ({
        base: base === undefined ? null : index < base.count,
        linked: linked[index] !== undefined,
      }),
    );
    const root = await this.#draw(generation, analysis, links, columns);
    this.#shown.set(generation, { analysis, relatives, dockerfile: dockerfile?.path });
    if (dockerfile !== undefined) {
      this.#session.learn(dockerfile.path, {
        knowledge: knowledgeOf(dockerfile.facts, analysis, base?.count),
        installed: installedInImage(analysis.image.reference, analysis.packages),
      });
    }
    const { image, bytes, layers, strippable, troubles } = analysis;
    return {
      root,
      facts: {
        ...image,
        layers: layers.map(({ index, bytes: size }) => ({
          command: layerName(analysis, index),
          bytes: size,
          ...(links[index] ?? unlinked),
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

  async #draw(
    generation: number,
    { image, layers, packages }: ImageAnalysis,
    links: readonly LayerLink[],
    columns: FileColumns | undefined,
  ): Promise<PictureNode> {
    if (columns !== undefined)
      return this.pictures.show({ generation, image: { image, layers, packages }, columns, links });
    const root = await this.pictures.ask("link", { generation, links });
    if (root === null) throw new Error(`picture ${generation} is not held`);
    return root;
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

const unlinked: LayerLink = { base: null, linked: false };

const registryRefused: AnalyzeResult = {
  ok: false,
  problem: {
    message: "Registries are not asked for images unless the setting plimsoll.registry.enabled allows it.",
    retry: true,
    setting: "plimsoll.registry.enabled",
  },
};
