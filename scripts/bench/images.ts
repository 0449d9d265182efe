/**
 * Analysis of an image: of a running engine against `docker save` to nowhere, of an archive against reading it once, and
 * dive beside both. `PLIMSOLL_BENCH_IMAGE=REF[,REF…]` names images of the engine that DOCKER_HOST reaches; without it the
 * small sample archive is measured alone.
 */
import { spawnSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeSampleImage } from "../sample-image.ts";
import { dive, type Peer, type Program } from "./peers.ts";
import { benchFolder, dist, root } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;

export function benchImages(): void {
  const small = join(root, ".cache", "sample-image.tar");
  writeSampleImage(small);
  benchArchive("the sample image", small);
  for (const reference of (process.env["PLIMSOLL_BENCH_IMAGE"] ?? "").split(",").filter((it) => it !== "")) {
    benchEngineImage(reference);
  }
}

function benchArchive(title: string, path: string): void {
  const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`;
  compare(`Archive of ${title} (${size}), median of ${rounds}`, [
    shell("cat ARCHIVE > /dev/null", `cat '${path}' > /dev/null`),
    ours([path]),
    dive(["--source", "docker-archive", path, "--ci", "--lowestEfficiency=0"]),
  ]);
}

function benchEngineImage(reference: string): void {
  compare(`Image ${reference} of a running engine, median of ${rounds}`, [
    shell("docker save > /dev/null", `docker save '${reference}' > /dev/null`),
    ours([reference]),
    dive(["--source", "docker", reference, "--ci", "--lowestEfficiency=0"]),
  ]);
  const archive = join(benchFolder, "image.tar");
  if (spawnSync("docker", ["save", "-o", archive, reference]).status === 0) benchArchive(reference, archive);
  rmSync(archive, { force: true });
}

/** The first is what the others are compared with. */
function compare(title: string, programs: readonly Peer[]): void {
  let reference: number | undefined;
  const rows = programs.map((it): Row => {
    if (typeof it === "string") return [it];
    const times = Array.from({ length: rounds }, () => timed(it)).filter((time) => time !== undefined);
    if (times.length < rounds) return [`${it.name}: it failed`];
    const time = median(times);
    reference ??= time;
    return [it.name, milliseconds(time), ratio(time, reference)];
  });
  printTable(title, ["", "time", "to the first row"], rows);
}

const ours = (words: readonly string[]): Program => ({
  name: "plimsoll analyze",
  command: process.execPath,
  words: [dist("cli.js"), "analyze", ...words, "--format", "json"],
});

const shell = (name: string, line: string): Program => ({ name, command: "sh", words: ["-c", line] });

/** Undefined: it ended with an error. */
function timed({ command, words }: Program): number | undefined {
  const start = performance.now();
  const { status } = spawnSync(command, words, { stdio: "ignore" });
  return status === 0 ? performance.now() - start : undefined;
}
