import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startNewerEngine } from "../../scripts/engines/newer-engine.ts";
import { type FarEngine, farEngine } from "../../scripts/far-engine.ts";
import { plimsoll } from "../built/support/command-line.ts";
import { oddArchive, oddDockerfile, platformsArchive, writeOddContext } from "./support/odd-images.ts";

interface Running {
  readonly host: string;
  /** The engine's own command. */
  run(...words: string[]): string;
  stop(): Promise<void>;
}

interface Engine {
  readonly name: string;
  readonly readFrom: string;
  start(folder: string): Promise<Running>;
}

const given = inject("dockerHost");

const command = (program: string, words: readonly string[], cwd: string): string =>
  execFileSync(program, words, {
    encoding: "utf8",
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    cwd,
  });

const docker = (folder: string, engine: { readonly host: string; stop(): Promise<void> }): Running => ({
  host: engine.host,
  stop: () => engine.stop(),
  run: (...words) => command("/usr/bin/docker", ["-H", engine.host, ...words], folder),
});

/** With a store of its own, where the machine's base image lies too. */
async function podman(folder: string, driver: string): Promise<Running> {
  const own = join(folder, "podman");
  const words = ["--root", join(own, "root"), "--runroot", join(own, "run"), "--storage-driver", driver];
  const run = (...more: string[]): string => command("podman", [...words, ...more], folder);
  command("/usr/bin/docker", ["-H", given, "save", "-o", "base.tar", "plimsoll-test-base:1"], folder);
  run("load", "-q", "-i", "base.tar");
  const socket = join(folder, "podman.sock");
  const service = spawn("podman", [...words, "system", "service", "--time=0", `unix://${socket}`], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => service.once("exit", resolve));
  while (!existsSync(socket)) await wait(50);
  return {
    host: `unix://${socket}`,
    run,
    stop: async () => {
      service.kill();
      await ended;
      // Overlay's own folder stays mounted.
      spawnSync("umount", [join(own, "root", driver)]);
    },
  };
}

const engines: readonly Engine[] = [
  {
    name: "the machine's Docker",
    readFrom: "overlay2-records",
    start: (folder) => Promise.resolve(docker(folder, { host: given, stop: () => Promise.resolve() })),
  },
  {
    name: "the newest Docker",
    readFrom: "overlay2-records",
    start: async (folder) => docker(folder, await startNewerEngine("classic")),
  },
  {
    name: "the newest Docker with containerd's",
    readFrom: "containerd-content",
    start: async (folder) => docker(folder, await startNewerEngine("containerd")),
  },
  ...["overlay", "vfs"].map((driver) => ({
    name: `Podman with ${driver}`,
    readFrom: "containers-storage-records",
    start: (folder: string) => podman(folder, driver),
  })),
];

interface Analysis {
  image: { readFrom?: string };
  timings?: unknown;
  troubles: { path: string; why: string }[];
}

describe.skipIf(given === "").each(engines)("the store of $name", ({ readFrom, start }) => {
  let near: Running;
  let far: FarEngine;
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-store-"));
    near = await start(folder);
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
    near.run("build", "--network=host", "-t", "plimsoll-test-odd:1", ".");
    const { stored, saved } = await both("plimsoll-test-odd:1");
    expect(stored).toEqual(saved);
    expect(stored).toMatchObject({
      troubles: [],
      packages: expect.arrayContaining([expect.objectContaining({ name: "thing" })]),
    });
  });

  it("gives what a transfer gives, for an archive of others", async () => {
    writeFileSync(join(folder, "image.tar"), await oddArchive());
    near.run("load", "-i", "image.tar");
    near.run("tag", "test:1", "plimsoll-test-odd:2");
    const { stored, saved } = await both("plimsoll-test-odd:2");
    expect(stored).toEqual(saved);
    expect(stored).toMatchObject({ troubles: [], bytes: { wasted: { metadataOnly: expect.any(Number) } } });
  });

  if (readFrom === "containerd-content")
    it("is read for the platform that the engine means", async () => {
      writeFileSync(join(folder, "image.tar"), await platformsArchive());
      near.run("load", "-i", "image.tar");
      const { stored, saved } = await both("plimsoll-test-platforms:1");
      expect(stored).toEqual(saved);
      expect(stored).toMatchObject({ image: { platform: "linux/amd64" }, bytes: { layers: 18_000 } });
    });

  const broken = (): void => {
    const text = "FROM plimsoll-test-base:1\nRUN head -c 3000 /dev/zero > /a\n";
    writeFileSync(join(folder, "Dockerfile"), text);
    near.run("build", "--network=host", "-t", "plimsoll-test-odd:broken", ".");
  };
  /** Transferred, with a trouble that says why. */
  const isTransferred = async (): Promise<void> => {
    const { image, troubles } = await analysis("plimsoll-test-odd:broken", near.host);
    expect(image.readFrom).toBe("engine-export");
    const why = expect.stringMatching(/^transferred from the engine, as its store does not add up: /);
    expect(troubles).toEqual([{ path: "", why }]);
  };

  if (readFrom === "overlay2-records")
    it("is left alone where it does not add up, and that is told", async () => {
      broken();
      const diffIds = near.run("inspect", "-f", '{{join .RootFS.Layers " "}}', "plimsoll-test-odd:broken");
      const chain = createHash("sha256").update(diffIds.trim()).digest("hex");
      const root = near.run("info", "-f", "{{.DockerRootDir}}").trim();
      const record = join(root, "image", "overlay2", "layerdb", "sha256", chain, "diff");
      const diff = readFileSync(record);
      try {
        // The daemon has read it when it began.
        writeFileSync(record, "sha256:something else");
        await isTransferred();
      } finally {
        writeFileSync(record, diff);
      }
    });

  if (readFrom === "containers-storage-records")
    it("is left alone where records do not add up or are not there, and that is told", async () => {
      broken();
      const info = near.run("info", "-f", "{{.Store.GraphRoot}} {{.Store.GraphDriverName}}").trim();
      const [root = "", driver = ""] = info.split(" ");
      const name = "localhost/plimsoll-test-odd:broken";
      const images = readFileSync(join(root, `${driver}-images`, "images.json"), "utf8");
      const { layer = "" } =
        (JSON.parse(images) as { names?: string[]; layer: string }[]).find((it) =>
          it.names?.includes(name),
        ) ?? {};
      const [list, records] = ["layers.json", `${layer}.tar-split.gz`].map((it) =>
        join(root, `${driver}-layers`, it),
      ) as [string, string];
      const layers = readFileSync(list);
      try {
        // Longer than anybody's, and the same to Podman.
        writeFileSync(list, `${layers}${" ".repeat(17 << 20)}`);
        await isTransferred();
      } finally {
        writeFileSync(list, layers);
      }
      renameSync(records, `${records}.away`);
      try {
        // Nor can Podman itself save such a layer as it was.
        const { code, out } = await plimsoll(folder, ["analyze", name], { DOCKER_HOST: near.host });
        expect({ code, out }).toEqual({ code: 2, out: "" });
      } finally {
        renameSync(`${records}.away`, records);
      }
    });
});
