import { createHash } from "node:crypto";
import { grownBytes, grownNumbers, grownSizes } from "../../../core/image/columns.ts";
import { EntryTable } from "../../../core/image/entry-table.ts";
import { addTarEntry, type LayerContents } from "../../../core/image/layer.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { probeContent } from "../../../core/image/probe.ts";
import { probeOf } from "../../../core/image/probes.ts";
import { TarReader } from "../../../core/image/tar.ts";
import { plainName, type TarEntry } from "../../../core/image/tar-head.ts";
import type { ReadLayer } from "../image/layer-reader.ts";
import { shortHash } from "../image/passed-contents.ts";
import type { LayerFiles } from "./layer-files.ts";
import { StoreError } from "./store-error.ts";
import { readTarSplit } from "./tar-split.ts";

/** Where the classic store keeps a layer. */
export interface SplitLayerPlace {
  /** Its `tar-split.json.gz`. */
  readonly records: string;
  /** The folder with its files. */
  readonly folder: string;
}

/**
 * A layer from its records: the headers of its tar as they were, while contents are read where somebody wants them.
 * Throws `StoreError` where records and headers disagree. `onBytes` hears of every file.
 */
export async function readSplitLayer(
  { records, folder }: SplitLayerPlace,
  files: LayerFiles,
  tree: PathTree,
  onBytes: (count: number) => void,
): Promise<ReadLayer> {
  const entries = new EntryTable(tree);
  const contents = new UnpackedContents(files, folder, entries);
  let troubled = false;
  /** The last header's, and its number in the table where it has one. */
  const last: { it: TarEntry | undefined; entry: number | undefined } = { it: undefined, entry: undefined };
  const reader = new TarReader({
    entry: (it) => {
      // In the archive holes are left out, and the records count them.
      if (it.sparse !== undefined) throw new StoreError("a layer has a sparse file");
      const added = addTarEntry(entries, it);
      if (added.kind === "refused") troubled = true;
      last.it = it;
      last.entry = added.kind === "added" ? added.entry : undefined;
      if (last.entry !== undefined) contents.place(last.entry);
    },
    body: () => {
      throw new StoreError("a record of a layer gives a file no size");
    },
    end: () => {},
  });
  await readTarSplit(records, {
    segment: (bytes) => reader.push(bytes),
    file: (name, size, checksum) => {
      if (!reader.skip(size) || !isNamed(last.it, name))
        throw new StoreError("the records of a layer do not fit its headers");
      if (last.entry !== undefined) contents.setChecksum(last.entry, checksum);
      onBytes(size);
    },
  });
  reader.finish();
  // What they are called depends on the form in which the engine sends the layer.
  if (troubled || reader.troubles.length > 0) throw new StoreError("a layer's archive is broken");
  contents.placed();
  probeFiles(entries, contents);
  return { entries, contents, troubles: [] };
}

const isNamed = (it: TarEntry | undefined, name: Uint8Array): boolean =>
  it !== undefined && Buffer.compare(plainName(name), it.name) === 0;

/** Once all headers are known: of a path twice in a layer only the last file is there. */
function probeFiles(entries: EntryTable, contents: UnpackedContents): void {
  for (let entry = 0; entry < entries.count; entry += 1) {
    const size = entries.sizeOf(entry);
    if (size === 0 || !contents.isThere(entry)) continue;
    const probe = probeOf(entries.tree.pathOf(entries.nodeOf(entry)), size);
    const facts = probe && probeContent(probe, (start, length) => contents.read(entry, start, length));
    if (facts !== undefined) entries.facts.set(entry, facts);
  }
}

/** Contents of a layer that lies unpacked. */
class UnpackedContents implements LayerContents {
  readonly isReadable = true;
  /** By the records' checksums. */
  readonly fingerprintsWhole = true;
  readonly #files: LayerFiles;
  readonly #folder: string;
  readonly #entries: EntryTable;
  /** By entry. */
  #checksums = new Float64Array(0);
  #gone = new Uint8Array(0);
  /** By node: the number after that of its last entry. */
  #last = new Uint32Array(0);

  constructor(files: LayerFiles, folder: string, entries: EntryTable) {
    this.#files = files;
    this.#folder = folder;
    this.#entries = entries;
  }

  /** A new entry, which takes the place of an earlier one of its path. */
  place(entry: number): void {
    const node = this.#entries.nodeOf(entry);
    this.#last = grownNumbers(this.#last, node + 1);
    this.#gone = grownBytes(this.#gone, entry + 1);
    const before = this.#last[node] ?? 0;
    if (before > 0) this.#gone[before - 1] = 1;
    this.#last[node] = entry + 1;
  }

  /** All are. */
  placed(): void {
    this.#last = new Uint32Array(0);
  }

  isThere(entry: number): boolean {
    return this.#gone[entry] !== 1 && this.#entries.kindOf(entry) === "file";
  }

  setChecksum(entry: number, checksum: number): void {
    this.#checksums = grownSizes(this.#checksums, entry + 1);
    this.#checksums[entry] = checksum;
  }

  read(entry: number, start: number, length: number): Uint8Array {
    if (!this.isThere(entry)) throw new StoreError("a layer has a path twice");
    return this.#files.read(
      this.#folder,
      this.#entries.nodeOf(entry),
      this.#entries.sizeOf(entry),
      start,
      length,
    );
  }

  hash(entry: number): string {
    const hash = createHash("sha256");
    const size = this.#entries.sizeOf(entry);
    for (let at = 0; at < size; at += step) hash.update(this.read(entry, at, step));
    return shortHash(hash);
  }

  fingerprint(entry: number): number | undefined {
    return this.#checksums[entry];
  }
}

const step = 1 << 18;
