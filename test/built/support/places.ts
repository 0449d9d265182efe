import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
/** Another folder of bundles can be tested, for example an installed one. */
export const dist = process.env["PLIMSOLL_DIST"] ?? join(root, "dist");
export const sample = join(root, "examples", "truthgraph");

/** A folder of the test's own with these files, gone afterwards. */
export async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "plimsoll-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** The sample project, to be edited. */
export async function sampleCopy(): Promise<string> {
  const folder = await folderWith();
  await cp(sample, folder, { recursive: true });
  return folder;
}
