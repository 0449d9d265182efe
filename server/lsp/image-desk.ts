import { readFile } from "node:fs/promises";
import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import type { Reading } from "../../core/judge.ts";
import { fitOf, knowledgeOf, linkLayers } from "../../core/link/link.ts";
import { plainCommand } from "../../core/link/plain-command.ts";
import { ImageTree, type LayerLink } from "../../core/treemap/image-tree.ts";
import {
  type AnalyzeParams,
  type AnalyzeResult,
  analysisProgressNotification,
  type FirstPictureParams,
  type ForgetParams,
  firstPictureNotification,
  type ImagesResult,
  type LayerAtParams,
  type LayerAtResult,
  type LocateParams,
  type LocateResult,
  type Picture,
  type SubtreeParams,
  type SubtreeResult,
} from "../../protocol/requests.ts";
import { findDocuments } from "../engine/find-documents.ts";
import { analyzeImage } from "../engine/image/analyze-image.ts";
import type { Assembled } from "../engine/image/assemble.ts";
import { listImages } from "../engine/image/docker.ts";
import type { FirstPicture } from "../engine/image/messages.ts";
import type { Fence } from "./fence.ts";
import { pathOf } from "./from-proto.ts";
import type { Session } from "./session.ts";
import { uriOf } from "./to-proto.ts";

/** Folders that are searched for the Dockerfile of an image. */
const mostFolders = 2_000;
/** Fewer history entries in common say nothing: every image has a CMD. */
const leastFit = 2;

interface Shown {
  readonly analysis: ImageAnalysis;
  readonly tree: ImageTree;
  /** The Dockerfile that made it, where one is known. */
  readonly dockerfile: string | undefined;
}

/** Analyses of images, for the client's pictures: each by the caller's number, until it is forgotten. */
export class ImageDesk {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #fence: Fence;
  readonly #home: string;
  readonly #shown = new Map<number, Shown>();
  readonly #running = new Set<AbortController>();

  constructor(connection: Connection, session: Session, fence: Fence, home: string) {
    this.#connection = connection;
    this.#session = session;
    this.#fence = fence;
    this.#home = home;
  }

