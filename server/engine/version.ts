import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The version in the package file above the bundles; a bundle that was copied alone does not know it. */
export async function readVersion(directory: string): Promise<string> {
  try {
    const { version }: { version?: unknown } = JSON.parse(
      await readFile(join(directory, "..", "package.json"), "utf8"),
    );
    return typeof version === "string" ? version : "unknown";
  } catch {
    return "unknown";
  }
}
