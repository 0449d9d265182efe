/**
 * Analysis of images, dive beside ours in the same run, all warm: archives on the disk against reading them once, with
 * the peak memory of each process; images of a running engine against `docker save` to nowhere. Two saved images of more
 * than 8 GB are made below .cache/bench, one after another, and removed. `PLIMSOLL_BENCH_IMAGE=REF[,REF…]` names images
 * of the engine that DOCKER_HOST reaches; `PLIMSOLL_BENCH_LARGE=0` leaves the large archives out, and `=engine` loads them
 * into that engine too.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { farEngine } from "../far-engine.ts";
import { writeSampleImage } from "../sample-image.ts";
import { largeName, writeLargeImage } from "./large-image.ts";
import { dive, type Peer, type Program } from "./peers.ts";
import { benchFolder, dist, root } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const largeBytes = 8_500_000_000;

export async function benchImages(): Promise<void> {
  const small = join(root, ".cache", "sample-image.tar");
  writeSampleImage(small);
  await benchArchive("the sample image", small);
  if (process.env["PLIMSOLL_BENCH_LARGE"] !== "0")
    for (const files of [50_000, 300_000]) await benchLarge(files);
  for (const reference of (process.env["PLIMSOLL_BENCH_IMAGE"] ?? "").split(",").filter((it) => it !== "")) {
    await benchEngineImage(reference);
  }
}

async function benchLarge(files: number): Promise<void> {
  const archive = join(benchFolder, `large-${files}.tar`);
  const { bavail, bsize } = statfsSync(benchFolder);
  if (bavail * bsize < largeBytes * 1.5) {
    console.log(`\n${files} files: ${benchFolder} has no ${(largeBytes * 1.5) / 1e9} GB free`);
    return;
  }
  try {
    writeLargeImage(archive, largeBytes, files);
    await benchArchive(`an image of ${files.toLocaleString("en")} files`, archive);
    if (process.env["PLIMSOLL_BENCH_LARGE"] === "engine") await benchLoaded(archive, largeName(files));
  } finally {
    rmSync(archive, { force: true });
  }
}

async function benchLoaded(archive: string, reference: string): Promise<void> {
  if (spawnSync("docker", ["load", "-q", "-i", archive], { stdio: "ignore" }).status === 0)
    await benchEngineImage(reference);
  else console.log(`\n${reference}: the engine does not load it`);
  spawnSync("docker", ["rmi", reference], { stdio: "ignore" });
}

function benchArchive(title: string, path: string): Promise<void> {
  const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
  return compare(`Archive of ${title} (${size}), median of ${rounds}`, [
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
async function benchEngineImage(reference: string): Promise<void> {
  const address = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
  const far = address.startsWith("unix://") ? await farEngine(address) : undefined;
  await compare(`Image ${reference} of a running engine, median of ${rounds}`, [
    shell("docker save > /dev/null", `docker save '${reference}' > /dev/null`),
    dive(["--source", "docker", reference, "--ci", "--lowestEfficiency=0", "--highestUserWastedPercent=1"]),
    { ...ours([reference]), name: `plimsoll analyze (${readFrom(reference)})` },
    far === undefined
      ? "plimsoll analyze (engine-export): the one above"
      : { ...ours([reference], { DOCKER_HOST: far.host }), name: "plimsoll analyze (engine-export)" },
  ]);
  far?.close();
}

/** What the analysis says of itself. */
function readFrom(reference: string): string {
  const { command, words } = ours([reference]);
  const { stdout } = spawnSync(command, words, { encoding: "utf8", maxBuffer: 1 << 28 });
  return /"readFrom": "([^"]+)"/.exec(stdout)?.[1] ?? "it failed";
}

/** The first is what the others are compared with, and the second what is left over of ours. */
async function compare(title: string, programs: readonly Peer[]): Promise<void> {
  const rows: Row[] = [];
  const medians: number[] = [];
  for (const it of programs) {
    if (typeof it === "string") {
      rows.push([it]);
      continue;
    }
    const runs: Run[] = [];
    // The first run warms what is read and what is run.
    for (let round = 0; round <= rounds; round += 1) {
      const run = await timed(it);
      if (run === undefined) break;
      if (round > 0) runs.push(run);
    }
    if (runs.length < rounds) {
      rows.push([`${it.name}: it failed`]);
      continue;
    }
    const time = median(runs.map((run) => run.time));
    medians.push(time);
    const peak = Math.max(...runs.map((run) => run.peak));
    rows.push([
      it.name,
      milliseconds(time),
      ratio(time, medians[0] ?? time),
      medians.length < 2 ? "" : ratio(medians[1] ?? time, time),
      peak === 0 ? "" : `${(peak / 1e6).toFixed(0)} MB`,
    ]);
  }
  printTable(title, ["", "time", "to the first row", "faster than dive", "peak memory"], rows);
}

const ours = (words: readonly string[], environment: Program["environment"] = {}): Program => ({
  name: "plimsoll analyze",
  environment,
  command: process.execPath,
  words: [dist("cli.js"), "analyze", ...words, "--format", "json"],
});

const shell = (name: string, line: string): Program => ({ name, command: "sh", words: ["-c", line] });

interface Run {
  readonly time: number;
  /** Bytes resident at most, of Linux; else 0. */
  readonly peak: number;
}

/** Undefined: it ended with an error. */
function timed({ command, words, environment }: Program): Promise<Run | undefined> {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(command, words, {
      stdio: "ignore",
      env: { ...process.env, ...environment },
    });
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid ?? 0));
    }, 20);
    child.on("error", () => resolve(undefined));
    child.on("exit", (code) => {
      clearInterval(look);
      resolve(code === 0 ? { time: performance.now() - start, peak } : undefined);
    });
  });
}

/** The kernel's own high-water mark; 0 where there is none, or the process has just ended. */
function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
