/** The catalogue of prices as the bundles read it, made from data/facts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type CatalogueContent, type VersionRow, wheelKinds } from "../core/python/catalogue.ts";
import type { DebianCatalogue } from "../core/size/debian-package-sizes.ts";

const facts = join(import.meta.dirname, "..", "data", "facts");
/** Day on which debian-12-packages.tsv was read from Debian's index; see data/README.md. */
const date = "2026-11-24";
/** Newest day among the sources of python-wheels.tsv; see data/README.md. */
const pythonDate = "2026-11-25";
/** Unpacked over compressed size of base images where both are known: 2.63-2.85. */
const unpackedPerCompressed = 2.74;

export function debianCatalogue(): DebianCatalogue {
  const dropped = new Map(
    rowsOf("debian-12-docshare.tsv").map(([name = "", , , bytes]) => [name, Number(bytes)] as const),
  );
  return {
    date,
    packages: rowsOf("debian-12-packages.tsv").map(
      ([name = "", installed, deb, priority, depends = "", recommends = "", provides = ""]) => [
        name,
        Number(installed),
        Number(deb),
        priority === "required",
        depends,
        recommends,
        provides,
        dropped.get(name) ?? -1,
      ],
    ),
    images: rowsOf("base-images.tsv").flatMap(
      ([image, tag, platform, compressed, unpacked, , , , , quality]) => {
        const derived = unpacked === "" || unpacked === undefined;
        const size = derived ? Math.round(Number(compressed) * unpackedPerCompressed) : Number(unpacked);
        return platform === "linux/amd64" && quality === "official" && size > 0
          ? [[`${image}:${tag}`, size, derived] as const]
          : [];
      },
    ),
  };
}

export function pythonCatalogue(): CatalogueContent {
  const dependencies = new Map(
    rowsOf("python-dependencies.tsv").map(([name = "", , texts = ""]) => [name, texts] as const),
  );
  const versions = new Map<string, VersionRow[]>();
  const kinds = new Map<string, number>();
  for (const [name = "", version = "", , wheel, installed, python, kind = ""] of rowsOf(
    "python-wheels.tsv",
  )) {
    const row: VersionRow = [version, Number(wheel), countOr(installed), countOr(python)];
    versions.set(name, [...(versions.get(name) ?? []), row]);
    // The kind of a wheel that somebody unpacked is better known than one by its tag.
    if (!kinds.has(name) || row[2] >= 0) {
      const index = wheelKinds.findIndex((it) => kind === `${it}`);
      if (index >= 0) kinds.set(name, index);
    }
  }
  return {
    date: pythonDate,
    packages: [...versions].map(([name, rows]) => [
      name,
      kinds.get(name) ?? -1,
      dependencies.get(name) ?? "",
      rows,
    ]),
  };
}

const countOr = (cell: string | undefined): number => (cell === undefined || cell === "" ? -1 : Number(cell));

/** Packed without a time of making, so that the same facts give the same bytes. */
export const packed = (catalogue: DebianCatalogue | CatalogueContent): Uint8Array =>
  gzipSync(JSON.stringify(catalogue), { level: 9 });

function rowsOf(file: string): string[][] {
  return readFileSync(join(facts, file), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
}
