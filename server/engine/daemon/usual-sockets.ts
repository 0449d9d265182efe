import { connect } from "node:net";
import { join } from "node:path";
import { homeOf } from "./endpoint.ts";

const patience = 2_000;

/** Where engines listen when nobody says otherwise, likeliest first. */
export function usualSockets(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  if (platform === "win32") {
    return ["docker_engine", "dockerDesktopLinuxEngine", "podman-machine-default"].map(
      (name) => `//./pipe/${name}`,
    );
  }
  const home = homeOf(environment);
  const runtime = environment["XDG_RUNTIME_DIR"] || `/run/user/${process.getuid?.() ?? 0}`;
  const machines = join(home, ".local", "share", "containers", "podman", "machine");
  return [
    "/var/run/docker.sock",
    // Docker without root, Docker Desktop, Colima, Rancher Desktop, OrbStack.
    join(runtime, "docker.sock"),
    join(home, ".docker", "run", "docker.sock"),
    join(home, ".docker", "desktop", "docker.sock"),
    join(home, ".colima", "default", "docker.sock"),
    join(home, ".config", "colima", "default", "docker.sock"),
    join(home, ".rd", "docker.sock"),
    join(home, ".orbstack", "run", "docker.sock"),
    // Podman without root, with root, in its virtual machine.
    join(runtime, "podman", "podman.sock"),
    "/run/podman/podman.sock",
    join(machines, "podman.sock"),
    join(machines, "qemu", "podman.sock"),
    join(machines, "applehv", "podman.sock"),
  ];
}

/** The first socket that answers; else the first that refuses this user; else undefined. */
export async function firstOpenSocket(paths: readonly string[]): Promise<string | undefined> {
  let denied: string | undefined;
  for (const path of paths) {
    const found = await knock(path);
    if (found === "open") return path;
    if (found === "denied") denied ??= path;
  }
  return denied;
}

function knock(path: string): Promise<"open" | "denied" | "absent"> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: patience });
    const end = (found: "open" | "denied" | "absent"): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once("connect", () => end("open"));
    socket.once("timeout", () => end("absent"));
    socket.once("error", (cause: NodeJS.ErrnoException) =>
      end(cause.code === "EACCES" || cause.code === "EPERM" ? "denied" : "absent"),
    );
  });
}
