import { createHash } from "node:crypto";
import { archive, file, head, pax } from "./tar-maker.ts";

/** One image of which every byte is known, and what becomes of each: written by hand, not computed. */
export interface WasteCase {
  /** Lowest first; of each the entries' own bytes. */
  readonly layers: readonly (readonly Buffer[])[];
  /** All regular files of all layers. */
  readonly total: number;
  readonly hidden: readonly Hidden[];
  readonly duplicated?: number;
}

export interface Hidden {
  readonly path: string;
  readonly bytes: number;
  readonly kind: "deleted" | "overwritten" | "metadataOnly";
  readonly layer: number;
  readonly hiddenBy: number;
}

const long = (letter: string): string => `${letter.repeat(120)}/${letter.repeat(180)}`;

/** `at`: a folder for all paths, with a slash at its end, or nothing; contents of different folders are different. */
export function wasteCases(at: string): Readonly<Record<string, WasteCase>> {
  const bytes = (name: string, size: number): Buffer =>
    Buffer.alloc(
      size,
      createHash("sha256")
        .update(at + name)
        .digest(),
    );
  const put = (path: string, name: string, size: number): Buffer => file(at + path, bytes(name, size));
  const folder = (path: string): Buffer => head({ name: `${at}${path}/`, flag: "5" });
  const gone = (path: string): Buffer => {
    const cut = path.lastIndexOf("/") + 1;
    return put(`${path.slice(0, cut)}.wh.${path.slice(cut)}`, "", 0);
  };
  const opaque = (path: string): Buffer => put(`${path}/.wh..wh..opq`, "", 0);
  const link = (path: string, to: string): Buffer => head({ name: at + path, flag: "1", link: at + to });
  const symlink = (path: string, to: string): Buffer => head({ name: at + path, flag: "2", link: to });
  const gnu = (path: string, size: number, name = path): Buffer =>
    Buffer.concat([file("././@LongLink", `${at}${path}\0`, { flag: "L" }), file("cut", bytes(name, size))]);
  const posix = (path: string, size: number, name = path): Buffer =>
    Buffer.concat([pax({ path: at + path }), file("cut", bytes(name, size))]);
  const hidden = (
    path: string,
    size: number,
    kind: Hidden["kind"],
    layer: number,
    hiddenBy: number,
  ): Hidden => ({
    path: `/${at}${path}`,
    bytes: size,
    kind,
    layer,
    hiddenBy,
  });
  return {
    "a directory made, then deleted": {
      layers: [[folder("d"), put("d/a", "a", 500), folder("d/e"), put("d/e/b", "b", 22)], [gone("d")]],
      total: 522,
      hidden: [hidden("d/a", 500, "deleted", 0, 1), hidden("d/e/b", 22, "deleted", 0, 1)],
    },
    "a file made, then deleted": {
      layers: [[put("f", "f", 501), put("kept", "k", 3)], [gone("f")]],
      total: 504,
      hidden: [hidden("f", 501, "deleted", 0, 1)],
    },
    "a copy with another owner": {
      layers: [
        [folder("d"), put("d/a", "a", 502)],
        [folder("d"), put("d/a", "a", 502)],
      ],
      total: 1_004,
      hidden: [hidden("d/a", 502, "metadataOnly", 0, 1)],
    },
    "three owners": {
      layers: [[put("a", "a", 503)], [put("a", "a", 503)], [put("a", "a", 503)]],
      total: 1_509,
      hidden: [hidden("a", 503, "metadataOnly", 0, 1), hidden("a", 503, "metadataOnly", 1, 2)],
    },
    "an opaque directory": {
      layers: [
        [put("d/a", "a", 504), put("d/e/b", "b", 5)],
        [folder("d"), put("d/new", "n", 7), opaque("d")],
      ],
      total: 516,
      hidden: [hidden("d/a", 504, "deleted", 0, 1), hidden("d/e/b", 5, "deleted", 0, 1)],
    },
    "an opaque directory with one file again and one changed": {
      layers: [
        [put("d/a", "a", 505), put("d/b", "b", 6)],
        [opaque("d"), put("d/a", "a", 505), put("d/b", "c", 6)],
      ],
      total: 1_022,
      hidden: [hidden("d/a", 505, "metadataOnly", 0, 1), hidden("d/b", 6, "overwritten", 0, 1)],
    },
    "a moved file": {
      layers: [[put("d/f", "f", 506)], [gone("d/f"), put("e/f", "f", 506)]],
      total: 1_012,
      hidden: [hidden("d/f", 506, "deleted", 0, 1)],
    },
    "one content at two paths, and a third": {
      layers: [[put("a", "a", 507), put("b", "a", 507)], [put("c/d", "a", 507)]],
      total: 1_521,
      hidden: [],
      duplicated: 1_014,
    },
    "one size, other content": {
      layers: [[put("a", "a", 508)], [put("b", "b", 508)]],
      total: 1_016,
      hidden: [],
    },
    "a duplicate that is hidden is none": {
      layers: [[put("a", "a", 509), put("b", "a", 509)], [gone("b")]],
      total: 1_018,
      hidden: [hidden("b", 509, "deleted", 0, 1)],
    },
    "a file becomes a directory without a whiteout": {
      layers: [[put("d", "f", 510)], [folder("d"), put("d/a", "a", 22)]],
      total: 532,
      hidden: [hidden("d", 510, "deleted", 0, 1)],
    },
    "a file becomes a directory that no entry names": {
      layers: [[put("d", "f", 511)], [put("d/a/b", "a", 23)]],
      total: 534,
      hidden: [hidden("d", 511, "deleted", 0, 1)],
    },
    "a directory becomes a file, and a directory again": {
      layers: [[put("d/a", "a", 512)], [put("d", "d", 24)], [folder("d"), put("d/a", "a", 512)]],
      total: 1_048,
      hidden: [hidden("d/a", 512, "deleted", 0, 1), hidden("d", 24, "deleted", 1, 2)],
    },
    "a file becomes a symbolic link, and a file again": {
      layers: [[put("a", "a", 513), put("b", "b", 9)], [symlink("a", "b")], [put("a", "a", 513)]],
      total: 1_035,
      hidden: [hidden("a", 513, "deleted", 0, 1)],
    },
    "a whiteout and a new file in one layer": {
      layers: [
        [put("a", "a", 514), put("b", "b", 8)],
        [gone("a"), put("a", "a", 514), put("b", "c", 80), gone("b")],
      ],
      total: 1_116,
      hidden: [hidden("a", 514, "metadataOnly", 0, 1), hidden("b", 8, "overwritten", 0, 1)],
    },
    [danglingCase]: {
      layers: [[put("a", "a", 515)], [gone("b"), gone("c/d"), put("e", "e", 4)]],
      total: 519,
      hidden: [],
    },
    "a path twice in one layer": {
      layers: [
        [put("a", "a", 516), put("a", "a", 516)],
        [put("b", "b", 3), put("b", "c", 30)],
      ],
      total: 1_065,
      hidden: [hidden("a", 516, "overwritten", 0, 0), hidden("b", 3, "overwritten", 1, 1)],
    },
    "long names of GNU, hidden by those of PAX": {
      layers: [
        [gnu(long("g"), 517), gnu(long("h"), 11), posix(long("p"), 12)],
        [
          posix(long("g"), 517),
          posix(long("h"), 11, "other"),
          posix(`${"p".repeat(120)}/.wh.${"p".repeat(180)}`, 0),
        ],
      ],
      total: 1_068,
      hidden: [
        hidden(long("g"), 517, "metadataOnly", 0, 1),
        hidden(long("h"), 11, "overwritten", 0, 1),
        hidden(long("p"), 12, "deleted", 0, 1),
      ],
    },
    "one of two names deleted, then the other": {
      layers: [[put("a", "a", 518), link("b", "a")], [gone("a")], [gone("b")]],
      total: 518,
      hidden: [hidden("a", 518, "deleted", 0, 2)],
    },
    "one of two names stored again": {
      layers: [[put("a", "a", 519), link("b", "a")], [put("a", "a", 519)]],
      total: 1_038,
      hidden: [],
      // Two contents on the disk, reached by one name each.
      duplicated: 519,
    },
    "both names stored again": {
      layers: [
        [put("a", "a", 520), link("b", "a")],
        [put("a", "a", 520), link("b", "a")],
      ],
      total: 1_040,
      hidden: [hidden("a", 520, "metadataOnly", 0, 1)],
    },
    "a link to a lower layer's file": {
      layers: [[put("a", "a", 521)], [link("b", "a")], [gone("a")]],
      total: 521,
      hidden: [],
    },
    "a link in the place of a file": {
      layers: [[put("a", "a", 522), put("b", "b", 13)], [link("b", "a")], [gone("a"), gone("b")]],
      total: 535,
      hidden: [hidden("b", 13, "overwritten", 0, 1), hidden("a", 522, "deleted", 0, 2)],
    },
    "a layer without a byte": {
      layers: [[put("a", "a", 523)], [], [folder("d"), symlink("s", "a"), put("empty", "", 0)]],
      total: 523,
      hidden: [],
    },
    "an empty file stored again, and deleted": {
      layers: [
        [put("a", "", 0), put("b", "", 0)],
        [put("a", "", 0), gone("b")],
      ],
      total: 0,
      hidden: [hidden("a", 0, "metadataOnly", 0, 1), hidden("b", 0, "deleted", 0, 1)],
    },
  };
}

