import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";
import { root } from "../built/support/places.ts";

const host = inject("dockerHost");
const image = "plimsoll-test-layers:1";
const dockerfile = `FROM plimsoll-test-base:1
WORKDIR /app
COPY data ./data
RUN head -c 300000 /dev/zero > /app/made && ln /app/made /app/also
RUN rm /app/data/big.bin && chmod 600 /app/made
COPY data/small.txt ./data/small.txt
ENV A=1
CMD ["true"]
`;

interface Analysis {
  image: { id: string; platform: string };
  bytes: {
    layers: number;
    visible: number;
    wasted: { deleted: number; overwritten: number; metadataOnly: number };
  };
  layers: {
    bytes: number;
    files: number;
    createdBy: string;
    instruction: { path: string; line: number } | null;
  }[];
  packages: { bytes: number }[];
  categories: { bytes: number }[];
}

let folder = "";
const docker = (...words: string[]): string =>
  execFileSync("/usr/bin/docker", ["-H", host, ...words], {
    encoding: "utf8",
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
  });
const environment = { DOCKER_HOST: host };

describe.skipIf(host === "")("a built image", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-engine-"));
    for (const [path, size] of [
      ["data/big.bin", 500_000],
      ["data/small.txt", 1_234],
    ] as const) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), Buffer.alloc(size, path));
    }
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    docker("build", "--network=host", "-t", image, ".");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const analysis = async (...words: string[]): Promise<Analysis> => {
    const { code, out, err } = await plimsoll(
      folder,
      ["analyze", image, "--format", "json", ...words],
      environment,
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out) as Analysis;
  };

  it("has the bytes that GNU tar counts in its layers", async () => {
    const { layers, bytes } = await analysis();
    const truth = layerTruth();
    expect(layers.map((it) => it.bytes)).toEqual(truth);
    expect(bytes.layers).toBe(truth.reduce((sum, it) => sum + it, 0));
  });

  it("tells what hides what", async () => {
    const { bytes } = await analysis();
    // The chmod stores the file again and keeps its other name apart; small.txt is copied again unchanged.
    expect(bytes.wasted.deleted).toBe(500_000);
    expect(bytes.visible + bytes.wasted.deleted + bytes.wasted.overwritten + bytes.wasted.metadataOnly).toBe(
      bytes.layers,
    );
    expect(bytes.wasted.metadataOnly).toBeGreaterThanOrEqual(1_234);
  });

  it("adds up in every table and fits its schema", async () => {
    const it = await analysis();
    const sum = (rows: { bytes: number }[]): number => rows.reduce((total, row) => total + row.bytes, 0);
    expect(sum(it.packages)).toBe(it.bytes.layers);
    expect(sum(it.categories)).toBe(it.bytes.layers);
    const schema = JSON.parse(readFileSync(join(root, "docs", "analyze.schema.json"), "utf8"));
    const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);
    expect(validate(it) ? [] : validate.errors).toEqual([]);
  });

  it("leads from layers to the lines that made them", async () => {
    const { layers } = await analysis("--dockerfile", "Dockerfile", "--context", ".");
    const lines = layers.filter((it) => it.bytes > 0).map((it) => it.instruction?.line ?? null);
    expect(lines).toEqual([null, 2, 3, 4, 5]);
  });

  it("prices the findings of check", async () => {
    writeFileSync(
      join(folder, "made.Dockerfile"),
      "FROM plimsoll-test-base:1\nRUN mkdir /made && head -c 300000 /dev/zero > /made/it\nRUN rm -rf /made\n",
    );
    const made = "plimsoll-test-made:1";
    docker("build", "--network=host", "-t", made, "-f", "made.Dockerfile", ".");
    // Of the two Dockerfiles in the folder that one fits the image's history.
    const words = ["check", "--image", made, "--format", "json"];
    const { code, out, err } = await plimsoll(folder, words, environment);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { image: used, documents } = JSON.parse(out) as {
      image: { reference: string; dockerfile: string; changed: boolean };
      documents: { path: string; findings: { rule: string; saving: { bytes?: number; from?: string } }[] }[];
    };
    expect(used).toMatchObject({ reference: made, dockerfile: "made.Dockerfile", changed: false });
    const { findings = [] } = documents.find((it) => it.path === "made.Dockerfile") ?? {};
    const removed = findings.find((it) => it.rule === "removed-in-later-layer");
    expect(removed?.saving.bytes).toBe(300_000);
    expect(removed?.saving.from).toContain(made);
  });

  it("says what is wrong in one line", async () => {
    const absent = await plimsoll(folder, ["analyze", "plimsoll-test-nothing:1"], environment);
    expect(absent).toMatchObject({ code: 2, out: "" });
    expect(absent.err).toMatch(/^plimsoll: The image plimsoll-test-nothing:1 is not there .*\n$/);
    const down = await plimsoll(folder, ["analyze", image], { DOCKER_HOST: "unix:///nowhere/docker.sock" });
    expect(down).toMatchObject({ code: 2, out: "" });
    expect(down.err).toMatch(
      /^plimsoll: No Docker engine answers at unix:\/\/\/nowhere\/docker\.sock: .*\n$/,
    );
  });

  it("is the same from an archive", async () => {
    docker("save", "-o", join(folder, "image.tar"), image);
    const { out } = await plimsoll(folder, ["analyze", "image.tar", "--format", "json"]);
    const [a, b] = [JSON.parse(out) as Analysis, await analysis()];
    // An archive alone does not tell its base.
    expect(a.bytes).toEqual({ ...b.bytes, base: null });
    expect(a.layers.map((it) => it.bytes)).toEqual(b.layers.map((it) => it.bytes));
  });

  /** Regular files of each layer's tar, by GNU tar. */
  function layerTruth(): number[] {
    const saved = join(folder, "saved");
    rmSync(saved, { recursive: true, force: true });
    mkdirSync(saved);
    docker("save", "-o", join(folder, "truth.tar"), image);
    execFileSync("tar", ["-C", saved, "-xf", join(folder, "truth.tar")]);
    const [manifest] = JSON.parse(readFileSync(join(saved, "manifest.json"), "utf8")) as {
      Layers: string[];
    }[];
    return (manifest?.Layers ?? []).map((layer) =>
      execFileSync("tar", ["--numeric-owner", "-tvf", join(saved, layer)], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.startsWith("-") && !/\/?\.wh\./.test(line))
        .reduce((sum, line) => sum + Number(line.split(/\s+/)[2] ?? 0), 0),
    );
  }
});
