/**
 * `npm run test:desktop -- [PATH]`: the extension's suite in a desktop VS Code; without a path @vscode/test-electron
 * downloads one. The ring `editor` runs the same suite in the served VS Code.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { writeSampleImage } from "./sample-image.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, ".cache", "suite");

/** `executable`: a VS Code that takes the usual arguments; undefined: downloaded. Answers what the suite wrote. */
export async function runSuite(executable: string | undefined): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const script = join(folder, "suite.cjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/editor/suite/index.ts"],
    outfile: script,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
  const workspace = mkdtempSync(join(tmpdir(), "plimsoll-suite-"));
  cpSync(join(root, "examples", "truthgraph"), workspace, { recursive: true });
  writeWorkspaceSettings(workspace);
  writeSampleImage(join(workspace, "sample-image.tar"));
  const results = join(folder, "results.json");
  rmSync(results, { force: true });
  try {
    await runTests({
      ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: root,
      extensionTestsPath: script,
      launchArgs: [workspace],
      extensionTestsEnv: { PLIMSOLL_RESULTS: results },
    });
  } catch (cause) {
    // Failures of tests are in the results; without any, it is the window that failed.
    try {
      return JSON.parse(readFileSync(results, "utf8"));
    } catch {
      throw cause;
    }
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
  return JSON.parse(readFileSync(results, "utf8"));
}

/** What an untrusted workspace may not decide. */
function writeWorkspaceSettings(workspace: string): void {
  mkdirSync(join(workspace, ".vscode"));
  writeFileSync(
    join(workspace, ".vscode", "settings.json"),
    JSON.stringify({ "plimsoll.engine.host": "unix:///nowhere/of-the-workspace.sock" }),
  );
}

if (import.meta.filename === process.argv[1]) {
  await runSuite(process.argv[2]);
}
