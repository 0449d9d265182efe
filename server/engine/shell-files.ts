import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The shell grammar as the build puts it beside the bundles. */
export async function readShellFiles(directory: string): Promise<{ runtime: Uint8Array; bash: Uint8Array }> {
  const [runtime, bash] = await Promise.all([
    readFile(join(directory, "web-tree-sitter.wasm")),
    readFile(join(directory, "tree-sitter-bash.wasm")),
  ]);
  return { runtime, bash };
}
