/**
 * `check` over folders of Dockerfiles, in one process each; a start alone is measured beside it. With
 * PLIMSOLL_BENCH_TREE=/path also over copies of the Dockerfiles below a folder of yours.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findDocuments } from "../../server/engine/find-documents.ts";
import { hadolint, type Peer, type Program, tally, timed } from "./peers.ts";
import { benchFolder, dist, root, sampleText } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable, type Row } from "./table.ts";

const count = 200;
const rounds = 3;

export async function benchChecking(): Promise<void> {
  const copies = Array.from({ length: count }, (_, index) =>
    sampleText().replaceAll("postgresql-client", `postgresql-client-${index}`),
  );
  measure("like the sample and no two alike", copies);
  measure("from the rules' pages and test cases", writtenDown());
  const tree = process.env["PLIMSOLL_BENCH_TREE"];
  if (tree !== undefined) measure(`found below ${tree}`, await textsBelow(tree));
}

function measure(title: string, texts: readonly string[]): void {
  const folder = join(benchFolder, "many");
  const one = join(benchFolder, "one");
  const paths = writeFiles(folder, texts);
  const [single = ""] = writeFiles(one, texts.slice(0, 1));
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
    const each = (median(Array.from({ length: rounds }, () => timed(whole))) - started) / (texts.length - 1);
    reference ??= each;
    return [whole.name, milliseconds(started), milliseconds(each), ratio(each, reference)];
  });
  const lines = Math.round(texts.reduce((sum, it) => sum + it.split("\n").length, 0) / texts.length);
  printTable(
    `Check of ${texts.length} Dockerfiles ${title}, ${lines} lines each on average, median of ${rounds}`,
    ["", "start and one file", "each further file", "to ours"],
    rows,
  );
}

/** All different: what the documentation shows, and what the tests of the rules read. */
function writtenDown(): readonly string[] {
  const pages = join(root, "docs", "rules");
  const examples = readdirSync(pages).flatMap((it) =>
    [...readFileSync(join(pages, it), "utf8").matchAll(/^```dockerfile\n(.*?)^```$/gms)].map(
      ([, text]) => text ?? "",
    ),
  );
  const cases = join(root, "test", "core", "rules", "cases");
  // What stands before the first instruction tells the test about the world.
  const sources = readdirSync(cases).flatMap((it) =>
    readFileSync(join(cases, it), "utf8")
      .split(/^== .*\n/m)
      .flatMap((block) => block.split(/^-- fixed\n/m)[0]?.match(/^(?:ARG|FROM) .*/ms)?.[0] ?? []),
  );
  return [...new Set([...examples, ...sources])];
}

async function textsBelow(folder: string): Promise<readonly string[]> {
  const { documents } = await findDocuments(folder);
  const texts = documents.flatMap(({ path, kind }) =>
    kind === "dockerfile" ? [readFileSync(path, "utf8")] : [],
  );
  return [...new Set(texts)];
}

function writeFiles(folder: string, texts: readonly string[]): string[] {
  rmSync(folder, { recursive: true, force: true });
  return texts.map((text, index) => {
    const place = join(folder, `service-${index}`);
    mkdirSync(place, { recursive: true });
    const path = join(place, "Dockerfile");
    writeFileSync(path, text);
    return path;
  });
}
