import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BoundedCache } from "../../../../core/text/bounded-cache.ts";

const mostBytes = 64_000_000;
/** More than any project asks for. */
const mostInMemory = 2_000;
/** Bounding reads the folder, so it is not done at every write. */
const writesBetweenBounds = 50;

interface Entry {
  readonly key: string;
  readonly at: number;
  readonly value: unknown;
}

/**
 * What indexes answered, in a folder that several processes may share, and for this process in memory: an entry appears
 * whole, by a rename; one that is broken is as good as none. Keys hold no logins.
 */
export class IndexCache {
  readonly #folder: string | undefined;
  readonly #limit: number;
  #memory = new BoundedCache<string, Entry>(mostInMemory);
  #writes = 0;

  /** Without a folder nothing outlives the process. */
  constructor(storage: string | undefined, limit = mostBytes) {
    this.#folder = storage === undefined ? undefined : join(storage, "package-index");
    this.#limit = limit;
  }

  /** Not older than `milliseconds`. */
  async read(key: string, milliseconds: number): Promise<unknown> {
    const entry = this.#memory.get(key) ?? (await this.#fromDisk(key));
    if (entry === undefined || entry.key !== key) return undefined;
    this.#memory.set(key, entry);
    const age = Date.now() - entry.at;
    return age >= 0 && age <= milliseconds ? entry.value : undefined;
  }

  async write(key: string, value: unknown): Promise<void> {
    const entry = { key, at: Date.now(), value };
    this.#memory.set(key, entry);
    if (this.#folder === undefined) return;
    const temporary = join(this.#folder, `.${randomUUID()}`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, JSON.stringify(entry), { mode: 0o600, flag: "wx" });
      await rename(temporary, this.#pathOf(key));
      this.#writes += 1;
      if (this.#writes % writesBetweenBounds === 0) await this.#bound();
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  /** Answers how many bytes were there. */
  async clear(): Promise<number> {
    this.#memory = new BoundedCache<string, Entry>(mostInMemory);
    const sum = (await this.#entries()).reduce((total, it) => total + it.bytes, 0);
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    return sum;
  }

  async #fromDisk(key: string): Promise<Entry | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      const read: unknown = JSON.parse(await readFile(this.#pathOf(key), "utf8"));
      return isEntry(read) ? read : undefined;
    } catch {
      return undefined;
    }
  }

  /** What was written first goes first. */
  async #bound(): Promise<void> {
    let sum = 0;
    for (const { path, bytes } of (await this.#entries()).sort((a, b) => b.written - a.written)) {
      sum += bytes;
      if (sum > this.#limit) await rm(path, { force: true }).catch(() => {});
    }
  }

  async #entries() {
    const folder = this.#folder;
    const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
    const found = names.map(async (name) => {
      const path = join(folder ?? "", name);
      const stats = await stat(path).catch(() => undefined);
      return stats === undefined ? [] : [{ path, bytes: stats.size, written: stats.mtimeMs }];
    });
    return (await Promise.all(found)).flat();
  }

  #pathOf(key: string): string {
    return join(this.#folder ?? "", `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}

const isEntry = (it: unknown): it is Entry =>
  typeof it === "object" &&
  it !== null &&
  "key" in it &&
  "at" in it &&
  typeof it.at === "number" &&
  "value" in it;
