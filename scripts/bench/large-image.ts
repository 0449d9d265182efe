/**
 * A saved image of some gigabytes and some hundred thousand files, as a Python service with a web page and large
 * libraries has them: packages of dpkg, pip and npm with their databases, programs, copies, deletions. The bytes are
 * really written, and no two files have equal contents that were not meant to.
 */
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { headOf } from "../sample-image.ts";
import { root } from "./places.ts";

interface Entry {
  readonly path: string;
  /** Undefined: a folder. */
  readonly size: number | undefined;
  /** Equal ones have equal contents; a text is the content. */
  readonly content: number | string;
}

type Layer = readonly Entry[];

/** `bytes`: of all files, about; `files`: of regular ones, about. */
export function writeLargeImage(path: string, bytes: number, files: number): void {
  const layers = layersOf(bytes, files);
  const out = new Writer(path);
  const nameOf = (index: number): string => `layer-${index}/layer.tar`;
  const diffIds = layers.map((layer, index) => {
    const size = layer.reduce((sum, it) => sum + block + padded(it.size ?? 0), 2 * block);
    out.write(headOf(nameOf(index), size));
    return out.hashed(() => {
      for (const entry of layer) writeEntry(out, entry);
      out.write(Buffer.alloc(2 * block));
    });
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: diffIds.map((it) => `sha256:${it}`) },
      history: layers.map((_, index) => ({ created_by: `RUN /bin/sh -c step-${index} # buildkit` })),
    }),
  );
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = [
    { Config: configName, RepoTags: [largeName(files)], Layers: layers.map((_, index) => nameOf(index)) },
  ];
  for (const [name, content] of [
    [configName, config],
    ["manifest.json", Buffer.from(JSON.stringify(manifest))],
  ] as const) {
    out.write(headOf(name, content.length));
    out.write(content);
    out.write(Buffer.alloc(padded(content.length) - content.length));
  }
  out.write(Buffer.alloc(2 * block));
  out.close();
}

/** By this name an engine knows the image. */
export const largeName = (files: number): string => `large:${files}`;

const block = 512;
const padded = (size: number): number => Math.ceil(size / block) * block;

function writeEntry(out: Writer, { path, size, content }: Entry): void {
  if (size === undefined) {
    out.write(headOf(`${path}/`, 0, "5"));
    return;
  }
  out.write(headOf(path, size));
  if (typeof content === "string") out.write(Buffer.from(content));
  else writeContent(out, path.endsWith(".so") ? library : nothing, content, size);
  out.write(Buffer.alloc(padded(size) - size));
}

/** Four MiB that do not repeat; each content begins somewhere in them. */
const pool = Buffer.alloc(4 << 20);
let state = 1;
for (let at = 0; at < pool.length; at += 4) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  pool.writeInt32LE(state, at);
}
const nothing = Buffer.alloc(0);
const library = gunzipSync(
  readFileSync(join(root, "test", "core", "image", "fixtures", "shared-object.so.gz")),
);

function writeContent(out: Writer, first: Buffer, content: number, size: number): void {
  const start = Buffer.concat([first, Buffer.from(`${String(content).padStart(15, "0")}\n`)]).subarray(
    0,
    size,
  );
  out.write(start);
  let from = Math.imul(content, 7_919) & (pool.length - 1);
  for (let left = size - start.length; left > 0; ) {
    const piece = pool.subarray(from, from + left);
    out.write(piece);
    left -= piece.length;
    from = 0;
  }
}

class Writer {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(8 << 20);
  #filled = 0;
  /** Of what is being hashed. */
  #hash: Hash | undefined;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  /** SHA-256 of what is written meanwhile: engines hold a layer to it. */
  hashed(act: () => void): string {
    this.#flush();
    const hash = createHash("sha256");
    this.#hash = hash;
    act();
    this.#flush();
    this.#hash = undefined;
    return hash.digest("hex");
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#buffer.length) this.#flush();
    }
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    this.#hash?.update(this.#buffer.subarray(0, this.#filled));
    for (let at = 0; at < this.#filled; ) at += writeSync(this.#file, this.#buffer, at, this.#filled - at);
    this.#filled = 0;
  }
}

/** One file of thirty is a shared object. */
const systemNames = [".so", ...Array.from({ length: 10 }, () => ["", ".conf", ".h"]).flat()];
const moduleNames = [".so", ...Array.from({ length: 10 }, () => [".py", ".pyi", ".json"]).flat()];

/** Of a thousand files: so many are large and hold most bytes. */
const largePerMille = 4;

