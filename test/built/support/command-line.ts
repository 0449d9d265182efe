import { spawn } from "node:child_process";
import { join } from "node:path";
import { dist } from "./places.ts";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line to its end. */
export function plimsoll(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(dist, "cli.js"), ...words], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (it: string) => {
      out += it;
    });
    child.stderr.setEncoding("utf8").on("data", (it: string) => {
      err += it;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
