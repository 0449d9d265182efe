import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";
import { type FarEngine, farEngine } from "./support/far-engine.ts";
import { startNewerEngine } from "./support/newer-engine.ts";
import { oddArchives, oddDockerfile, writeOddContext } from "./support/odd-images.ts";

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

  it("gives what a transfer gives, for archives of others", async () => {
    for (const [name, archive] of await oddArchives()) {
      writeFileSync(join(folder, "image.tar"), archive);
      docker("load", "-i", "image.tar");
      docker("tag", "test:1", `plimsoll-test-odd:${name}`);
      const { stored, saved } = await both(`plimsoll-test-odd:${name}`);
      expect(stored, name).toEqual(saved);
      expect(stored.troubles, name).toEqual([]);
    }
  });
});
