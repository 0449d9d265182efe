/**
 * Whether an instruction may change what lies at a path: write it, replace it, delete it, or anything below it.
 *
 * Invariant: no means no. What no tool model knows may write anywhere.
 */
import type { Effect } from "../tools/effect.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import type { Command, Instruction, RunInstruction } from "./facts.ts";
import { scriptIn } from "./installer-scripts.ts";
import { isWithin, plainPart, withoutSlash } from "./paths.ts";
import { rememberedAbout } from "./remembered.ts";
import { makesAccount } from "./users.ts";

/** Where the package managers of distributions write. */
const systemFolders = ["/usr", "/etc", "/var", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/boot", "/run"];

export const mayWrite = rememberedAbout((it: Instruction, path): boolean => {
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
});

/** `run` is the instruction that holds the command; its mounts hide what the image has there. */
export function commandMayWrite(run: RunInstruction, command: Command, path: string): boolean {
  if (command.runs === "never") return false;
  if (run.mounts.some(({ target }) => target !== undefined && isWithin(path, target))) return false;
  if (makesAccount(command)) return systemFolders.some((it) => meets(it, path)) || isWithin(path, "/home");
  const { effects } = command;
  if (effects === undefined) return true;
  const installs = isInstall(effects);
  return effects.some((it) => effectMayWrite(it, command, path, installs));
}

/** What a command may do to the bytes at a path and below it. */
export interface Change {
  /** For people: the program's name. */
  readonly program: string;
  /** New content comes. */
  readonly adds: boolean;
  /** Paths whose content may be replaced or go; "any": any. */
  readonly takes: readonly string[] | "any";
  /** No model knows the command. */
  readonly unread: boolean;
}

/** Of all commands of a RUN that may change something there. */
export const changesBy = rememberedAbout((run: RunInstruction, path): readonly Change[] =>
  run.commands.flatMap((it) => changeBy(run, it, path) ?? []),
);

/** Undefined: nothing. */
export function changeBy(run: RunInstruction, command: Command, path: string): Change | undefined {
  if (!commandMayWrite(run, command, path)) return undefined;
  const program = command.words[0]?.text ?? "a command";
  const { effects } = command;
  if (makesAccount(command)) return { program, adds: true, takes: [], unread: false };
  if (effects === undefined) return { program, adds: true, takes: "any", unread: true };
  const reaching = effects.filter((it) => effectMayWrite(it, command, path, isInstall(effects)));
  const takes = reaching.map((it) => takenBy(it, command));
  return {
    program,
    adds: reaching.some(({ kind }) => !takers.has(kind)),
    takes: takes.includes("any") ? "any" : takes.flatMap((it) => (it === "any" ? [] : it)),
    unread: false,
  };
}

/** They bring no content. */
const takers: ReadonlySet<Effect["kind"]> = new Set([
  "touch",
  "remove",
  "uninstall",
  "uncache",
  "disown",
  "project-prune",
  "strip",
]);

function takenBy(effect: Effect, command: Command): readonly string[] | "any" {
  switch (effect.kind) {
    case "create":
    case "remove":
      return isDecided(command, effect) ? effect.paths.map(({ path }) => path) : "any";
    case "strip":
      return effect.paths.map(({ path }) => path);
    case "download":
      return [effect.file.path];
    case "uninstall":
    case "uncache":
    case "project-prune":
      return "any";
    default:
      return [];
  }
}

const isInstall = (effects: readonly Effect[]): boolean =>
  effects.some(({ kind }) => kind === "python-install");

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
      return installerMayWrite(effect, path);
    case "build":
      // What an installer builds on the way ends up where the installer puts it.
      return !installs;
    default:
      return true;
  }
}

/** Installers write into their environment, and into the folder of a project that they build. */
function installerMayWrite({ tool, into, projects, selection }: PythonInstall, path: string): boolean {
  // uv puts programs of its own into ~/.local, and its pip interface packages into an environment.
  if (isWithin(path, "/root/.local")) return tool !== "uv pip";
  if (meets(into, path) || isWithin(path, "/root")) return true;
  if (isWithin(into, "/usr") && systemFolders.some((it) => meets(it, path))) return true;
  if (selection !== undefined && (selection.directory === undefined || meets(selection.directory, path)))
    return true;
  return projects.some((it) => it.path === undefined || meets(it.path, path));
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

/** One lies in the other. */
const meets = (a: string, b: string): boolean => isWithin(a, b) || isWithin(withoutSlash(b), a);
