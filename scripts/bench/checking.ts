/** `check` over a folder of Dockerfiles, in one process each; a start alone is measured beside it. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hadolint, type Peer, type Program, tally, timed } from "./peers.ts";
import { benchFolder, dist, sampleText } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const count = 200;
const rounds = 3;

export function benchChecking(): void {
  const folder = join(benchFolder, "many");
  const one = join(benchFolder, "one");
  const paths = writeFiles(folder, count);
  const [single = ""] = writeFiles(one, 1);
  const ours = (path: string): Program => ({
    name: "plimsoll check",
    command: process.execPath,
    words: [dist("cli.js"), "check", path, "--format", "json"],
  });
  const pairs: readonly (readonly [whole: Peer, start: Peer])[] = [
    [ours(folder), ours(one)],
    [hadolint(["-f", "json", ...paths]), hadolint(["-f", "json", single])],
    [
      tally(["lint", "--slow-checks", "off", "--format", "json", ...paths]),
      tally(["lint", "--slow-checks", "off", "--format", "json", single]),
    ],
  ];
  let reference: number | undefined;
  const rows = pairs.map(([whole, start]): Row => {
    if (typeof whole === "string" || typeof start === "string") return [String(whole)];
    const started = median(Array.from({ length: rounds }, () => timed(start)));
    const each = (median(Array.from({ length: rounds }, () => timed(whole))) - started) / (count - 1);
    reference ??= each;
    return [whole.name, milliseconds(started), milliseconds(each), ratio(each, reference)];
  });
  printTable(
    `Check of ${count} Dockerfiles, each like the sample and no two alike, median of ${rounds}`,
    ["", "start and one file", "each further file", "to ours"],
    rows,
  );
}

function writeFiles(folder: string, many: number): string[] {
  rmSync(folder, { recursive: true, force: true });
  return Array.from({ length: many }, (_, index) => {
    const place = join(folder, `service-${index}`);
    mkdirSync(place, { recursive: true });
    const path = join(place, "Dockerfile");
    writeFileSync(path, sampleText().replaceAll("postgresql-client", `postgresql-client-${index}`));
    return path;
  });
}
