/**
 * A newer Docker than the machine's: Debian sid's, in a tree of its own below .cache. It is made once, in seconds: apt
 * fetches the packages into folders of its own, and they are only unpacked, since no script of theirs is needed to run
 * a daemon. The daemon and its containerd see the tree as `/`, and their data at the same path as everybody else.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { importBase } from "./base-image.ts";
import { mirrorOfThisMachine } from "./mirror.ts";

export interface NewerEngine {
  /** As in DOCKER_HOST. It holds plimsoll-test-base:1 and nothing else. */
  readonly host: string;
  /** The daemon's own folder: of the classic store, `image` and `overlay2` lie there. */
  readonly data: string;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");
/** Counted up when the tree has to be made anew. */
const version = "1";
const folder = join(root, ".cache", "newer-docker");
const tree = join(folder, "tree");

/**
 * `classic`: layers unpacked below `overlay2`; `containerd`: compressed blobs. Both save as an OCI layout. Needs root on
 * Debian, its docker.io and busybox-static; throws where the engine cannot be had or does not start. `name`: of its
 * folder, which is emptied; two of one name cannot run at a time.
 */
export async function startNewerEngine(
  store: "classic" | "containerd",
  name: string = store,
): Promise<NewerEngine> {
  install();
  const place = join(folder, name);
  const data = join(place, "data");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  mkdirSync(join(tree, place), { recursive: true });
  writeFileSync(
    join(place, "daemon.json"),
    JSON.stringify({ features: { "containerd-snapshotter": store === "containerd" } }),
  );
  const log: string[] = [];
  // The mounts end with the daemon; each `exec` lets a signal reach it.
  const script = `
    mount --bind "$1" "$1"
    for it in proc sys dev; do mount --rbind "/$it" "$1/$it"; done
    mount --bind "$2" "$1$2"
    exec chroot "$1" /usr/sbin/dockerd --iptables=false --ip6tables=false --bridge=none \\
      "--config-file=$2/daemon.json" "--host=unix://$2/docker.sock" "--data-root=$2/data" \\
      "--exec-root=$2/exec" "--pidfile=$2/docker.pid"
  `;
  const daemon = spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-ec", script, "sh", tree, place],
    { stdio: ["ignore", "ignore", "pipe"], env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } },
  );
  daemon.stderr.setEncoding("utf8").on("data", (it: string) => log.push(it));
  const ended = new Promise<void>((resolve) => {
    daemon.on("exit", () => resolve());
  });
  const host = `unix://${join(place, "docker.sock")}`;
  for (let tries = 0; spawnSync("docker", ["-H", host, "info"]).status !== 0; tries += 1) {
    if (tries > 240 || daemon.exitCode !== null) {
      daemon.kill();
      throw new Error(`the newer dockerd did not start:\n${log.join("").slice(-4_000)}`);
    }
    await wait(250);
  }
  importBase(host, place);
  const stop = async (): Promise<void> => {
    daemon.kill("SIGTERM");
    await ended;
  };
  return { host, data, stop };
}

function mirror(): string {
  const res = mirrorOfThisMachine();
  if (res === undefined) throw new Error("apt's sources name no mirror of Debian");
  return res;
}

function install(): void {
  const done = join(folder, `installed-${version}`);
  if (existsSync(done)) return;
  rmSync(folder, { recursive: true, force: true });
  const apt = join(folder, "apt");
  const archives = join(apt, "cache", "archives");
  for (const it of [join(apt, "lists", "partial"), join(archives, "partial"), tree]) {
    mkdirSync(it, { recursive: true });
  }
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  writeFileSync(join(apt, "sources.list"), `deb [signed-by=${keys}] ${mirror()} sid main\n`);
  // Nothing is installed as yet: then apt names everything that the daemon needs.
  writeFileSync(join(apt, "status"), "");
  const options = [
    ...[
      `Dir::State=${apt}`,
      `Dir::State::status=${join(apt, "status")}`,
      `Dir::State::lists=${join(apt, "lists")}`,
    ],
    ...[`Dir::Cache=${join(apt, "cache")}`, `Dir::Etc::sourcelist=${join(apt, "sources.list")}`],
    ...["Dir::Etc::sourceparts=/dev/null", "Dir::Etc::preferencesparts=/dev/null", "APT::Sandbox::User=root"],
    ...["APT::Install-Recommends=false", "Acquire::Languages=none", "Acquire::Retries=3"],
  ].flatMap((it) => ["-o", it]);
  const aptGet = (...words: string[]): void => {
    execFileSync("apt-get", [...options, "-qq", ...words], { stdio: ["ignore", "ignore", "inherit"] });
  };
  aptGet("update");
  aptGet("install", "-y", "--download-only", "base-files", "docker.io", "iptables");
  const packages = readdirSync(archives).filter((it) => it.endsWith(".deb"));
  // It has the links from /lib and its kin to /usr, which the others have to find.
  const isFirst = (it: string): number => (it.startsWith("base-files_") ? 0 : 1);
  for (const it of packages.sort((a, b) => isFirst(a) - isFirst(b))) {
    execFileSync("dpkg-deb", ["-x", join(archives, it), tree]);
  }
  rmSync(apt, { recursive: true, force: true });
  writeFileSync(done, "");
}
