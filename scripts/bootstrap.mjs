/**
 * `node scripts/bootstrap.mjs TASK [ARGUMENT…]`: from a bare clone to a running task, with Node and npm alone.
 * Installs the packages of package-lock.json once, then runs scripts/TASK.ts.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const oldestNode = [20, 12];
const tasks = ["start", "test", "build", "bench", "package"];

const [task, ...words] = process.argv.slice(2);
if (task === undefined || !tasks.includes(task)) {
  fail(`say what to do: ${tasks.join(", ")}`);
} else if (isOlder(process.versions.node, oldestNode)) {
  fail(`Node ${oldestNode.join(".")} or newer is needed, this is ${process.versions.node}.`);
} else if (install()) {
  run(join(root, "scripts", `${task}.ts`), words);
}

function isOlder(version, [major, minor]) {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** The stamp is the lock file's hash, so that an unchanged lock file costs one read. */
function install() {
  const stamp = join(root, "node_modules", ".plimsoll-lock");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  console.log("Installing packages (npm ci)…");
  // Called by npm, its own program runs with the Node that runs this; else the one on the PATH.
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const done = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...flags], options)
    : spawnSync("npm", flags, { ...options, shell: process.platform === "win32" });
  if (done.status !== 0) {
    fail(
      "npm ci failed. Its messages are above; check the network and the registry that npm is configured with.",
    );
    return false;
  }
  writeFileSync(stamp, wanted);
  return true;
}

function run(script, words) {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...words], {
    cwd: root,
    stdio: "inherit",
  });
  // Ctrl+C reaches the whole group; waiting for the child keeps its last words.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT") child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

function fail(sentence) {
  console.error(`plimsoll: ${sentence}`);
  process.exitCode = 2;
}
