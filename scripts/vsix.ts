import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Packages what dist/ holds now. */
export function writePackage(file: string): void {
  execFileSync(
    process.execPath,
    [
      join(root, "node_modules", "@vscode", "vsce", "vsce"),
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
      "--out",
      file,
    ],
    // The bundles are built already; vsce would run the scripts of the manifest again.
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
}
