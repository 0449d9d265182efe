import { readdir } from "node:fs/promises";

/** What a folder holds, asked once, so that nobody tries to open files that are not there. */
export class FolderNames {
  readonly folder: string;
  /** As they are written; none where the folder cannot be listed. */
  readonly all: readonly string[];
  readonly #folded: ReadonlySet<string> | undefined;

  private constructor(folder: string, all: readonly string[] | undefined) {
    this.folder = folder;
    this.all = all ?? [];
    this.#folded = all && new Set(all.map((it) => it.toLowerCase()));
  }

  static async of(folder: string): Promise<FolderNames> {
    return new FolderNames(folder, await readdir(folder).catch(() => undefined));
  }

  /** Some file systems take capital and small letters for the same; a folder that cannot be listed may hold anything. */
  mayHave(name: string): boolean {
    return this.#folded === undefined || this.#folded.has(name.toLowerCase());
  }
}
