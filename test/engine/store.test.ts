import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FarEngine, farEngine } from "../../scripts/far-engine.ts";
import { plimsoll } from "../built/support/command-line.ts";
import { startNewerEngine } from "./support/newer-engine.ts";
import { oddArchive, oddDockerfile, platformsArchive, writeOddContext } from "./support/odd-images.ts";

interface Engine {
  readonly name: string;
  readonly readFrom: string;
  start(): Promise<{ readonly host: string; stop(): Promise<void> }>;
}

const given = inject("dockerHost");

const engines: readonly Engine[] = [
  {
    name: "the machine's Docker",
    readFrom: "overlay2-records",
    start: () => Promise.resolve({ host: given, stop: () => Promise.resolve() }),
  },
  { name: "the newest Docker", readFrom: "overlay2-records", start: () => startNewerEngine("classic") },
  {
    name: "the newest Docker with containerd's",
    readFrom: "containerd-content",
    start: () => startNewerEngine("containerd"),
  },
];

interface Analysis {
  image: { readFrom?: string };
  timings?: unknown;
  troubles: { path: string; why: string }[];
}

describe.skipIf(given === "").each(engines)("the store of $name", ({ readFrom, start }) => {
  let near: Awaited<ReturnType<Engine["start"]>>;
  let far: FarEngine;
  let folder = "";
  const docker = (...words: string[]): string =>
    execFileSync("/usr/bin/docker", ["-H", near.host, ...words], {
      encoding: "utf8",
      env: { ...process.env, DOCKER_BUILDKIT: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: folder,
    });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-store-"));
    near = await start();
    far = await farEngine(near.host);
  });
  afterAll(async () => {
    far.close();
    await near.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const analysis = async (image: string, host: string): Promise<Analysis> => {
    const { code, out, err } = await plimsoll(folder, ["analyze", image, "--format", "json"], {
      DOCKER_HOST: host,
    });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return JSON.parse(out) as Analysis;
  };

  /** Of the same image, read from the store and through `docker save`; all but the way and the time. */
  const both = async (image: string): Promise<{ stored: Analysis; saved: Analysis }> => {
    const [stored, saved] = [await analysis(image, near.host), await analysis(image, far.host)];
    expect([stored.image.readFrom, saved.image.readFrom]).toEqual([readFrom, "engine-export"]);
    for (const it of [stored, saved]) {
      delete it.timings;
      delete it.image.readFrom;
    }
    return { stored, saved };
  };

  it("gives what a transfer gives, for a built image", async () => {
    writeOddContext(folder);
    writeFileSync(join(folder, "Dockerfile"), oddDockerfile);
    docker("build", "--network=host", "-t", "plimsoll-test-odd:1", ".");
    const { stored, saved } = await both("plimsoll-test-odd:1");
    expect(stored).toEqual(saved);
    expect(stored).toMatchObject({
      troubles: [],
      packages: expect.arrayContaining([expect.objectContaining({ name: "thing" })]),
    });
  });

  it("gives what a transfer gives, for an archive of others", async () => {
    writeFileSync(join(folder, "image.tar"), await oddArchive());
    docker("load", "-i", "image.tar");
    docker("tag", "test:1", "plimsoll-test-odd:2");
    const { stored, saved } = await both("plimsoll-test-odd:2");
    expect(stored).toEqual(saved);
    expect(stored).toMatchObject({ troubles: [], bytes: { wasted: { metadataOnly: expect.any(Number) } } });
  });

  if (readFrom === "containerd-content")
    it("is read for the platform that the engine means", async () => {
      writeFileSync(join(folder, "image.tar"), await platformsArchive());
      docker("load", "-i", "image.tar");
      const { stored, saved } = await both("plimsoll-test-platforms:1");
      expect(stored).toEqual(saved);
      expect(stored).toMatchObject({ image: { platform: "linux/amd64" }, bytes: { layers: 18_000 } });
    });

  if (readFrom === "overlay2-records")
    it("is left alone where it does not add up, and that is told", async () => {
      writeFileSync(
        join(folder, "Dockerfile"),
        "FROM plimsoll-test-base:1\nRUN head -c 3000 /dev/zero > /a\n",
      );
      docker("build", "--network=host", "-t", "plimsoll-test-odd:broken", ".");
      const diffIds = docker("inspect", "-f", '{{join .RootFS.Layers " "}}', "plimsoll-test-odd:broken");
      const chain = createHash("sha256").update(diffIds.trim()).digest("hex");
      const root = docker("info", "-f", "{{.DockerRootDir}}").trim();
      const record = join(root, "image", "overlay2", "layerdb", "sha256", chain, "diff");
      const diff = readFileSync(record);
      try {
        // The daemon has read it when it began.
        writeFileSync(record, "sha256:something else");
        const { image, troubles } = await analysis("plimsoll-test-odd:broken", near.host);
        expect(image.readFrom).toBe("engine-export");
        expect(troubles).toEqual([
          {
            path: "",
            why: expect.stringMatching(/^transferred from the engine, as its store does not add up: /),
          },
        ]);
      } finally {
        writeFileSync(record, diff);
      }
    });
});
