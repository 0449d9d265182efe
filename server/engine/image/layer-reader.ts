import { createHash, type Hash } from "node:crypto";
import { wantsText } from "../../../core/image/cataloguers/all.ts";
import { EntryTable } from "../../../core/image/entry-table.ts";
import { addTarEntry, type LayerContents } from "../../../core/image/layer.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { StreamProbe } from "../../../core/image/probe.ts";
import { type FileFacts, probeOf } from "../../../core/image/probes.ts";
import { SparseContent } from "../../../core/image/sparse.ts";
import { TarReader } from "../../../core/image/tar.ts";
import type { TarEntry } from "../../../core/image/tar-head.ts";
import { longestWanted } from "../../../core/image/wanted-files.ts";
import { PassedContents } from "./passed-contents.ts";

/** Of one layer, in memory; later ones are missing. */
const longestKept = 64 << 20;
/** Of one layer: holes of sparse files cost nothing in the archive, but time here. */
export const longestHoles = 2 ** 32;
const mostTroubles = 20;

/** What is left for the holes of later files. */
export const holesAfter = (left: number, { size, stored }: TarEntry): number =>
  Math.max(0, left - Math.max(0, size - stored));

export interface ReadLayer {
  readonly entries: EntryTable;
  readonly contents: LayerContents;
  readonly troubles: readonly string[];
  /** Of the bytes as they were read, where they were hashed. */
  readonly diffId?: string;
}

/**
 * Reads one layer's tar as it arrives. It cannot be wound back, so every content is hashed, and those that a
 * cataloguer wants are kept.
 */
export class LayerReader {
  readonly #entries: EntryTable;
  readonly #contents = new PassedContents();
  readonly #troubles: string[] = [];
  readonly #tar: TarReader;
  #open: OpenFile | undefined;
  #holesLeft = longestHoles;

  constructor(tree: PathTree) {
    this.#entries = new EntryTable(tree);
    this.#tar = new TarReader({
      entry: (it) => this.#begin(it),
      body: (piece) => this.#open?.push(piece),
      end: () => this.#end(),
    });
  }

  push(chunk: Uint8Array): void {
    this.#tar.push(chunk);
  }

  finish(): ReadLayer {
    this.#tar.finish();
    return {
      entries: this.#entries,
      contents: this.#contents,
      troubles: [...this.#tar.troubles, ...this.#troubles],
    };
  }

  #begin(it: TarEntry): void {
    const added = addTarEntry(this.#entries, it);
    if (added.kind === "refused" && this.#troubles.length < mostTroubles)
      this.#troubles.push(added.path === "" ? added.why : `${added.path}: ${added.why}`);
    if (added.kind !== "added" || it.kind !== "file" || it.size === 0) return;
    const { entry } = added;
    // A whiteout's body, which should be empty, is nobody's content.
    if (this.#entries.kindOf(entry) !== "file") return;
    const path = this.#entries.tree.pathOf(this.#entries.nodeOf(entry));
    const isKept =
      it.size <= longestWanted && this.#contents.kept + it.size <= longestKept && wantsText(path);
    this.#open = new OpenFile(entry, it, this.#holesLeft, isKept, probeOf(path, it.size));
    if (it.sparse !== undefined) this.#holesLeft = holesAfter(this.#holesLeft, it);
  }

  #end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { hash, kept, facts } = open.finish();
    if (hash !== undefined) this.#contents.setHash(open.entry, hash);
    if (kept !== undefined) this.#contents.keep(open.entry, kept);
    if (facts !== undefined) this.#entries.facts.set(open.entry, facts);
  }
}

type Probed = StreamProbe<FileFacts | undefined>;

class OpenFile {
  readonly entry: number;
  readonly #size: number;
  readonly #hash: Hash = createHash("sha256");
  readonly #kept: Uint8Array[] | undefined;
  readonly #probe: Probed | undefined;
  readonly #sparse: SparseContent | undefined;
  #passed = 0;

  constructor(
    entry: number,
    it: TarEntry,
    holes: number,
    isKept: boolean,
    probe: ReturnType<typeof probeOf>,
  ) {
    this.entry = entry;
    this.#size = it.size;
    this.#kept = isKept ? [] : undefined;
    this.#probe = probe === undefined ? undefined : new StreamProbe(probe);
    this.#sparse =
      it.sparse === undefined ? undefined : new SparseContent(it.sparse, holes, (piece) => this.#take(piece));
  }

  push(piece: Uint8Array): void {
    if (this.#sparse === undefined) this.#take(piece);
    else this.#sparse.push(piece);
  }

  finish(): {
    readonly hash: Buffer | undefined;
    readonly kept: Uint8Array | undefined;
    readonly facts: FileFacts | undefined;
  } {
    this.#sparse?.finish();
    const facts = this.#probe?.finish();
    // Of a content that was cut short nothing is known.
    if (this.#passed !== this.#size || this.#sparse?.broken === true)
      return { hash: undefined, kept: undefined, facts: undefined };
    const kept = this.#kept === undefined ? undefined : Buffer.concat(this.#kept, this.#size);
    return { hash: this.#hash.digest(), kept, facts };
  }

  #take(piece: Uint8Array): void {
    this.#passed += piece.length;
    this.#hash.update(piece);
    this.#kept?.push(Uint8Array.from(piece));
    this.#probe?.push(piece);
  }
}
