import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import type { Problem } from "../../../protocol/requests.ts";
import { troubleText } from "../trouble-text.ts";
import { analyzeEngineImage } from "./analyze-engine.ts";
import { analyzeRegistryImage } from "./analyze-registry.ts";
import { assemble, type Contents } from "./assemble.ts";
import { type Blob, BlobReader } from "./blob-reader.ts";
import type { AnalysisTarget, FirstPicture } from "./messages.ts";
import { archiveProblem } from "./problems.ts";
import { readArchive } from "./read-archive.ts";

export type Analysed =
  | { readonly ok: true; readonly analysis: ImageAnalysis }
  | { readonly ok: false; readonly problem: Problem };

export interface Listener {
  first(picture: FirstPicture): void;
  progress(done: number, total: number | null): void;
}

/** Analyses on this thread. Never throws: trouble is a problem. */
export async function analyzeHere(target: AnalysisTarget, listener: Listener): Promise<Analysed> {
  const count = (total: number | null): ((bytes: number) => void) => counter(total, listener);
  switch (target.kind) {
    case "image":
      return analyzeEngineImage(target.reference, target.engine, listener, count);
    case "registry":
      return analyzeRegistryImage(target, listener, count);
    case "archive":
      return analyzePath(target.path, listener);
  }
}

async function analyzePath(path: string, listener: Listener): Promise<Analysed> {
  try {
    const stats = await stat(path);
    const contents = stats.isDirectory()
      ? await readLayout(path)
      : await readArchive(await archiveStream(path), counter(stats.size, listener));
    const source = stats.isDirectory() ? "layout" : "archive";
    const result = assemble(contents, { reference: "", source });
    if (typeof result === "string") {
      const [broken] = contents.troubles;
      return {
        ok: false,
        problem: archiveProblem(path, broken === undefined ? result : `${broken.why}; ${result}`),
      };
    }
    const reference = result.image.reference === "" ? basename(path) : result.image.reference;
    return { ok: true, analysis: { ...result, image: { ...result.image, reference } } };
  } catch (cause) {
    return { ok: false, problem: archiveProblem(path, troubleText(cause)) };
  }
}

/** The file, unpacked where it is a compressed archive as a whole. */
async function archiveStream(path: string): Promise<Readable> {
  const probe = createReadStream(path, { end: 1 });
  let head = Buffer.alloc(0);
  for await (const chunk of probe) head = Buffer.concat([head, chunk]);
  const plain = createReadStream(path, { highWaterMark: 1 << 20 });
  if (head[0] !== 0x1f || head[1] !== 0x8b) return plain;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  plain.on("error", (cause) => unpacked.destroy(cause));
  return plain.pipe(unpacked);
}

/** An OCI layout: a folder with index.json and blobs. */
async function readLayout(folder: string): Promise<Contents> {
  const blobs = new Map<string, Blob>();
  const read = async (path: string): Promise<void> => {
    const reader = new BlobReader();
    for await (const chunk of createReadStream(join(folder, path), { highWaterMark: 1 << 20 }))
      await reader.push(chunk);
    blobs.set(path, await reader.finish());
  };
  blobs.set("index.json", { kind: "document", text: await readFile(join(folder, "index.json"), "utf8") });
  for (const algorithm of await readdir(join(folder, "blobs"))) {
    for (const name of await readdir(join(folder, "blobs", algorithm)))
      await read(`blobs/${algorithm}/${name}`);
  }
  return { blobs, links: new Map(), troubles: [] };
}

function counter(total: number | null, listener: Listener): (count: number) => void {
  let done = 0;
  let told = 0;
  return (count) => {
    done += count;
    const now = performance.now();
    if (now - told < 100) return;
    told = now;
    listener.progress(done, total);
  };
}
