import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { importBase } from "../../scripts/engines/base-image.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".cache", "docker");
const socket = join(folder, "docker.sock");
const needed = [
  "docker.io",
  "docker-registry",
  "podman",
  "skopeo",
  "buildah",
  "busybox-static",
  "openssl",
  "debootstrap",
  "binutils",
  "python3-venv",
  "rpm",
  "ruby",
];

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the engine; empty with `reason` where there is none. */
    dockerHost: string;
    reason: string;
  }
}

/** Starts an engine of the tests' own, apart from any other on the machine. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = installed();
  project.provide("reason", reason ?? "");
  if (reason !== undefined) {
    project.provide("dockerHost", "");
    console.log(`skipped: ${reason}`);
    return undefined;
  }
  // A daemon that was killed leaves its network namespace mounted.
  spawnSync("umount", [join(folder, "exec", "netns", "default")]);
  rmSync(join(folder, "exec"), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const log: string[] = [];
  const daemon = spawn(
    "dockerd",
    [
      "--iptables=false",
      "--bridge=none",
      `--host=unix://${socket}`,
      `--data-root=${join(folder, "data")}`,
      `--exec-root=${join(folder, "exec")}`,
      `--pidfile=${join(folder, "docker.pid")}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  daemon.stderr.setEncoding("utf8").on("data", (it: string) => log.push(it));
  const ended = new Promise<void>((resolve) => {
    daemon.on("exit", () => resolve());
  });
  const address = `unix://${socket}`;
  for (let tries = 0; spawnSync("docker", ["-H", address, "info"]).status !== 0; tries += 1) {
    if (tries > 120 || daemon.exitCode !== null) {
      daemon.kill();
      throw new Error(`dockerd did not start:\n${log.join("").slice(-4_000)}`);
    }
    await wait(500);
  }
  importBase(address, folder);
  project.provide("dockerHost", address);
  return async () => {
    daemon.kill("SIGTERM");
    await ended;
  };
}

/** Undefined: everything is there; else why not. */
function installed(): string | undefined {
  const missing = needed.filter((it) => spawnSync("dpkg", ["-s", it]).status !== 0);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return `a Docker engine needs root on Debian and the packages ${missing.join(", ")}`;
  }
  const options = {
    stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], options);
  return undefined;
}
