import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A write that was not finished by then never will be. */
const abandoned = 3_600_000;
const digestLength = 32;

/**
 * Values by keys in a folder that several processes may share: an entry appears whole, by a rename, and one that is
 * broken is as good as none. What was not used for longest goes when there are more than `limit` bytes. Trouble with the
 * disk is silent: what is kept is no one's need.
 */
export class KeptFiles {
  readonly #folder: string;
  readonly #limit: number;
  readonly #ending: string;

  constructor(folder: string, ending: string, limit: number) {
    this.#folder = folder;
    this.#ending = ending;
    this.#limit = limit;
  }

  /** `load` may throw: then the entry is broken too. */
  async read<Value>(key: string, load: (body: Buffer) => Value): Promise<Value | undefined> {
    const path = this.#pathOf(key);
    try {
      const content = await readFile(path);
      const body = content.subarray(digestLength);
      if (!digestOf(body).equals(content.subarray(0, digestLength))) throw new Error("broken");
      const res = load(body);
      const now = new Date();
      // What was used last is dropped last.
      await utimes(path, now, now).catch(() => {});
      return res;
    } catch {
      await rm(path, { force: true }).catch(() => {});
      return undefined;
    }
  }

  /** Whether there is an entry, perhaps a broken one. */
  has(key: string): Promise<boolean> {
    return access(this.#pathOf(key)).then(
      () => true,
      () => false,
    );
  }

  async write(key: string, body: Uint8Array): Promise<void> {
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
      const isEntry = path.endsWith(this.#ending);
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
    return join(this.#folder, `${createHash("sha256").update(key).digest("hex")}${this.#ending}`);
  }
}

const digestOf = (body: Uint8Array): Buffer => createHash("sha256").update(body).digest();
