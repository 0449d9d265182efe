import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import type { FileColumns } from "../../../core/treemap/file-columns.ts";
import { KeptFiles } from "./kept-files.ts";
import type { Relatives } from "./relatives.ts";

export interface CachedImage {
  readonly analysis: ImageAnalysis;
  readonly columns: FileColumns;
  readonly relatives: Relatives;
}

const mostBytes = 256 * 1024 * 1024;

/** Analyses of images by what they consist of. */
export class ImageCache {
  readonly #files: KeptFiles;

  /** `storage`: a folder that several processes may share. */
  constructor(storage: string) {
    this.#files = new KeptFiles(join(storage, "images"), ".image", mostBytes);
  }

  read(key: string): Promise<CachedImage | undefined> {
    return this.#files.read(key, (body): CachedImage => deserialize(body));
  }

  write(key: string, { analysis, columns, relatives }: CachedImage): Promise<void> {
    return this.#files.write(key, serialize({ analysis, columns, relatives }));
  }

  /** Answers how many bytes were there. */
  clear(): Promise<number> {
    return this.#files.clear();
  }
}
