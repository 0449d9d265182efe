/** What users download and what is loaded. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writePackage } from "../vsix.ts";
import { benchFolder, dist } from "./places.ts";
import { printTable, type Row } from "./table.ts";

const bundles = [
  "client.js",
  "language.js",
  "server.js",
  "worker.js",
  "dockerode.js",
  "cli.js",
  "documents.js",
  "media/treemap.js",
];

export function benchSizes(): void {
  const vsix = join(benchFolder, "plimsoll.vsix");
  writePackage(vsix);
  const rows = bundles.map((it): Row => {
    const content = readFileSync(dist(it));
    return [it, kilobytes(content.length), kilobytes(gzipSync(content).length)];
  });
  printTable("Bundles", ["", "size", "gzip"], [...rows, ["the .vsix", "", kilobytes(statSync(vsix).size)]]);
}

const kilobytes = (count: number): string => `${(count / 1000).toFixed(0)} kB`;
