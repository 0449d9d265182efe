/** Every regular-file entry of every layer as columns of numbers: what it weighs, and what became of it. */
import { type Bytes, bytes } from "../size/bytes.ts";
import type { EntryTable } from "./entry-table.ts";
import type { PathNode } from "./path-tree.ts";
import type { FileFacts } from "./probes.ts";

export type HiddenKind = "deleted" | "overwritten" | "metadataOnly";

/** The content of one regular-file entry; hard links are further names of it. */
export interface FileVersion {
  readonly index: number;
  /** Its own name in its layer, without a leading slash. */
  readonly path: string;
  readonly node: PathNode;
  readonly bytes: Bytes;
  /** Index of the layer that brought it. */
  readonly layer: number;
  /** Its number in the layer's table. */
  readonly entry: number;
  /** What was read from its inside. */
  readonly facts: FileFacts | undefined;
  readonly hidden: { readonly kind: HiddenKind; readonly by: number } | undefined;
}

const kinds: readonly (HiddenKind | undefined)[] = [undefined, "deleted", "overwritten", "metadataOnly"];
const none = 0xffff_ffff;

export class FileVersions implements Iterable<FileVersion> {
  readonly #tables: readonly EntryTable[];
  #count = 0;
  readonly #layers: Uint16Array;
  readonly #entries: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #by: Uint16Array;
  readonly #names: Uint32Array;
  readonly #twins: Uint32Array;
  readonly #contents: Uint32Array;

  /** `tables`: of the layers, lowest first. */
  constructor(tables: readonly EntryTable[]) {
    const most = tables.reduce((sum, it) => sum + it.files, 0);
    this.#tables = tables;
    this.#layers = new Uint16Array(most);
    this.#entries = new Uint32Array(most);
    this.#kinds = new Uint8Array(most);
    this.#by = new Uint16Array(most);
    this.#names = new Uint32Array(most);
    this.#twins = new Uint32Array(most).fill(none);
    this.#contents = new Uint32Array(most).fill(none);
  }

  get count(): number {
    return this.#count;
  }

  /** With one visible name; no more than the tables have files. */
  add(layer: number, entry: number): number {
    const at = this.#count;
    this.#count += 1;
    this.#layers[at] = layer;
    this.#entries[at] = entry;
    this.#names[at] = 1;
    return at;
  }

  layerOf(index: number): number {
    return this.#layers[index] ?? 0;
  }

  entryOf(index: number): number {
    return this.#entries[index] ?? 0;
  }

  nodeOf(index: number): PathNode {
    return this.#tables[this.layerOf(index)]?.nodeOf(this.entryOf(index)) ?? 0;
  }

  sizeOf(index: number): number {
    return this.#tables[this.layerOf(index)]?.sizeOf(this.entryOf(index)) ?? 0;
  }

  factsOf(index: number): FileFacts | undefined {
    return this.#tables[this.layerOf(index)]?.facts.get(this.entryOf(index));
  }

  isHidden(index: number): boolean {
    return this.#kinds[index] !== 0;
  }

  hiddenKind(index: number): HiddenKind | undefined {
    return kinds[this.#kinds[index] ?? 0];
  }

  /** The layer that hid it; for hidden ones only. */
  hiddenBy(index: number): number {
    return this.#by[index] ?? 0;
  }

  nameGained(index: number): void {
    this.#names[index] = (this.#names[index] ?? 0) + 1;
  }

  /** Answers whether that was the last one. */
  nameLost(index: number): boolean {
    const left = (this.#names[index] ?? 1) - 1;
    this.#names[index] = left;
    return left === 0;
  }

  /** `twin`: the version of equal size in its place, which decides whether only metadata changed. */
  hide(index: number, kind: HiddenKind, by: number, twin: number | undefined): void {
    this.#kinds[index] = kinds.indexOf(kind);
    this.#by[index] = by;
    this.#twins[index] = twin ?? none;
  }

  twinOf(index: number): number | undefined {
    const twin = this.#twins[index];
    return twin === none ? undefined : twin;
  }

  /** Versions of equal content, where it was compared, have equal numbers. */
  contentOf(index: number): number | undefined {
    const content = this.#contents[index];
    return content === none ? undefined : content;
  }

  setContent(index: number, content: number): void {
    this.#contents[index] = content;
  }

  at(index: number): FileVersion {
    return new View(this, index, this.#tables[this.layerOf(index)]);
  }

  *[Symbol.iterator](): Iterator<FileVersion> {
    for (let index = 0; index < this.#count; index += 1) yield this.at(index);
  }
}

/** Works out what is asked for: an image's paths as texts would take more memory than all the rest. */
class View implements FileVersion {
  readonly index: number;
  readonly #files: FileVersions;
  readonly #table: EntryTable | undefined;

  constructor(files: FileVersions, index: number, table: EntryTable | undefined) {
    this.index = index;
    this.#files = files;
    this.#table = table;
  }

  get node(): PathNode {
    return this.#table?.nodeOf(this.entry) ?? 0;
  }

  get path(): string {
    return this.#table?.tree.pathOf(this.node) ?? "";
  }

  get bytes(): Bytes {
    return bytes(this.#table?.sizeOf(this.entry) ?? 0);
  }

  get layer(): number {
    return this.#files.layerOf(this.index);
  }

  get entry(): number {
    return this.#files.entryOf(this.index);
  }

  get facts(): FileFacts | undefined {
    return this.#table?.facts.get(this.entry);
  }

  get hidden(): FileVersion["hidden"] {
    const kind = this.#files.hiddenKind(this.index);
    return kind === undefined ? undefined : { kind, by: this.#files.hiddenBy(this.index) };
  }
}
