import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Of a file that is read whole. The longest lock files have a few megabytes. */
const longestFile = 64_000_000;

/**
 * The bytes of a regular file. Whatever else has its name is refused: a pipe would be waited for, a device might never
 * end, and each wait of that kind keeps one of the few threads that read files.
 */
export async function regularFile(path: string): Promise<Buffer> {
  // Windows has no such flag, and no pipes in folders.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw new Error("it is a folder");
    if (!found.isFile()) throw new Error("it is not a regular file");
    if (found.size > longestFile) throw new Error("it is larger than 64 MB");
    return await file.readFile();
  } finally {
    await file.close();
  }
}

export const regularText = async (path: string): Promise<string> =>
  (await regularFile(path)).toString("utf8");