export const layerTars = ({ layers }: Pick<WasteCase, "layers">): Buffer[] =>
  layers.map((it) => archive(...it));

/** dive drops the rest of a layer with such a whiteout. */
export const danglingCase = "a whiteout of what is not there";

/** Each case but those left out in a folder of its own, beginning at different layers, in one image. */
export function allInOne(leftOut?: string): WasteCase {
  const names = Object.keys(wasteCases("")).filter((it) => it !== leftOut);
  const cases = names.map((name, index) => ({
    lowest: index % 3,
    one: wasteCases(`case${index}/`)[name],
  }));
  const layers: Buffer[][] = [];
  const hidden: Hidden[] = [];
  for (const { lowest, one } of cases) {
    one?.layers.forEach((entries, index) => {
      while (layers.length <= lowest + index) layers.push([]);
      layers[lowest + index]?.push(...entries);
    });
    for (const it of one?.hidden ?? [])
      hidden.push({ ...it, layer: it.layer + lowest, hiddenBy: it.hiddenBy + lowest });
  }
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, it) => total + it, 0);
  return {
    layers,
    total: sum(cases.map(({ one }) => one?.total ?? 0)),
    hidden,
    duplicated: sum(cases.map(({ one }) => one?.duplicated ?? 0)),
  };
}
