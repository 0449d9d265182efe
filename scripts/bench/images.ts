/**
 * Analysis of images, dive beside ours in the same run, all warm: archives on the disk against reading them once, with
 * the peak memory of each process; images of a running engine against `docker save` to nowhere. A row is printed as soon
 * as it is known.
 *
 * Large images, of more than 8 GB, are made below .cache/bench, one after another, and removed:
 * - `PLIMSOLL_BENCH_LARGE` says where they are measured: `archive` (as if nothing was said, some five minutes), `classic`
 *   or `containerd` (an engine of the bench's own with that store: root on Debian, some eight minutes for each image;
 *   with DOCKER_HOST the engine there), several with commas between, `engine` for all of them, or `0` for nowhere.
 * - `PLIMSOLL_BENCH_FILES`: of how many files, with commas between; 50000,300000.
 * - `PLIMSOLL_BENCH_BYTES`: another size for them.
 *
 * `PLIMSOLL_BENCH_IMAGE=REF[,REF…]` names images of the engine that DOCKER_HOST reaches.
 */
import { spawnSync } from "node:child_process";
import { rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { farEngine } from "../far-engine.ts";
import { writeSampleImage } from "../sample-image.ts";
import { compare, longest } from "./compare.ts";
import { inEngine, type LargeImage, stores } from "./engines.ts";
import { writeLargeImage } from "./large-image.ts";
import { dive, type Program } from "./peers.ts";
import { benchFolder, dist, root } from "./places.ts";

const wordsOf = (name: string, usual: string): readonly string[] =>
  (process.env[name] ?? usual).split(",").filter((it) => it !== "");

export async function benchImages(): Promise<void> {
  const small = join(root, ".cache", "sample-image.tar");
  writeSampleImage(small);
  await benchArchive("the sample image", small);
  const places = wordsOf("PLIMSOLL_BENCH_LARGE", "archive");
  const isWanted = (place: string): boolean => places.includes(place) || places.includes("engine");
  const size = Number(process.env["PLIMSOLL_BENCH_BYTES"] ?? 8_500_000_000);
  for (const files of wordsOf("PLIMSOLL_BENCH_FILES", "50000,300000").map(Number)) {
    const image = { bytes: size, files };
    if (isWanted("archive")) await benchLargeArchive(image);
    const wanted = stores.filter(isWanted);
    // Which store the engine of DOCKER_HOST has is not ours to choose: it is measured once.
    for (const store of process.env["DOCKER_HOST"] ? wanted.slice(0, 1) : wanted)
      await inEngine(image, store, benchEngineImage);
  }
  for (const reference of wordsOf("PLIMSOLL_BENCH_IMAGE", "")) {
    const host = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
    await benchEngineImage(reference, host, "a running engine");
  }
}

async function benchLargeArchive({ bytes, files }: LargeImage): Promise<void> {
  const archive = join(benchFolder, `large-${files}.tar`);
  const { bavail, bsize } = statfsSync(benchFolder);
  if (bavail * bsize < bytes * 1.5) {
    console.log(`\n${files} files: ${benchFolder} has no ${(bytes * 1.5) / 1e9} GB free`);
    return;
  }
  try {
    writeLargeImage(archive, bytes, files);
    await benchArchive(`an image of ${files.toLocaleString("en")} files`, archive);
  } finally {
    rmSync(archive, { force: true });
  }
}

function benchArchive(title: string, path: string): Promise<void> {
  const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
  return compare(`Archive of ${title} (${size})`, [
    shell("cat ARCHIVE > /dev/null", `cat '${path}' > /dev/null`),
    dive([
      "--source",
      "docker-archive",
      path,
      "--ci",
      "--lowestEfficiency=0",
      "--highestUserWastedPercent=1",
    ]),
    ours([path]),
  ]);
}

/** From the engine's own files where they can be read, and transferred as from an engine elsewhere. */
async function benchEngineImage(reference: string, host: string, engine: string): Promise<void> {
  const environment = { DOCKER_HOST: host };
  const far = host.startsWith("unix://") ? await farEngine(host) : undefined;
  const peer = dive([
    ...["--source", "docker", reference],
    ...["--ci", "--lowestEfficiency=0", "--highestUserWastedPercent=1"],
  ]);
  const near = `plimsoll analyze (${readFrom(reference, environment)})`;
  await compare(`Image ${reference} of ${engine}`, [
    { ...shell("docker save > /dev/null", `docker save '${reference}' > /dev/null`), environment },
    typeof peer === "string" ? peer : { ...peer, environment },
    { ...ours([reference], environment), name: near },
    far === undefined
      ? "plimsoll analyze (engine-export): the one above"
      : { ...ours([reference], { DOCKER_HOST: far.host }), name: "plimsoll analyze (engine-export)" },
  ]);
  far?.close();
}

/** What the analysis says of itself. */
function readFrom(reference: string, environment: Program["environment"]): string {
  const { command, words } = ours([reference]);
  const options = { encoding: "utf8" as const, maxBuffer: 1 << 28, timeout: longest };
  const { stdout } = spawnSync(command, words, { ...options, env: { ...process.env, ...environment } });
  return /"readFrom": "([^"]+)"/.exec(stdout)?.[1] ?? "it failed";
}

const ours = (words: readonly string[], environment: Program["environment"] = {}): Program => ({
  name: "plimsoll analyze",
  environment,
  command: process.execPath,
  words: [dist("cli.js"), "analyze", ...words, "--format", "json"],
});

const shell = (name: string, line: string): Program => ({ name, command: "sh", words: ["-c", line] });
