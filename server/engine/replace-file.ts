import type { Stats } from "node:fs";
import { chmod, chown, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface Replacement {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes all files or, on trouble before the first rename, none. Each is written beside its target and moved
 * over it, so a reader sees the old text or the new one; mode and owner stay as they were.
 */
export async function replaceFiles(files: readonly Replacement[]): Promise<void> {
  const written: { from: string; to: string }[] = [];
  try {
    for (const { path, text } of files) {
      const from = join(dirname(path), `.${basename(path)}.plimsoll-${process.pid}`);
      written.push({ from, to: path });
      await write(from, text);
      await keepMode(path, from);
    }
    for (const { from, to } of written) await rename(from, to);
  } catch (cause) {
    await Promise.all(written.map(({ from }) => rm(from, { force: true })));
    throw cause;
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function keepMode(path: string, replacement: string): Promise<void> {
  const before = await statOf(path);
  if (before === undefined) return;
  await chmod(replacement, before.mode & 0o7777);
  const now = await stat(replacement);
  if (now.uid !== before.uid || now.gid !== before.gid) await chown(replacement, before.uid, before.gid);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    // A new file has no mode to keep.
    return undefined;
  }
}
