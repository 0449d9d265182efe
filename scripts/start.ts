/** `npm start`: the main job on the sample, then the extension on it, in desktop VS Code or in the browser. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import "./build.ts";
import { writeSampleImage } from "./sample-image.ts";
import { addressOf, installVsCodeServer, serveVsCode } from "./vscode-server.ts";

const root = join(import.meta.dirname, "..");
const sample = join(root, "examples", "truthgraph");
const cli = join(root, "dist", "cli.js");
const dockerfile = join(sample, "docker", "api.Dockerfile");
const archive = join(root, ".cache", "sample-image.tar");

title("What the sample's Dockerfile weighs");
execFileSync(process.execPath, [cli, "check", "."], { cwd: sample, stdio: "inherit" });

title("The layers of a small image of it, made without Docker");
writeSampleImage(archive);
execFileSync(
  process.execPath,
  [cli, "analyze", archive, "--dockerfile", "docker/api.Dockerfile", "--context", "."],
  { cwd: sample, stdio: "inherit" },
);

title("The extension on the sample");
if (spawnSync("code", ["--version"]).status === 0) {
  execFileSync("code", [`--extensionDevelopmentPath=${root}`, sample, dockerfile], { stdio: "inherit" });
  console.log("Opened in desktop VS Code.");
  sayWhatNext();
} else await openInBrowser();

async function openInBrowser(): Promise<void> {
  let reason: string | undefined;
  try {
    reason = installVsCodeServer((line) => console.log(line));
  } catch (cause) {
    console.error(
      `VS Code could not be installed: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    process.exitCode = 1;
    return;
  }
  if (reason !== undefined) {
    console.log(`Not opened: ${reason}.`);
    return;
  }
  const { origin, process: server } = await serveVsCode();
  const address = addressOf(origin, { workspace: sample, file: dockerfile, extension: root });
  console.log(`Open ${address}`);
  if (process.stdin.isTTY && process.stdout.isTTY) {
    sayWhatNext();
    console.log("Press Ctrl+C to stop.");
    await new Promise((resolve) => server.on("exit", resolve));
    return;
  }
  // Nobody is there to stop it, so it is only shown that it works.
  server.kill();
  console.log("The page answers. Without a terminal the server is stopped again.");
}

function sayWhatNext(): void {
  console.log(
    `There: point at squiggles, press Ctrl+. on them, and run "Plimsoll: Analyze Image…" on an image of yours or on ${archive}`,
  );
}

function title(text: string): void {
  console.log(`\n== ${text}\n`);
}
