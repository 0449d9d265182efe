/**
 * Analysis of images, dive beside ours in the same run, all warm: archives on the disk against reading them once, with
 * the peak memory of each process; images of a running engine against `docker save` to nowhere. Two saved images of more
 * than 8 GB are made below .cache/bench, one after another, and removed. `PLIMSOLL_BENCH_IMAGE=REF[,REF…]` names images
 * of the engine that DOCKER_HOST reaches; `PLIMSOLL_BENCH_LARGE=0` leaves the large archives out, and `=engine` loads them
 * into that engine too, or without DOCKER_HOST into engines of the bench's own, one with the classic store and one with
 * containerd's (root on Debian; an hour). `PLIMSOLL_BENCH_BYTES` is another size for them.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { startNewerEngine } from "../engines/newer-engine.ts";
import { farEngine } from "../far-engine.ts";
import { writeSampleImage } from "../sample-image.ts";
import { largeName, writeLargeImage } from "./large-image.ts";
import { dive, type Peer, type Program } from "./peers.ts";
import { benchFolder, dist, root } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
/** Milliseconds: what takes longer is measured once after it was warmed. */
const long = 30_000;
/** Milliseconds: by then it hangs. */
const longest = 1_800_000;
const largeBytes = Number(process.env["PLIMSOLL_BENCH_BYTES"] ?? 8_500_000_000);

export async function benchImages(): Promise<void> {
  const small = join(root, ".cache", "sample-image.tar");
  writeSampleImage(small);
  await benchArchive("the sample image", small);
  if (process.env["PLIMSOLL_BENCH_LARGE"] !== "0")
    for (const files of [50_000, 300_000]) await benchLarge(files);
  for (const reference of (process.env["PLIMSOLL_BENCH_IMAGE"] ?? "").split(",").filter((it) => it !== "")) {
    const host = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
    await benchEngineImage(reference, host, "a running engine");
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
    if (process.env["PLIMSOLL_BENCH_LARGE"] === "engine") await benchEngines(archive, largeName(files));
  } finally {
    rmSync(archive, { force: true });
  }
}

async function benchEngines(archive: string, reference: string): Promise<void> {
  const given = process.env["DOCKER_HOST"] ?? "";
  if (given !== "") {
    await benchLoaded(archive, reference, given, "the engine that DOCKER_HOST names");
    return;
  }
  for (const store of ["classic", "containerd"] as const) {
    const { bavail, bsize } = statfsSync(benchFolder);
    // The loaded image, and what an engine writes beside it while it loads and saves.
    if (bavail * bsize < largeBytes * 3) {
      console.log(`\n${reference}: ${benchFolder} has no ${(largeBytes * 3) / 1e9} GB free for an engine`);
      return;
    }
    try {
      const engine = await startNewerEngine(store, `bench-${store}`);
      try {
        await benchLoaded(archive, reference, engine.host, `an engine with the ${store} store`);
      } finally {
        await engine.stop();
        rmSync(engine.data, { recursive: true, force: true });
      }
    } catch (cause) {
      console.log(`\n${reference}: no engine with the ${store} store: ${String(cause)}`);
    }
  }
}

async function benchLoaded(archive: string, reference: string, host: string, engine: string): Promise<void> {
  const docker = (...words: string[]): ReturnType<typeof spawnSync> =>
    spawnSync("docker", ["-H", host, ...words], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: longest,
    });
  const loaded = docker("load", "-q", "-i", archive);
  if (loaded.status === 0) await benchEngineImage(reference, host, engine);
  else console.log(`\n${reference}: ${engine} does not load it: ${loaded.error ?? loaded.stderr}`);
  docker("rmi", reference);
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
  await compare(`Image ${reference} of ${engine}`, [
    { ...shell("docker save > /dev/null", `docker save '${reference}' > /dev/null`), environment },
    typeof peer === "string" ? peer : { ...peer, environment },
    {
      ...ours([reference], environment),
      name: `plimsoll analyze (${readFrom(reference, environment)})`,
    },
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

/** The first is what the others are compared with; of dive's time and ours the quotient is told. */
async function compare(title: string, programs: readonly Peer[]): Promise<void> {
  const rows: Row[] = [];
  let [first, peer]: (number | undefined)[] = [];
  for (const it of programs) {
    if (typeof it === "string") {
      rows.push([it]);
      continue;
    }
    const measured = await measure(it);
    if (measured === undefined) {
      rows.push([`${it.name}: it failed`]);
      continue;
    }
    const { time, peak } = measured;
    first ??= time;
    rows.push([
      it.name,
      milliseconds(time),
      ratio(time, first),
      peer === undefined ? "" : ratio(peer, time),
      peak === 0 ? "" : `${(peak / 1e6).toFixed(0)} MB`,
    ]);
    if (it.name === "dive") peer = time;
  }
  const note = `median of ${rounds}, or one run of what takes longer than ${long / 1_000} s`;
  printTable(`${title}, ${note}`, ["", "time", "to the first row", "faster than dive", "peak memory"], rows);
}

/** Undefined: it ended with an error. */
async function measure(program: Program): Promise<Run | undefined> {
  // The first run warms what is read and what is run.
  const warming = await timed(program);
  if (warming === undefined) return undefined;
  const runs: Run[] = [];
  while (runs.length < (warming.time > long ? 1 : rounds)) {
    const run = await timed(program);
    if (run === undefined) return undefined;
    runs.push(run);
  }
  return { time: median(runs.map((it) => it.time)), peak: Math.max(...runs.map((it) => it.peak)) };
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
      timeout: longest,
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
