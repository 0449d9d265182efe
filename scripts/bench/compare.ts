/** Programs beside each other: time and peak memory of whole processes, each row printed as soon as it is known. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Peer, Program } from "./peers.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printRow, printTitle } from "./table.ts";

const rounds = 3;
/** Milliseconds: what takes longer is run once, and that run counts: beside it a cold start is nothing. */
const long = 30_000;
/** Milliseconds: by then it hangs. */
export const longest = 1_800_000;

const widths = [46, 9, 16, 16, 12];

/** The first is what the others are compared with; of dive's time and ours the quotient is told. */
export async function compare(title: string, programs: readonly Peer[]): Promise<void> {
  printTitle(`${title}, median of ${rounds}, or the only run of what takes longer than ${long / 1_000} s`);
  printRow(["", "time", "to the first row", "faster than dive", "peak memory"], widths);
  let [first, peer]: (number | undefined)[] = [];
  for (const it of programs) {
    if (typeof it === "string") {
      printRow([it], widths);
      continue;
    }
    const measured = await measure(it);
    if (measured === undefined) {
      printRow([`${it.name}: it failed`], widths);
      continue;
    }
    const { time, peak } = measured;
    first ??= time;
    const cells = [
      it.name,
      milliseconds(time),
      ratio(time, first),
      peer === undefined ? "" : ratio(peer, time),
      peak === 0 ? "" : `${(peak / 1e6).toFixed(0)} MB`,
    ];
    printRow(cells, widths);
    if (it.name === "dive") peer = time;
  }
}

/** Undefined: it ended with an error. */
async function measure(program: Program): Promise<Run | undefined> {
  // The first run warms what is read and what is run.
  const warming = await timed(program);
  if (warming === undefined || warming.time > long) return warming;
  const runs: Run[] = [];
  while (runs.length < rounds) {
    const run = await timed(program);
    if (run === undefined) return undefined;
    runs.push(run);
  }
  return { time: median(runs.map((it) => it.time)), peak: Math.max(...runs.map((it) => it.peak)) };
}

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
