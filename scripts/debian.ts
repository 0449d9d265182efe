/** Debian packages that a script needs: installed where that is allowed, else named. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Undefined: all of them are there now; else why not, as a clause for a sentence. */
export function installPackages(
  names: readonly string[],
  say: (line: string) => void = () => {},
): string | undefined {
  const missing = names.filter((it) => !isInstalled(it));
  if (missing.length === 0) return undefined;
  const list = missing.join(", ");
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return `these packages are missing, and installing them needs root on Debian: ${list}`;
  }
  say(`Installing ${list}…`);
  // Mirrors are now and then in the middle of an update; a second look finds them whole.
  for (let tries = 0; tries < 3; tries += 1) {
    if (
      aptGet(["update", "-qq"]) &&
      aptGet(["install", "-y", "-qq", "--no-install-recommends", ...missing])
    ) {
      return undefined;
    }
  }
  return `apt-get could not install ${list}; its messages are above`;
}

const isInstalled = (name: string): boolean =>
  /^Status: .* installed$/m.test(spawnSync("dpkg", ["-s", name], { encoding: "utf8" }).stdout ?? "");

const aptGet = (words: readonly string[]): boolean =>
  spawnSync("apt-get", words, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", DEBCONF_NOWARNINGS: "yes" },
  }).status === 0;
