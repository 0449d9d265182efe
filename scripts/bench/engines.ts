/** A large image in engines: loaded while it is written, without an archive on the disk in between. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { startNewerEngine } from "../engines/newer-engine.ts";
import { longest } from "./compare.ts";
import { largeName, writeLargeImage } from "./large-image.ts";
import { benchFolder } from "./places.ts";

export const stores = ["classic", "containerd"] as const;
type Store = (typeof stores)[number];

export interface LargeImage {
  readonly bytes: number;
  readonly files: number;
}

type Measure = (reference: string, host: string, engine: string) => Promise<void>;

/** In the engine that DOCKER_HOST names, else in one of the bench's own (root on Debian). */
export async function inEngine(image: LargeImage, store: Store, measure: Measure): Promise<void> {
  const reference = largeName(image.files);
  const given = process.env["DOCKER_HOST"] ?? "";
  if (given !== "") {
    if (await load(image, given, "the engine that DOCKER_HOST names"))
      await measure(reference, given, "the engine that DOCKER_HOST names");
    spawnSync("docker", ["-H", given, "rmi", reference], { stdio: "ignore", timeout: longest });
    return;
  }
  const { bavail, bsize } = statfsSync(benchFolder);
  // The loaded image, and what an engine writes beside it while it loads and saves.
  if (bavail * bsize < image.bytes * 3) {
    console.log(`\n${reference}: ${benchFolder} has no ${(image.bytes * 3) / 1e9} GB free for an engine`);
    return;
  }
  try {
    const engine = await startNewerEngine(store, `bench-${store}`);
    const name = `an engine with the ${store} store`;
    try {
      if (await load(image, engine.host, name)) await measure(reference, engine.host, name);
    } finally {
      await engine.stop();
      rmSync(engine.data, { recursive: true, force: true });
    }
  } catch (cause) {
    console.log(`\n${reference}: no engine with the ${store} store: ${String(cause)}`);
  }
}

/** False where the engine does not take it; then that is told. */
async function load(image: LargeImage, host: string, engine: string): Promise<boolean> {
  const pipe = join(benchFolder, "loading");
  rmSync(pipe, { force: true });
  spawnSync("mkfifo", [pipe]);
  const start = performance.now();
  const loader = spawn("sh", ["-c", `exec docker -H "$1" load -q < "$2"`, "sh", host, pipe], {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: longest,
  });
  const ended = endOf(loader);
  try {
    writeLargeImage(pipe, image.bytes, image.files);
  } catch (cause) {
    console.log(`\n${largeName(image.files)}: ${engine} stopped reading: ${String(cause)}`);
  } finally {
    rmSync(pipe, { force: true });
  }
  const isLoaded = (await ended) === 0;
  const seconds = ((performance.now() - start) / 1_000).toFixed(0);
  console.log(
    isLoaded
      ? `\n${largeName(image.files)}: written and loaded into ${engine} in ${seconds} s`
      : `\n${largeName(image.files)}: ${engine} does not load it`,
  );
  return isLoaded;
}

const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.on("error", () => resolve(null));
    child.on("exit", resolve);
  });
