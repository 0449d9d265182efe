/**
 * Whether an instruction may change what lies at a path: write it, replace it, delete it, or anything below it.
 *
 * Invariant: no means no. What no tool model knows may write anywhere.
 */
import type { Effect } from "../tools/effect.ts";
import type { Command, Instruction, RunInstruction } from "./facts.ts";
import { scriptIn } from "./installer-scripts.ts";
import { isWithin, withoutSlash } from "./paths.ts";
import { makesAccount } from "./users.ts";

/** Where the package managers of distributions write. */
const systemFolders = ["/usr", "/etc", "/var", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/boot", "/run"];

export function mayWrite(it: Instruction, path: string): boolean {
  switch (it.kind) {
    case "run":
      // The installers of installers write into the user's folder.
      if (scriptIn(it) !== undefined) return isWithin(path, "/root") || meets("/root/.local", path);
      return it.opaque !== undefined || it.commands.some((command) => commandMayWrite(it, command, path));
    case "copy":
      return it.destinationPath === undefined || meets(it.destinationPath, path);
    case "other":
      return it.opaque !== undefined;
  }
}

/** `run` is the instruction that holds the command; its mounts hide what the image has there. */
export function commandMayWrite(run: RunInstruction, command: Command, path: string): boolean {
  if (command.runs === "never") return false;
  if (run.mounts.some(({ target }) => target !== undefined && isWithin(path, target))) return false;
  if (makesAccount(command)) return systemFolders.some((it) => meets(it, path)) || isWithin(path, "/home");
  const { effects } = command;
  if (effects === undefined) return true;
  const installs = effects.some(({ kind }) => kind === "python-install");
  return effects.some((it) => effectMayWrite(it, command, path, installs));
}

function effectMayWrite(effect: Effect, command: Command, path: string, installs: boolean): boolean {
  switch (effect.kind) {
    case "nothing":
    case "installer-script":
    // The folder itself is an effect of its own.
    case "environment":
      return false;
    case "browser-download":
      return effect.directory === undefined || meets(effect.directory, path);
    case "create":
    case "remove":
    case "touch":
      return !isDecided(command, effect) || effect.paths.some((it) => meets(plainPart(it.path), path));
    case "download":
      return meets(effect.file.path, path);
    case "clone":
      return meets(effect.tree.path, path);
    case "unpack":
      return effect.into === undefined || meets(effect.into, path);
    case "install":
    case "uninstall":
      return !isWithin(path, "/usr/local") && systemFolders.some((it) => meets(it, path));
    case "cache":
      return meets(effect.directory, path);
    case "uncache":
      return isWithin(path, "/var") || path.includes("/.");
    case "python-install":
      // uv puts programs of its own into ~/.local, and its pip interface packages into an environment.
      return effect.tool !== "uv pip" || !isWithin(path, "/root/.local");
    case "build":
      // What an installer builds on the way ends up where the installer puts it.
      return !installs;
    default:
      return true;
  }
}

/** Every word is known, and so is the place that relative ones start from. */
const isDecided = ({ words, directory }: Command, effect: Effect): boolean =>
  words.every(
    ({ text }, index) =>
      text !== undefined &&
      (directory !== undefined ||
        index === 0 ||
        /^[-/~]/.test(text) ||
        (effect.kind === "touch" && text === effect.value)),
  );

/** The part of a pattern before its first wildcard, up to a whole name. */
const plainPart = (pattern: string): string => {
  const wild = pattern.search(/[*?[]/);
  return wild === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf("/", wild)) || "/";
};

/** One lies in the other. */
const meets = (a: string, b: string): boolean => isWithin(a, b) || isWithin(withoutSlash(b), a);
