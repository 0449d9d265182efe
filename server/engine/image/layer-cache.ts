import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type LayerColumns, layerColumns, layerFrom } from "../../../core/image/layer-columns.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { KeptFiles } from "./kept-files.ts";
import type { ReadLayer } from "./layer-reader.ts";
import { type PassedColumns, PassedContents } from "./passed-contents.ts";

const mostBytes = 512 * 1024 * 1024;

/** Where layers are kept, and which program reads them: another one may read more. */
export interface LayerStorage {
  readonly folder: string;
  readonly program: string;
}

interface KeptLayer {
  readonly columns: LayerColumns;
  readonly contents: PassedColumns;
}

/**
 * Layers that were read, by diff ID, in a folder that several processes may share. Callers give it diff IDs of which an
 * engine, or a hash of the very bytes, has said that they are this layer's; never those that an archive, or the config
 * of a registry's image, states.
 */
export class LayerCache {
  readonly #files: KeptFiles;
  readonly #program: string;

  constructor({ folder, program }: LayerStorage) {
    this.#files = filesIn(folder);
    this.#program = program;
  }

  /** All of them, lowest first, or undefined. */
  async readAll(diffIds: readonly string[], tree: PathTree): Promise<readonly ReadLayer[] | undefined> {
    const there = await Promise.all(diffIds.map((it) => this.#files.has(this.#key(it))));
    if (there.length === 0 || there.includes(false)) return undefined;
    const res = new Map<string, ReadLayer>();
    for (const diffId of new Set(diffIds)) {
      const layer = await this.read(diffId, tree);
      if (layer === undefined) return undefined;
      res.set(diffId, layer);
    }
    return diffIds.flatMap((it) => res.get(it) ?? []);
  }

  read(diffId: string, tree: PathTree): Promise<ReadLayer | undefined> {
    return this.#files.read(this.#key(diffId), (body) => {
      const { columns, contents }: KeptLayer = deserialize(body);
      const entries = layerFrom(columns, tree);
      if (entries === undefined) throw new Error("too many paths");
      return { entries, contents: new PassedContents(contents), troubles: [], diffId };
    });
  }

  /** Only what passed by whole: of what can be read again at its place, the cache would know too little. */
  async write(diffId: string, { entries, contents, troubles }: ReadLayer): Promise<void> {
    if (!(contents instanceof PassedContents) || troubles.length > 0) return;
    const key = this.#key(diffId);
    if (await this.#files.has(key)) return;
    const kept: KeptLayer = { columns: layerColumns(entries), contents: contents.columns(entries.count) };
    await this.#files.write(key, serialize(kept));
  }

  /** The diff ID of a packed layer by the digest of its packed bytes, where both were hashed here once. */
  diffIdOf(digest: string): Promise<string | undefined> {
    return this.#files.read(this.#key(`packed ${digest}`), (body) => body.toString("latin1"));
  }

  learn(digest: string, diffId: string): Promise<void> {
    return this.#files.write(this.#key(`packed ${digest}`), Buffer.from(diffId, "latin1"));
  }

  #key(name: string): string {
    return `${this.#program} ${name}`;
  }
}

/** Answers how many bytes were there. */
export const clearLayers = (folder: string): Promise<number> => filesIn(folder).clear();

const filesIn = (folder: string): KeptFiles => new KeptFiles(join(folder, "layers"), ".layer", mostBytes);
