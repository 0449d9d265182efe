import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { analyzeHere } from "../../../server/engine/image/analyze-here.ts";
import { randomFrom } from "../support/random.ts";
import { savedImage } from "../support/saved-image.ts";
import { archive, file, head } from "../support/tar-maker.ts";

/** What one content is and where it went, in the plainest words: a map of paths, walked through for every change. */
interface Content {
  readonly text: string;
  readonly layer: number;
  names: number;
  hidden?: {
    readonly kind: "deleted" | "overwritten" | "metadataOnly";
    readonly by: number;
    readonly path: string;
  };
}

class Model {
  readonly contents: Content[] = [];
  readonly #paths = new Map<string, Content | "directory" | "link">();
  #layer = -1;
  #own = new Map<string, Content | undefined>();

  /** `own`: what the layer has at its paths in the end. */
  layer(own: ReadonlyMap<string, Content | undefined>): void {
    this.#layer += 1;
    this.#own = new Map(own);
  }

  remove(path: string): void {
    for (const it of [...this.#paths.keys()]) if (it === path || it.startsWith(`${path}/`)) this.#lose(it);
  }

  empty(folder: string): void {
    for (const it of [...this.#paths.keys()]) if (it.startsWith(`${folder}/`)) this.#lose(it);
  }

  put(path: string, what: Content | "directory" | "link"): void {
    for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) {
      const folder = path.slice(0, cut);
      if (this.#paths.get(folder) === "directory") continue;
      this.remove(folder);
      this.#paths.set(folder, "directory");
    }
    if (what === "directory" && this.#paths.get(path) === "directory") return;
    if (typeof what === "object") what.names += 1;
    this.remove(path);
    this.#paths.set(path, what);
  }

  get paths(): readonly string[] {
    return [...this.#paths].filter(([, it]) => typeof it === "object").map(([path]) => path);
  }

  #lose(path: string): void {
    const it = this.#paths.get(path);
    this.#paths.delete(path);
    if (typeof it !== "object") return;
    it.names -= 1;
    if (it.names > 0) return;
    const twin = this.#own.get(path);
    const kind =
      it.layer === this.#layer || (twin !== undefined && twin.text !== it.text)
        ? "overwritten"
        : twin === undefined
          ? "deleted"
          : "metadataOnly";
    it.hidden = { kind, by: this.#layer, path };
  }
}

const parts = ["a", "b", "usr", "lib", "n"];

function randomImage(seed: number): { readonly layers: Buffer[]; readonly model: Model } {
  const next = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length]!;
  const path = (): string => Array.from({ length: 1 + (next() % 3) }, () => pick(parts)).join("/");
  const model = new Model();
  const layers: Buffer[] = [];
  for (let layer = 0; layer < 2 + (next() % 4); layer += 1) {
    const entries: Buffer[] = [];
    const removals: (() => void)[] = [];
    const places: (() => void)[] = [];
    const own = new Map<string, Content | undefined>();
    for (let count = next() % 9; count > 0; count -= 1) {
      const it = path();
      const kind = next() % 12;
      if (kind < 6) {
        const text = pick(["x", "y", "zz"]).repeat(next() % 3 === 0 ? 40 : next() % 60);
        const content: Content = { text, layer, names: 0 };
        model.contents.push(content);
        entries.push(file(it, text));
        own.set(it, content);
        places.push(() => model.put(it, content));
      } else if (kind < 7) {
        entries.push(head({ name: it, flag: "2", link: "a" }));
        own.set(it, undefined);
        places.push(() => model.put(it, "link"));
      } else if (kind < 9) {
        entries.push(head({ name: `${it}/`, flag: "5" }));
        own.set(it, undefined);
        places.push(() => model.put(it, "directory"));
      } else if (kind < 11) {
        const cut = it.lastIndexOf("/") + 1;
        entries.push(file(`${it.slice(0, cut)}.wh.${it.slice(cut)}`, ""));
        removals.push(() => model.remove(it));
      } else {
        entries.push(file(`${it}/.wh..wh..opq`, ""));
        removals.push(() => model.empty(it));
      }
    }
    for (const [it, text] of databases(layer, next, pick, model)) {
      const content: Content = { text, layer, names: 0 };
      model.contents.push(content);
      entries.push(file(it, text));
      own.set(it, content);
      places.push(() => model.put(it, content));
    }
    model.layer(own);
    for (const it of [...removals, ...places]) it();
    layers.push(archive(...entries));
  }
  return { layers, model };
}

/** Lists of packages that name some of the paths, true or not; their own bytes are files too. */
function databases(
  layer: number,
  next: () => number,
  pick: <T>(list: readonly T[]) => T,
  model: Model,
): (readonly [string, string])[] {
  const named = (): string => pick([...model.paths, "a/b", "no/where"]);
  return Object.entries({
    "var/lib/dpkg/status": `Package: p\nStatus: install ok installed\nVersion: ${layer}\n\n`,
    "var/lib/dpkg/info/p.list": `/.\n/${named()}\n/${named()}\n`,
    "opt/site-packages/q-1.dist-info/METADATA": "Name: q\nVersion: 1\n",
    "opt/site-packages/q-1.dist-info/RECORD": `../../${named()},,\nq-1.dist-info/METADATA,,\n`,
    "usr/lib/node_modules/m/package.json": '{"name":"m","version":"1"}',
    "lib/apk/db/installed": `P:k\nV:1\nF:usr\nR:a\nR:${named()}\n\n`,
  }).filter(() => next() % 3 === 0);
}

describe("images that nobody would build", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-random-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const analysed = async (layers: Buffer[]): Promise<ImageAnalysis> => {
    const path = join(folder, "image.tar");
    writeFileSync(path, await savedImage(layers));
    const nobody = { first: () => {}, layer: () => {}, progress: () => {} };
    const res = await analyzeHere({ kind: "archive", path, platform: "" }, nobody, undefined);
    if (!res.ok) throw new Error(res.problem.message);
    return res.analysis;
  };

  it("are counted to the byte, in every table", async () => {
    let owned = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const { layers, model } = randomImage(seed);
      const found = await analysed(layers);
      const sum = (list: readonly { bytes: number }[]): number =>
        list.reduce((total, it) => total + it.bytes, 0);
      const of = (list: readonly Content[]): number => list.reduce((total, it) => total + it.text.length, 0);
      const by = (kind: string): number => of(model.contents.filter((it) => it.hidden?.kind === kind));
      const total = of(model.contents);
      expect([seed, found.bytes.layers, found.bytes.visible]).toEqual([
        seed,
        total,
        of(model.contents.filter((it) => it.hidden === undefined)),
      ]);
      expect([seed, found.bytes.wasted]).toEqual([
        seed,
        { deleted: by("deleted"), overwritten: by("overwritten"), metadataOnly: by("metadataOnly") },
      ]);
      expect([seed, sum(found.packages), sum(found.categories), sum(found.layers)]).toEqual([
        seed,
        total,
        total,
        total,
      ]);
      const hidden = sum(found.packages.filter((it) => it.name === "(hidden)"));
      expect([seed, hidden]).toEqual([seed, total - found.bytes.visible]);
      expect([seed, rows(found.hidden)]).toEqual([seed, rows(truth(model))]);
      owned += found.packages.filter((it) => it.ecosystem !== "none" && it.bytes > 0).length;
    }
    expect(owned).toBeGreaterThan(100);
  });
});

type Row = ImageAnalysis["hidden"][number];

const truth = (model: Model): readonly Row[] =>
  model.contents.flatMap(({ text, layer, hidden }) =>
    hidden === undefined
      ? []
      : [
          {
            path: `/${hidden.path}`,
            bytes: text.length as Row["bytes"],
            kind: hidden.kind,
            layer,
            hiddenBy: hidden.by,
          },
        ],
  );

const rows = (list: readonly Row[]): string[] =>
  list.map(({ path, bytes, kind, layer, hiddenBy }) => [path, bytes, kind, layer, hiddenBy].join("|")).sort();
