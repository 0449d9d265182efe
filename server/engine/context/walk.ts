import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ListedDirectory } from "../../../core/context/build-context.ts";
import { IgnoreRules, type Matched } from "../../../core/context/ignore-rules.ts";
import { type Bytes, bytes, noBytes } from "../../../core/size/bytes.ts";

/** More entries than this are not read; the listing then says that it is not complete. */
const mostEntries = 500_000;
const atOnce = 64;

export interface Walked {
  readonly root: ListedDirectory;
  readonly complete: boolean;
  /** Directories that the ignore file shuts out as a whole; they stand empty in the listing. */
  readonly leftOut: readonly string[];
}

interface Open {
  readonly files: Map<string, Bytes>;
  readonly directories: Map<string, Open>;
}

/**
 * Lists a directory tree. Links are not followed and count 0 bytes; what the ignore file shuts out as a whole stands
 * empty, and what cannot be read is left out. Aborting ends the walk early with an incomplete listing.
 */
export async function walk(directory: string, ignoreText: string, signal?: AbortSignal): Promise<Walked> {
  const rules = new IgnoreRules(ignoreText);
  const root: Open = { files: new Map(), directories: new Map() };
  const waiting: { path: string; into: Open; matched: Matched | undefined }[] = [
    { path: "", into: root, matched: undefined },
  ];
  const leftOut: string[] = [];
  let entries = 0;
  let complete = true;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (signal?.aborted === true || entries > mostEntries) {
      complete = false;
      break;
    }
    const { path, into, matched } = next;
    const found = await readdir(join(directory, path), { withFileTypes: true }).catch(() => []);
    entries += found.length;
    const files: string[] = [];
    for (const it of found) {
      const inner = path === "" ? it.name : `${path}/${it.name}`;
      if (!it.isDirectory()) {
        if (it.isFile()) files.push(it.name);
        else if (it.isSymbolicLink()) into.files.set(it.name, noBytes);
        continue;
      }
      const own = rules.match(inner, matched);
      const below: Open = { files: new Map(), directories: new Map() };
      into.directories.set(it.name, below);
      if (rules.ignores(own) && !rules.mayLetThroughBelow(inner)) {
        leftOut.push(inner);
        continue;
      }
      waiting.push({ path: inner, into: below, matched: own });
    }
    for (let at = 0; at < files.length; at += atOnce) {
      const sizes = await Promise.all(
        files.slice(at, at + atOnce).map(async (name) => {
          const stats = await lstat(join(directory, path, name)).catch(() => undefined);
          return [name, stats?.isFile() === true ? bytes(stats.size) : noBytes] as const;
        }),
      );
      for (const [name, size] of sizes) into.files.set(name, size);
    }
  }
  return { root, complete, leftOut };
}
