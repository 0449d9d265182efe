import { createHash } from "node:crypto";
import { pack } from "tar-stream";

export interface SavedEntry {
  readonly name: string;
  readonly type?: "file" | "directory" | "link" | "symlink";
  readonly content?: string;
  readonly link?: string;
}

/**
 * `path=content` a file, `path>target` a hard link, `path@target` a symbolic one, `path/` a directory, `-path` a
 * whiteout, `!dir` opaque.
 */
export function entriesOf(line: string): SavedEntry[] {
  return line
    .split(" ")
    .filter(Boolean)
    .map((word): SavedEntry => {
      if (word.startsWith("-")) {
        const cut = word.lastIndexOf("/") + 1 || 1;
        return { name: `${word.slice(1, cut)}.wh.${word.slice(cut)}` };
      }
      if (word.startsWith("!")) return { name: `${word.slice(1)}/.wh..wh..opq` };
      if (word.endsWith("/")) return { name: word, type: "directory" };
      const [, name = word, sign, rest = ""] = /^([^=>@]+)([=>@])(.*)$/.exec(word) ?? [];
      if (sign === ">") return { name, type: "link", link: rest };
      if (sign === "@") return { name, type: "symlink", link: rest };
      return { name, content: rest };
    });
}

export async function tarOf(entries: readonly SavedEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, type = "file", content = "", link } of entries)
    tar.entry({ name, type, ...(link === undefined ? {} : { linkname: link }), mtime: new Date(0) }, content);
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

export const digestOf = (it: Uint8Array): string => createHash("sha256").update(it).digest("hex");
export const blobOf = (it: Uint8Array): string => `blobs/sha256/${digestOf(it)}`;

export function configOf(layers: readonly Uint8Array[], architecture = "amd64"): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture,
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: layers.map((it) => `sha256:${digestOf(it)}`) },
      history: layers.map((_, index) => ({ created_by: `RUN ${index}` })),
    }),
  );
}

/** An archive of `docker save`: the layers under the names that it gave them. */
export async function savedImage(layers: readonly Buffer[]): Promise<Buffer> {
  const config = configOf(layers);
  const files = new Map<string, Buffer>([...layers, config].map((it) => [blobOf(it), it]));
  files.set(
    "manifest.json",
    Buffer.from(
      JSON.stringify([{ Config: blobOf(config), RepoTags: ["test:1"], Layers: layers.map(blobOf) }]),
    ),
  );
  return rawTarOf(files);
}

/** Contents as they are, in this order. */
export async function rawTarOf(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