  images(): Promise<ImagesResult> {
    return listImages(this.#session.settings.engine, process.env);
  }

  async analyze({ generation, target }: AnalyzeParams, token: CancellationToken): Promise<AnalyzeResult> {
    const stop = new AbortController();
    this.#running.add(stop);
    const listener = token.onCancellationRequested(() => stop.abort());
    try {
      const { engine, registry } = this.#session.settings;
      if (target.kind === "registry" && !registry.enabled) return registryRefused;
      const result = await analyzeImage(
        this.#home,
        target.kind === "image"
          ? { ...target, engine }
          : target.kind === "registry"
            ? { ...target, platform: "", insecure: registry.insecure }
            : { ...target, platform: "" },
        {
          first: (picture) => this.#tellFirst(generation, picture),
          progress: (done, total) => this.#tellProgress(generation, done, total),
        },
        stop.signal,
      );
      if (result === undefined)
        return { ok: false, problem: { message: "The analysis was cancelled.", retry: true } };
      return result.ok ? { ok: true, picture: await this.#show(generation, result) } : result;
    } finally {
      listener.dispose();
      this.#running.delete(stop);
    }
  }

  subtree({ generation, id }: SubtreeParams): SubtreeResult {
    const shown = this.#shown.get(generation);
    return shown?.tree.subtree(id, () => unlinked) ?? null;
  }

  async locate({ generation, id }: LocateParams): Promise<LocateResult> {
    const refused = (message: string): LocateResult => ({ ok: false, problem: { message, retry: false } });
    const shown = this.#shown.get(generation);
    const layer = shown?.tree.layerOf(id);
    if (shown === undefined || layer === undefined)
      return refused("This picture is no longer held: analyse the image again.");
    if (shown.dockerfile === undefined)
      return refused("No Dockerfile of the workspace is known to have made this image.");
    const now = await this.#readingOf(shown.dockerfile);
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
    const [generation, { analysis, tree }] = newest;
    const now = await this.#readingOf(path);
    if (now?.facts === undefined) return null;
    const { lines } = now.reading;
    const layer = linkLayers(now.facts, analysis).findLastIndex(
      (it) => it !== undefined && lines.lineAt(it.at.start) <= line && line <= lines.lineAt(it.at.end),
    );
    const id = layer === -1 ? undefined : tree.layerId(layer);
    return id === undefined ? null : { generation, id };
  }

  forget({ generation }: ForgetParams): void {
    this.#shown.delete(generation);
  }

  end(): void {
    for (const it of this.#running) it.abort();
    this.#shown.clear();
  }

  async #show(generation: number, { analysis, columns }: Assembled): Promise<Picture> {
    const dockerfile = await this.#dockerfileOf(analysis);
    const tree = new ImageTree(columns, analysis);
    this.#shown.set(generation, { analysis, tree, dockerfile: dockerfile?.path });
    const links = dockerfile === undefined ? [] : linkLayers(dockerfile.facts, analysis);
    if (dockerfile !== undefined) {
      const { documents, worlds } = this.#session;
      worlds.learn(dockerfile.path, knowledgeOf(dockerfile.facts, analysis), documents.all());
    }
    const { image, bytes, layers, troubles } = analysis;
    return {
      root: tree.picture((layer) => ({ base: null, linked: links[layer] !== undefined })),
      facts: {
        ...image,
        layers: layers.length,
        visible: bytes.visible,
        ...bytes.wasted,
        duplicated: bytes.duplicated,
        troubles: troubles.map(({ path, why }) => (path === "" ? why : `${path}: ${why}`)),
      },
    };
  }

  /** The Dockerfile of the workspace whose instructions account for most of the image's history. */
  async #dockerfileOf(analysis: ImageAnalysis): Promise<{ path: string; facts: Facts } | undefined> {
    const paths = new Set<string>();
    for (const { path, kind } of this.#session.documents.all()) {
      if (path !== undefined && kind === "dockerfile") paths.add(path);
    }
    for (const folder of this.#session.folderPaths) {
      const { documents } = await findDocuments(folder, { most: mostFolders });
      for (const it of documents) if (it.kind === "dockerfile") paths.add(it.path);
    }
    let best: { path: string; facts: Facts } | undefined;
    let bestFit = leastFit - 1;
    for (const path of paths) {
      const facts = (await this.#readingOf(path))?.facts;
      const fit = facts === undefined ? 0 : fitOf(facts, analysis.history);
      if (facts === undefined || fit <= bestFit) continue;
      best = { path, facts };
      bestFit = fit;
    }
    return best;
  }

  /** The text as it is in the editor, else on the disk. */
  async #readingOf(path: string): Promise<{ reading: Reading; facts: Facts | undefined } | undefined> {
    const { desk, documents } = this.#session;
    const open = documents.withPath(path);
    const it = open === undefined ? undefined : desk.caseOf(open);
    if (it !== undefined) return { reading: it.reading, facts: desk.judge.factsOf(it.reading, it.world) };
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const reading = desk.judge.read("dockerfile", text);
    return { reading, facts: reading.facts };
  }

  #tellFirst(generation: number, { image, layers, note }: FirstPicture): void {
    let sum = 0;
    const children = layers.map(({ createdBy, bytes }, index) => {
      sum += bytes;
      return {
        id: index + 1,
        kind: "layer" as const,
        name: plainCommand(createdBy),
        bytes,
        files: 0,
        wasted: 0,
        layer: { index, base: null, createdBy },
        children: [],
      };
    });
    const params: FirstPictureParams = {
      generation,
      picture: {
        root: { id: 0, kind: "image", name: image.reference, bytes: sum, files: 0, wasted: 0, children },
        facts: {
          ...image,
          layers: layers.length,
          visible: null,
          deleted: null,
          overwritten: null,
          metadataOnly: null,
          duplicated: null,
          troubles: note === undefined ? [] : [note],
        },
      },
    };
    this.#tell(firstPictureNotification, params);
  }

  #tellProgress(generation: number, done: number, total: number | null): void {
    this.#tell(analysisProgressNotification, { generation, done, total, label: "Reading layers" });
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

const unlinked: LayerLink = { base: null, linked: false };
