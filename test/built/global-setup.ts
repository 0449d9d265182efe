import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The built ring looks at what users get; it is built once for all its files. */
export function setup(): void {
  if (process.env["PLIMSOLL_BUILT"] !== undefined && existsSync(`${root}/dist/server.js`)) return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
