import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { plimsoll } from "../built/support/command-line.ts";
import { type NewerEngine, startNewerEngine } from "./support/newer-engine.ts";

const image = "plimsoll-test-newer:1";

describe.skipIf(inject("dockerHost") === "").each(["classic", "containerd"] as const)(
  "the newer engine, %s store",
  (store) => {
    let engine: NewerEngine;
    let folder = "";
    const docker = (...words: string[]): string =>
      execFileSync("/usr/bin/docker", ["-H", engine.host, ...words], {
        encoding: "utf8",
        env: { ...process.env, DOCKER_BUILDKIT: "1" },
        stdio: ["ignore", "pipe", "pipe"],
        cwd: folder,
      });
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "plimsoll-newer-"));
      engine = await startNewerEngine(store);
    });
    afterAll(async () => {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("builds, runs and saves", async () => {
      writeFileSync(
        join(folder, "Dockerfile"),
        "FROM plimsoll-test-base:1\nRUN head -c 300000 /dev/zero > /made\nRUN rm /made\n",
      );
      docker("build", "--network=host", "-t", image, ".");
      expect(docker("info", "-f", "{{.Driver}} {{.ServerVersion}}")).toMatch(
        store === "classic" ? /^overlay2 / : /^overlayfs /,
      );
      docker("save", "-o", "image.tar", image);
      expect(execFileSync("tar", ["-tf", join(folder, "image.tar")], { encoding: "utf8" })).toMatch(
        /^blobs\/sha256\/$/m,
      );
      const { code, out, err } = await plimsoll(folder, ["analyze", image, "--format", "json"], {
        DOCKER_HOST: engine.host,
      });
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(JSON.parse(out)).toMatchObject({ bytes: { wasted: { deleted: 300_000 } } });
    });
  },
);
