import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { bytes } from "../../../core/size/bytes.ts";
import type { Problem } from "../../../protocol/requests.ts";
import { troubleText } from "../trouble-text.ts";
import { assemble, type Contents, platformOf } from "./assemble.ts";
import { type Blob, BlobReader } from "./blob-reader.ts";
import { openEngine } from "./docker.ts";
import type { AnalysisTarget, FirstPicture } from "./messages.ts";
import { archiveProblem, engineProblem } from "./problems.ts";
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
  return target.kind === "image"
    ? analyzeEngineImage(target.reference, target.host, listener)
    : analyzePath(target.path, listener);
}

async function analyzeEngineImage(reference: string, host: string, listener: Listener): Promise<Analysed> {
  const opened = await openEngine(host, process.env);
  if (!opened.ok) return opened;
  const { docker, address } = opened.engine;
  try {
    const image = docker.getImage(reference);
    const [facts, history] = await Promise.all([image.inspect(), image.history()]);
    const total = facts.Size > 0 ? facts.Size : null;
    listener.first({
      image: { reference, id: facts.Id, platform: platformOf({ ...facts }), source: "docker" },
      // Oldest first, as in the config; entries without bytes may or may not be layers.
      layers: historyLayers(history),
    });
    // The config's own history comes with the archive.
    const stream = (await image.get()) as Readable;
    const contents = await readArchive(stream, counter(total, listener));
    return finished(assemble(contents, { reference, source: "docker" }), contents, reference, address);
  } catch (cause) {
    return { ok: false, problem: engineProblem(cause, address, reference) };
  }
}

function finished(
  result: ImageAnalysis | string,
  contents: Contents,
  reference: string,
  address: string,
): Analysed {
  // Half an archive is a transfer that broke off, not an image with troubles.
  if (contents.troubles.some(({ path }) => path === "") || typeof result === "string") {
    const why = typeof result === "string" ? `: ${result}` : "";
    return {
      ok: false,
      problem: {
        message: `The transfer of ${reference} from ${address} broke off${why}; try again.`,
        retry: true,
      },
    };
  }
  return { ok: true, analysis: result };
}

function historyLayers(history: unknown): FirstPicture["layers"] {
  if (!Array.isArray(history)) return [];
  return history
    .toReversed()
    .flatMap((it: unknown) =>
      typeof it === "object" && it !== null && "Size" in it && "CreatedBy" in it
        ? [{ createdBy: String(it.CreatedBy), bytes: bytes(Math.max(0, Math.floor(Number(it.Size)) || 0)) }]
        : [],
    )
    .filter((it) => it.bytes > 0);
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
