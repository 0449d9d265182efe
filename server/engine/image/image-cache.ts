import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Assembled } from "./assemble.ts";
import type { Relatives } from "./relatives.ts";

export interface CachedImage extends Assembled {
  readonly relatives: Relatives;
}

const ending = ".image";
const mostBytes = 512 * 1024 * 1024;
/** A write that was not finished by then never will be. */
const abandoned = 3_600_000;
const digestLength = 32;

/**
 * Analyses of images by what they consist of, in a folder that several processes may share: an entry appears whole, by
 * a rename, and one that is broken is as good as none. Trouble with the disk is silent: a cache is no one's need.
 */
export class ImageCache {
  readonly #folder: string;
  readonly #limit: number;

  constructor(folder: string, limit = mostBytes) {
    this.#folder = join(folder, "images");
    this.#limit = limit;
  }

  async read(key: string): Promise<CachedImage | undefined> {
    const path = this.#pathOf(key);
    try {
      const content = await readFile(path);
      const body = content.subarray(digestLength);
      if (!digestOf(body).equals(content.subarray(0, digestLength))) throw new Error("broken");
      const res: CachedImage = deserialize(body);
      const now = new Date();
      // What was used last is dropped last.
      await utimes(path, now, now).catch(() => {});
      return res;
    } catch {
      await rm(path, { force: true }).catch(() => {});
      return undefined;
    }
  }

  async write(key: string, { analysis, columns, relatives }: CachedImage): Promise<void> {
    const body = serialize({ analysis, columns, relatives });
    if (body.length > this.#limit / 2) return;
    const temporary = join(this.#folder, `.${randomUUID()}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, [digestOf(body), body], { mode: 0o600, flag: "wx" });
      await rename(temporary, this.#pathOf(key));
      await this.#bound();
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  /** Answers how many bytes were there. */
  async clear(): Promise<number> {
    const sum = (await this.#entries()).reduce((total, it) => total + it.bytes, 0);
    await rm(this.#folder, { recursive: true, force: true });
    return sum;
  }

  /** Another process may do the same at the same time: what is gone already is no trouble. */
  async #bound(): Promise<void> {
    const entries = (await this.#entries()).sort((a, b) => b.used - a.used);
    let sum = 0;
    for (const { path, bytes, used } of entries) {
      const isEntry = path.endsWith(ending);
      if (isEntry) sum += bytes;
      const goes = isEntry ? sum > this.#limit : Date.now() - used > abandoned;
      if (goes) await rm(path, { force: true });
    }
  }

  async #entries(): Promise<{ readonly path: string; readonly bytes: number; readonly used: number }[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = names.map(async (name) => {
      const path = join(this.#folder, name);
      const stats = await stat(path).catch(() => undefined);
      return stats === undefined ? [] : [{ path, bytes: stats.size, used: stats.mtimeMs }];
    });
    return (await Promise.all(found)).flat();
  }

  #pathOf(key: string): string {
    return join(this.#folder, `${createHash("sha256").update(key).digest("hex")}${ending}`);
  }
}

const digestOf = (body: Uint8Array): Buffer => createHash("sha256").update(body).digest();
