/** `npm run package`: builds and writes plimsoll-<version>.vsix at the top level. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import "./build.ts";

const root = join(import.meta.dirname, "..");
const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const file = join(root, `plimsoll-${version}.vsix`);
execFileSync(
  process.execPath,
  [
    join(root, "node_modules", "@vscode", "vsce", "vsce"),
    "package",
    "--no-dependencies",
    "--skip-license",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    "--out",
    file,
  ],
  // The bundles are built above; vsce would run the scripts of the manifest again.
  { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
);
console.log(`plimsoll-${version}.vsix: ${(statSync(file).size / 1e6).toFixed(2)} MB`);