class Plan {
  readonly entries: Entry[] = [];
  readonly #folders = new Set<string>();
  readonly #next: () => number;
  readonly #large: number;

  constructor(next: () => number, large: number) {
    this.#next = next;
    this.#large = large;
  }

  /** With an entry for each folder that is new in this layer. */
  file(path: string, size: number, content: number | string): Entry {
    this.folder(path.slice(0, path.lastIndexOf("/")));
    const entry = { path, size, content };
    this.entries.push(entry);
    return entry;
  }

  text(path: string, content: string): void {
    this.file(path, Buffer.byteLength(content), content);
  }

  folder(path: string): void {
    if (path === "" || this.#folders.has(path)) return;
    this.folder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    this.#folders.add(path);
    this.entries.push({ path, size: undefined, content: 0 });
  }

  /** Most are some kilobytes. */
  size(): number {
    const share = (this.#next() % 1_000) / 1_000;
    if (this.#next() % 1_000 < largePerMille) return Math.round(this.#large * (0.5 + share));
    return 32 + Math.round(2 ** (7 + share * 8));
  }
}

function layersOf(bytes: number, files: number): readonly Layer[] {
  let seed = files;
  const next = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return (seed >>> 8) & 0xffff;
  };
  const small = 5_900;
  const large = Math.max(small, (bytes - files * small) / ((files * largePerMille) / 1_000));
  let content = 0;
  const layer = (make: (plan: Plan) => void): Layer => {
    const plan = new Plan(next, large);
    make(plan);
    return plan.entries;
  };
  const filled = (plan: Plan, folder: string, count: number, suffixes: readonly string[]): Entry[] =>
    Array.from({ length: count }, (_, index) => {
      content += 1;
      const inner = `part${Math.floor(index / 12)}`;
      return plan.file(
        `${folder}/${inner}/file${index}${suffixes[index % suffixes.length]}`,
        plan.size(),
        content,
      );
    });
  let status = "";
  const debs = (plan: Plan, name: string, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const own = filled(plan, `usr/lib/${name}${index}`, 60, systemNames);
      const list = own.map((it) => `/${it.path}\n`).join("");
      plan.text(`var/lib/dpkg/info/${name}${index}.list`, `/.\n${list}`);
      status += `Package: ${name}${index}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.${index}\nDepends: ${name}${index + 1}\n\n`;
    }
    plan.text("var/lib/dpkg/status", status);
  };
  const share = (part: number, each: number): number => Math.ceil((files * part) / each);
  const python = layer((plan) => {
    for (let index = 0; index < share(0.6, 120); index += 1) {
      const site = "usr/local/lib/python3.12/site-packages";
      const own = filled(plan, `${site}/library${index}`, 118, moduleNames);
      const info = `${site}/library${index}-2.${index}.dist-info`;
      plan.text(
        `${info}/METADATA`,
        `Metadata-Version: 2.1\nName: library${index}\nVersion: 2.${index}\nRequires-Dist: library${index + 1}\n`,
      );
      plan.text(
        `${info}/RECORD`,
        own.map((it) => `${it.path.slice(site.length + 1)},sha256=x,${it.size}\n`).join(""),
      );
    }
  });
  const node = layer((plan) => {
    for (let index = 0; index < share(0.17, 16); index += 1) {
      const folder = `srv/web/node_modules/module${index}`;
      filled(plan, folder, 15, [".js", ".d.ts", ".map", ".md"]);
      plan.text(
        `${folder}/package.json`,
        JSON.stringify({ name: `module${index}`, version: `3.${index}.0` }),
      );
    }
  });
  const application = layer((plan) => {
    filled(plan, "app/service", share(0.015, 1), [".py", ".html", ".bin"]);
  });
  const regular = (from: Layer): readonly Entry[] => from.filter((it) => it.size !== undefined);
  return [
    layer((plan) => debs(plan, "base", share(0.1, 61))),
    layer((plan) => debs(plan, "extra", share(0.08, 61))),
    python,
    node,
    application,
    // Another owner: everything is stored again.
    layer((plan) => {
      for (const { path, size, content: same } of regular(application)) plan.file(path, size ?? 0, same);
    }),
    // Copies under other names, and deletions.
    layer((plan) => {
      for (const { path, size, content: same } of regular(python).slice(0, share(0.015, 1)))
        plan.file(`opt/copy/${path.slice("usr/local/".length)}`, size ?? 0, same);
      for (let index = 0; index < share(0.17, 16); index += 200)
        plan.file(`srv/web/node_modules/.wh.module${index}`, 0, "");
    }),
  ];
}
