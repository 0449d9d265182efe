import { lstat, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type DocumentKind, documentKindOf } from "../../core/document-kind.ts";
import { findDocuments } from "../engine/find-documents.ts";
import { troubleText } from "../engine/trouble-text.ts";

/** One document that the command line was asked to look at. */
export interface Input {
  /** The file itself, links resolved. */
  readonly path: string;
  /** Relative to the working directory, with `/`. */
  readonly shown: string;
  readonly kind: DocumentKind;
  /** Plays the workspace folder. */
  readonly folder: string;
  /** Named by the user, not found in a folder. */
  readonly named?: true;
}

export type Inputs =
  | {
      readonly ok: true;
      readonly inputs: readonly Input[];
      /** Folders that could not be searched. */
      readonly troubles: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** The documents that the PATHs mean, each once, in the order of the PATHs. */
export async function inputsOf(
  paths: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<Inputs> {
  const inputs = new Map<string, Input>();
  const troubles: string[] = [];
  for (const given of paths) {
    if (given === "")
      return { ok: false, message: "an empty PATH names nothing; . is the working directory" };
    const path = resolve(directory, given);
    const real = await realPathOf(path);
    if (!real.ok) return { ok: false, message: `cannot read ${given}: ${real.why}` };
    const found = real.folder
      ? await inFolder(real.path, path, directory, signal, troubles)
      : await singleFile(given, path, real.path, directory);
    if (found === undefined) {
      return {
        ok: false,
        message: `${given} is not a Dockerfile, pyproject.toml, requirements*.txt or *.dockerignore by its name`,
      };
    }
    for (const it of found) if (!inputs.has(it.path)) inputs.set(it.path, it);
  }
  if (inputs.size === 0 && troubles.length === 0 && !signal.aborted) {
    return {
      ok: false,
      message: `there is no Dockerfile, pyproject.toml, requirements*.txt or *.dockerignore in ${paths.join(", ")}`,
    };
  }
  return { ok: true, inputs: [...inputs.values()], troubles };
}

/** A path as people and programs read it: relative to the working directory, with `/`. */
export const shownPath = (directory: string, path: string): string =>
  (relative(directory, path) || ".").split(sep).join("/");

export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== "..";
};

async function inFolder(
  folder: string,
  given: string,
  directory: string,
  signal: AbortSignal,
  troubles: string[],
): Promise<Input[]> {
  const shown = (path: string): string => shownPath(directory, join(given, relative(folder, path)));
  const search = await findDocuments(folder, { signal });
  for (const { path, why } of search.troubles) troubles.push(`cannot read ${shown(path)}: ${why}`);
  return search.documents.map(({ path, kind }) => ({ path, shown: shown(path), kind, folder }));
}

async function singleFile(
  given: string,
  path: string,
  real: string,
  directory: string,
): Promise<Input[] | undefined> {
  const kind = documentKindOf(given);
  if (kind === undefined) return undefined;
  // A link out of the working directory stays in its folder, so that a fix does not follow it.
  const folder = isInside(directory, path) ? directory : await projectOf(real);
  return [{ path: real, shown: shownPath(directory, path), kind, folder, named: true }];
}

/** A file outside the working directory: its repository plays the workspace folder, else its own folder. */
async function projectOf(path: string): Promise<string> {
  const own = dirname(path);
  for (let folder = own; folder !== dirname(folder); folder = dirname(folder)) {
    if (await exists(join(folder, ".git"))) return folder;
  }
  return own;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function realPathOf(
  path: string,
): Promise<{ ok: true; path: string; folder: boolean } | { ok: false; why: string }> {
  try {
    const real = await realpath(path);
    const { isDirectory, isFile } = await kindOf(real);
    if (!isDirectory && !isFile) return { ok: false, why: "it is neither a file nor a folder" };
    return { ok: true, path: real, folder: isDirectory };
  } catch (cause) {
    return { ok: false, why: troubleText(cause) };
  }
}

async function kindOf(path: string): Promise<{ isDirectory: boolean; isFile: boolean }> {
  const it = await stat(path);
  return { isDirectory: it.isDirectory(), isFile: it.isFile() };
}
