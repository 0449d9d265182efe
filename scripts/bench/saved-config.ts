import { execFileSync } from "node:child_process";

export interface SavedConfig {
  /** As an engine's history has them, lowest first. */
  readonly layers: readonly { readonly CreatedBy: string; readonly Size: number }[];
  readonly diffIds: readonly string[];
}

/** What an archive of `docker save` says of its image, by GNU tar. */
export function savedConfig(archive: string): SavedConfig {
  const read = (path: string): unknown =>
    JSON.parse(execFileSync("tar", ["-xOf", archive, path], { encoding: "utf8", maxBuffer: 1 << 26 }));
  const [manifest] = read("manifest.json") as { readonly Config: string }[];
  const config = read(manifest?.Config ?? "") as {
    readonly history: readonly { readonly created_by: string }[];
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  return {
    // Any size says that the step made a layer.
    layers: config.history.map((it) => ({ CreatedBy: it.created_by, Size: 1 })),
    diffIds: config.rootfs.diff_ids,
  };
}
