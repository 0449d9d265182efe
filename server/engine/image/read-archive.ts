import { posix } from "node:path";
import type { Trouble } from "../../../core/image/analysis.ts";
import { TarReader } from "../../../core/image/tar.ts";
import type { Contents } from "./assemble.ts";
import { type Blob, BlobReader } from "./blob-reader.ts";
import { decode } from "./layer-reader.ts";

/** More files than any saved image has. */
const mostBlobs = 20_000;

/**
 * One pass over a saved image, in whatever order its files come. `onBytes` hears of every chunk. Gzip and plain
 * layers; throws only what the stream throws.
 */
export async function readArchive(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): Promise<Contents> {
  const blobs = new Map<string, Blob>();
  const links = new Map<string, string>();
  const troubles: Trouble[] = [];
  let open: { path: string; reader: BlobReader } | undefined;
  let waiting: (Promise<unknown> | undefined)[] = [];
  const tar = new TarReader(
    {
      entry: ({ path, kind, link }) => {
        if (kind === "symlink") links.set(path, posix.join(posix.dirname(path), link));
        // A hard link names a path from the archive's root.
        else if (kind === "hardlink") links.set(path, link);
        open = kind === "file" && blobs.size < mostBlobs ? { path, reader: new BlobReader() } : undefined;
      },
      body: (piece) => {
        // The piece is only lent, and an open decompressor may still be busy with the one before.
        waiting.push(open?.reader.push(piece));
      },
      end: () => {
        if (open === undefined) return;
        const { path, reader } = open;
        waiting.push(reader.finish().then((blob) => blobs.set(path, blob)));
      },
    },
    decode,
  );
  for await (const chunk of stream) {
    onBytes(chunk.length);
    tar.push(chunk);
    const pending = waiting.filter((it) => it !== undefined);
    waiting = [];
    if (pending.length > 0) await Promise.all(pending);
  }
  tar.finish();
  await Promise.all(waiting);
  if (tar.trouble !== undefined) troubles.push({ path: "", why: tar.trouble });
  return { blobs, links, troubles };
}
