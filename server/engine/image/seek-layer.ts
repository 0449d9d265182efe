import { createHash } from "node:crypto";
import { EntryTable } from "../../../core/image/entry-table.ts";
import { fingerprinted, fingerprintOf } from "../../../core/image/fingerprint.ts";
import { addTarEntry, type LayerContents, type Place } from "../../../core/image/layer.ts";
import type { PathTree } from "../../../core/image/path-tree.ts";
import { probeContent } from "../../../core/image/probe.ts";
import { probeOf } from "../../../core/image/probes.ts";
import { SparseBody, type SparseForm, SparseList, storedBytes } from "../../../core/image/sparse.ts";
import { tarBlock } from "../../../core/image/tar-fields.ts";
import type { TarEntry } from "../../../core/image/tar-head.ts";
import type { FilePart } from "./file-part.ts";
import { holesAfter, longestHoles, type ReadLayer } from "./layer-reader.ts";
import { shortHash } from "./passed-contents.ts";
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
      if (it.sparse !== undefined) contents.setSparse(added.entry, at, it, it.sparse);
      else if (body.start >= 0) contents.set(added.entry, at, fingerprintOf(body.bytes, body.start, it.size));
      if (it.sparse !== undefined || !mayTell(body)) return;
      const probe = probeOf(tree.pathOf(entries.nodeOf(added.entry)), it.size);
      const facts = probe && probeContent(probe, (start, length) => read(body, added.entry, start, length));
      if (facts !== undefined) entries.facts.set(added.entry, facts);
    },
  });
  return { entries, contents, troubles: [...troubles, ...refusals] };

  /** What came along with the header need not be read again. */
  function read(
    { bytes, start: from, end }: BodyStart,
    entry: number,
    start: number,
    length: number,
  ): Uint8Array {
    const size = entries.sizeOf(entry);
    const [first, last] = [from + Math.min(start, size), from + Math.min(start + length, size)];
    return last <= end ? bytes.subarray(first, last) : (contents.read(entry, start, length) ?? nothing);
  }
}

const nothing = new Uint8Array(0);

/** ELF files and zip archives by their first bytes; archives that a start script precedes too. */
function mayTell({ bytes, start }: BodyStart): boolean {
  const [a, b] = [bytes[start], bytes[start + 1]];
  return (a === 0x7f && b === 0x45) || (a === 0x50 && b === 0x4b) || (a === 0x23 && b === 0x21);
}

/** Of one layer: 16 bytes each. */
const mostParts = 1 << 18;

interface StoredSparse {
  readonly stored: number;
  readonly form: SparseForm;
  readonly mostHoles: number;
}

class StoredContents implements LayerContents {
  readonly isReadable = true;
  readonly #part: FilePart;
  readonly #entries: EntryTable;
  #starts = new Float64Array(0);
  #fingerprints = new Uint32Array(0);
  readonly #sparse = new Map<number, StoredSparse>();
  #partsLeft = mostParts;
  #holesLeft = longestHoles;
  /** The sparse file that was read last. */
  #opened: { readonly entry: number; readonly body: SparseBody | undefined } | undefined;
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

  setSparse(entry: number, start: number, it: TarEntry, form: SparseForm): void {
    const parts = form.kind === "map" && form.parts !== undefined ? form.parts.length / 2 : 0;
    if (parts > this.#partsLeft) return;
    this.#partsLeft -= parts;
    this.set(entry, start, 0);
    this.#sparse.set(entry, { stored: it.stored, form, mostHoles: this.#holesLeft });
    this.#holesLeft = holesAfter(this.#holesLeft, it);
  }

  read(entry: number, start: number, length: number): Uint8Array | undefined {
    const from = this.#starts[entry] ?? 0;
    // No body begins at 0: a header stands there.
    if (from === 0) return undefined;
    const wanted = Math.min(length, this.#entries.sizeOf(entry) - start);
    if (wanted <= 0) return this.#buffer.subarray(0, 0);
    if (this.#buffer.length < wanted) this.#buffer = Buffer.alloc(Math.max(wanted, 1 << 16));
    const sparse = this.#sparse.get(entry);
    if (sparse === undefined)
      return this.#buffer.subarray(0, this.#part.read(this.#buffer, from + start, wanted));
    const res = this.#buffer.subarray(0, wanted);
    return this.#bodyOf(entry, from, sparse)?.fill(res, start) === true ? res : undefined;
  }

  placeOf(entry: number): Place | undefined {
    const from = this.#starts[entry] ?? 0;
    return from === 0 || this.#sparse.has(entry) ? undefined : this.#part.placeOf(from);
  }

  hash(entry: number): string | undefined {
    const size = this.#entries.sizeOf(entry);
    const hash = createHash("sha256");
    for (let at = 0; at < size; ) {
      const piece = this.read(entry, at, hashedAtOnce);
      if (piece === undefined || piece.length === 0) return undefined;
      hash.update(piece);
      at += piece.length;
    }
    return shortHash(hash);
  }

  fingerprint(entry: number): number | undefined {
    return this.#sparse.has(entry) ? undefined : this.#fingerprints[entry];
  }

  #bodyOf(entry: number, start: number, sparse: StoredSparse): SparseBody | undefined {
    if (this.#opened?.entry !== entry) this.#opened = { entry, body: this.#open(start, sparse) };
    return this.#opened.body;
  }

  /** Undefined where its list is broken, it is cut short, or its holes are more than is worth reading. */
  #open(start: number, { stored, form, mostHoles }: StoredSparse): SparseBody | undefined {
    const list = form.kind === "inBody" ? this.#listAt(start, stored, form.size) : undefined;
    const parts = form.kind === "map" ? form.parts : list?.parts;
    if (parts === undefined) return undefined;
    const length = storedBytes(parts);
    const from = list?.length ?? 0;
    if (from + length > stored || form.size - length > mostHoles) return undefined;
    return new SparseBody(parts, start + from, (into, at, count) => this.#part.read(into, at, count));
  }

  #listAt(start: number, stored: number, size: number): SparseList {
    const list = new SparseList(size);
    const block = Buffer.alloc(tarBlock);
    for (let at = 0; at < stored && !list.isDone; at += block.length) {
      if (this.#part.read(block, start + at, block.length) < block.length) break;
      list.push(block);
    }
    return list;
  }
}

const hashedAtOnce = 1 << 18;
