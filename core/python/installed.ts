/** Distributions that are installed somewhere: in the built image, or in a local environment. Values only. */
import { addBytes, type Bytes, bytes, noBytes } from "../size/bytes.ts";
import { normalised } from "./names.ts";

export interface InstalledDistribution {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** Undefined: not all of its files lie there (an editable install), or nothing counts them. */
  readonly bytes: Bytes | undefined;
  /** Of its modules in source; undefined where `bytes` has the bytecode too. */
  readonly pythonBytes: Bytes | undefined;
  /** PEP 508 texts of what it needs. */
  readonly requires: readonly string[];
  /** What programs import of it, dotted; empty: not known. */
  readonly modules: readonly string[];
  /** Tags of the wheel that it came from (PEP 425); empty: it is of the target, as in an image. */
  readonly tags: readonly string[];
}

export interface InstalledWorld {
  /** "image truthgraph-api:latest", "the environment .venv" */
  readonly from: string;
  /** "3.12" of an environment; undefined: not known. */
  readonly python: string | undefined;
  readonly byName: ReadonlyMap<string, readonly InstalledDistribution[]>;
}

export function installedWorld(
  from: string,
  all: Iterable<InstalledDistribution>,
  python?: string,
): InstalledWorld {
  const byName = new Map<string, InstalledDistribution[]>();
  for (const it of all) {
    const known = byName.get(it.name);
    if (known === undefined) byName.set(it.name, [it]);
    else known.push(it);
  }
  return { from, python, byName };
}

/** A row of an analysed image (core/image/attribution.ts). */
interface ImagePackage {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly layer: number;
  readonly dependsOn: readonly string[];
}

/** Python's distributions of an analysed image; undefined where it has none. */
export function installedInImage(
  reference: string,
  packages: readonly ImagePackage[],
): InstalledWorld | undefined {
  const found = new Map<string, { row: ImagePackage; layers: Map<number, Bytes> }>();
  for (const row of packages) {
    if (row.ecosystem !== "python" || row.version === "" || row.bytes === 0) continue;
    const key = `${normalised(row.name)} ${row.version}`;
    const it = found.get(key) ?? { row, layers: new Map<number, Bytes>() };
    found.set(key, it);
    // Two of one kind in one layer are two installs of it, of which a requirement means one.
    it.layers.set(row.layer, bytes(Math.max(row.bytes, it.layers.get(row.layer) ?? 0)));
  }
  if (found.size === 0) return undefined;
  return installedWorld(
    `image ${reference}`,
    [...found.values()].map(({ row, layers }) => ({
      name: normalised(row.name),
      version: row.version,
      bytes: [...layers.values()].reduce(addBytes, noBytes),
      pythonBytes: undefined,
      requires: row.dependsOn,
      modules: [],
      tags: [],
    })),
  );
}
