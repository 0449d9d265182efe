import { createHash, type Hash } from "node:crypto";
import { wantsText } from "../../../core/image/cataloguers/all.ts";
import type { LayerEntry } from "../../../core/image/layer.ts";
import { StreamProbe } from "../../../core/image/probe.ts";
import { type FileFacts, probeOf } from "../../../core/image/probes.ts";
import { TarReader } from "../../../core/image/tar.ts";
import { bytes } from "../../../core/size/bytes.ts";

/** Larger databases are not read; packages then stay unnamed. */
const longestText = 32 << 20;
const longestTexts = 256 << 20;

export interface ReadLayer {
  readonly entries: readonly LayerEntry[];
  readonly texts: ReadonlyMap<string, Uint8Array>;
  readonly troubles: readonly string[];
}

/** Reads one layer's tar as it arrives; bodies are hashed, and kept only where a cataloguer wants them. */
export class LayerReader {
  readonly #entries: LayerEntry[] = [];
  readonly #texts = new Map<string, Uint8Array>();
  readonly #troubles: string[] = [];
  readonly #tar: TarReader;
  #hash: Hash | undefined;
  #probe: StreamProbe<FileFacts | undefined> | undefined;
  #kept: Uint8Array[] | undefined;
  #keptTotal = 0;
  #open: { path: string; size: number } | undefined;

  constructor() {
    this.#tar = new TarReader(
      {
        entry: ({ path, kind, size, link }) => {
          if (path === "") return;
          if (kind === "file") {
            this.#open = { path, size };
            // Equal sizes are compared by content; nothing needs to be compared with nothing.
            this.#hash = size > 0 ? createHash("sha1") : undefined;
            const wanted = size <= longestText && this.#keptTotal + size <= longestTexts && wantsText(path);
            this.#kept = wanted ? [] : undefined;
            const probe = probeOf(path, size);
            this.#probe = probe === undefined ? undefined : new StreamProbe(probe);
          } else if (kind === "hardlink") this.#entries.push({ kind, path, link });
          else this.#entries.push({ kind: kind === "directory" ? kind : "other", path });
        },
        body: (piece) => {
          this.#hash?.update(piece);
          this.#kept?.push(piece.slice());
          this.#probe?.push(piece);
        },
        end: () => {
          if (this.#open === undefined) return;
          const { path, size } = this.#open;
          const hash = this.#hash?.digest("base64") ?? "";
          this.#entries.push({ kind: "file", path, bytes: bytes(size), hash, facts: this.#probe?.finish() });
          if (this.#kept !== undefined) {
            this.#texts.set(path, Buffer.concat(this.#kept));
            this.#keptTotal += size;
          }
          this.#open = undefined;
          this.#hash = undefined;
          this.#probe = undefined;
          this.#kept = undefined;
        },
      },
      decode,
    );
  }

  push(chunk: Uint8Array): void {
    this.#tar.push(chunk);
  }

  finish(): ReadLayer {
    this.#tar.finish();
    if (this.#tar.trouble !== undefined) this.#troubles.push(this.#tar.trouble);
    return { entries: this.#entries, texts: this.#texts, troubles: this.#troubles };
  }
}

export const decode = (it: Uint8Array): string =>
  Buffer.from(it.buffer, it.byteOffset, it.length).toString("utf8");
