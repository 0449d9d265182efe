import { createHash } from "node:crypto";
import { EntryTable } from "../../../core/image/entry-table.ts";
import { fingerprinted, fingerprintOf } from "../../../core/image/fingerprint.ts";
import { addTarEntry, type LayerContents } from "../../../core/image/layer.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { probeContent } from "../../../core/image/probe.ts";
import { probeOf } from "../../../core/image/probes.ts";
import { SparseContent, type SparseForm } from "../../../core/image/sparse.ts";
import type { FilePart } from "./file-part.ts";
import { longestHoles, type ReadLayer, shortHash } from "./layer-reader.ts";
import { type BodyStart, seekTar } from "./seek-tar.ts";

const mostTroubles = 20;

/** Reads the headers of a layer that lies on the disk unpacked; contents are read when somebody wants them. */
export function seekLayer(part: FilePart, tree: PathTree): ReadLayer {
  const entries = new EntryTable(tree);
  const contents = new StoredContents(part, entries);
  const refusals: string[] = [];
  const troubles = seekTar(part, fingerprinted, {
    entry: (it, at, body) => {
      const added = addTarEntry(entries, it);
      if (added.kind === "refused" && refusals.length < mostTroubles)
        refusals.push(added.path === "" ? added.why : `${added.path}: ${added.why}`);
      if (added.kind !== "added" || it.kind !== "file" || it.size === 0) return;
      if (it.sparse !== undefined) contents.setSparse(added.entry, at, it.stored, it.sparse);
      else if (body.start >= 0) contents.set(added.entry, at, fingerprintOf(body.bytes, body.start, it.size));
      if (it.sparse !== undefined || !mayTell(body)) return;
      const probe = probeOf(tree.pathOf(entries.nodeOf(added.entry)), it.size);
      const facts =
        probe && probeContent(probe, (start, length) => contents.read(added.entry, start, length) ?? nothing);
      if (facts !== undefined) entries.facts.set(added.entry, facts);
    },
  });
  return { entries, contents, troubles: [...troubles, ...refusals] };
}

const nothing = new Uint8Array(0);

/** ELF files and zip archives by their first bytes; archives that a start script precedes too. */
function mayTell({ bytes, start }: BodyStart): boolean {
  const [a, b] = [bytes[start], bytes[start + 1]];
  return (a === 0x7f && b === 0x45) || (a === 0x50 && b === 0x4b) || (a === 0x23 && b === 0x21);
}

interface SparseBody {
  readonly stored: number;
  readonly form: SparseForm;
}

class StoredContents implements LayerContents {
  readonly isReadable = true;
  readonly #part: FilePart;
  readonly #entries: EntryTable;
  #starts = new Float64Array(0);
  #fingerprints = new Uint32Array(0);
  readonly #sparse = new Map<number, SparseBody>();
  #buffer = Buffer.alloc(0);

  constructor(part: FilePart, entries: EntryTable) {
    this.#part = part;
    this.#entries = entries;
  }

  set(entry: number, start: number, fingerprint: number): void {
    if (this.#starts.length <= entry) {
      const room = Math.max(1_024, entry + 1, Math.ceil(this.#starts.length * 1.5));
      const [starts, fingerprints] = [new Float64Array(room), new Uint32Array(room)];
      starts.set(this.#starts);
      fingerprints.set(this.#fingerprints);
      [this.#starts, this.#fingerprints] = [starts, fingerprints];
    }
    this.#starts[entry] = start;
    this.#fingerprints[entry] = fingerprint;
  }

  setSparse(entry: number, start: number, stored: number, form: SparseForm): void {
    this.set(entry, start, 0);
    this.#sparse.set(entry, { stored, form });
  }

  read(entry: number, start: number, length: number): Uint8Array | undefined {
    const sparse = this.#sparse.get(entry);
    if (sparse !== undefined) return this.#readSparse(entry, sparse, start, length);
    const from = this.#starts[entry] ?? 0;
    // No body begins at 0: a header stands there.
    if (from === 0) return undefined;
    const wanted = Math.min(length, this.#entries.sizeOf(entry) - start);
    if (wanted <= 0) return this.#buffer.subarray(0, 0);
    if (this.#buffer.length < wanted) this.#buffer = Buffer.alloc(Math.max(wanted, 1 << 16));
    return this.#buffer.subarray(0, this.#part.read(this.#buffer, from + start, wanted));
  }

  hash(entry: number): string | undefined {
    const hash = createHash("sha256");
    const isWhole = this.#each(entry, (piece) => hash.update(piece));
    return isWhole ? shortHash(hash) : undefined;
  }

  fingerprint(entry: number): number | undefined {
    return this.#sparse.has(entry) ? undefined : this.#fingerprints[entry];
  }

  #readSparse(entry: number, sparse: SparseBody, start: number, length: number): Uint8Array | undefined {
    const wanted = Math.max(0, Math.min(length, this.#entries.sizeOf(entry) - start));
    const res = Buffer.alloc(wanted);
    let at = 0;
    const isWhole = this.#eachSparse(entry, sparse, (piece) => {
      const from = Math.max(0, start - at);
      const to = Math.min(piece.length, start + wanted - at);
      if (from < to) res.set(piece.subarray(from, to), at + from - start);
      at += piece.length;
    });
    return isWhole ? res : undefined;
  }

  /** Answers whether the content was given to its end. */
  #each(entry: number, give: (piece: Uint8Array) => void): boolean {
    const sparse = this.#sparse.get(entry);
    if (sparse !== undefined) return this.#eachSparse(entry, sparse, give);
    const start = this.#starts[entry] ?? 0;
    return start > 0 && this.#eachStored(start, this.#entries.sizeOf(entry), give);
  }

  #eachSparse(entry: number, { form, stored }: SparseBody, give: (piece: Uint8Array) => void): boolean {
    const content = new SparseContent(form, longestHoles, give);
    const isWhole = this.#eachStored(this.#starts[entry] ?? 0, stored, (piece) => content.push(piece));
    content.finish();
    return isWhole && !content.broken;
  }

  #eachStored(start: number, length: number, give: (piece: Uint8Array) => void): boolean {
    const buffer = Buffer.alloc(Math.min(1 << 18, length));
    for (let at = 0; at < length; ) {
      const count = this.#part.read(buffer, start + at, Math.min(buffer.length, length - at));
      if (count === 0) return false;
      give(buffer.subarray(0, count));
      at += count;
    }
    return true;
  }
}
