/** What an install of Python distributions names: requirements, projects, files, extras and groups. */
import type { Word } from "../dockerfile/facts.ts";
import { posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import { normalised } from "../python/names.ts";
import type { PathWord } from "./effect.ts";
import type { Invocation } from "./tool.ts";

export type PythonInstaller =
  | "pip"
  | "uv pip"
  | "uv sync"
  | "uv run"
  | "uv tool"
  | "poetry"
  | "pdm"
  | "pipenv";

/** A requirement named in the command itself. */
export interface RequirementWord {
  /** Normalised (PEP 503); undefined where the word cannot be decided or is an address. */
  readonly name: string | undefined;
  /** As written: `torch==2.1`, `uvicorn[standard]`. */
  readonly text: string | undefined;
  readonly extras: readonly string[];
  readonly word: Word;
}

/** A folder with a project: `.`, `./api[ml]`. */
export interface ProjectWord {
  /** Absolute path inside the image; undefined when unknown. */
  readonly path: string | undefined;
  readonly extras: readonly string[];
  readonly editable: boolean;
  readonly word: Word;
}

/** Which groups of a project its manager installs (`uv sync`, `poetry install`); names lower case. */
export interface ProjectSelection {
  /** Folder of the project, when known. */
  readonly directory: string | undefined;
  readonly extras: readonly NamedWord[];
  readonly allExtras: boolean;
  readonly groups: readonly NamedWord[];
  readonly allGroups: boolean;
  /** Nothing but these; empty: no such restriction. */
  readonly only: readonly NamedWord[];
  readonly without: readonly NamedWord[];
  /**
   * Groups that the tool takes when nothing is said (`dev`): included because nobody said no, asked for by a word,
   * or left out.
   */
  readonly development: "by default" | "asked for" | "left out" | "undecided";
  /** The words that ask for it. */
  readonly developmentWords: readonly Word[];
  /** What leaves them out, added after `action`; undefined where no flag does. */
  readonly productionFlag: string | undefined;
}

export interface NamedWord {
  readonly name: string;
  readonly word: Word;
}

export interface IndexWord {
  /** Replaces the default index, or stands beside it. */
  readonly kind: "default" | "extra" | "links";
  readonly url: string | undefined;
  readonly word: Word;
}

export interface PythonInstall {
  readonly kind: "python-install";
  readonly tool: PythonInstaller;
  /** The program's word and the one that says what to do: `pip install`. */
  readonly program: Word;
  readonly action: Word;
  readonly requirements: readonly RequirementWord[];
  readonly projects: readonly ProjectWord[];
  /** Requirements files; paths inside the image. */
  readonly files: readonly PathWord[];
  /** Undefined for installers that do not know a project's groups. */
  readonly selection: ProjectSelection | undefined;
  readonly indexes: readonly IndexWord[];
  /** Value of `--torch-backend`. */
  readonly torchBackend?: Word;
  /** The versions come from the project's lock file. */
  readonly locked: boolean;
  /** Where the packages go: a site-packages folder, an environment or a prefix above it. */
  readonly into: string;
  /** Bytecode is written beside the modules. */
  readonly compiles: boolean;
  /** False for `--no-deps`. */
  readonly dependencies: boolean;
  readonly upgrades: boolean;
}

/** Sorts operands of an install: projects by path, requirements by name. Wheels and addresses have no name. */
export function sortedOperands(
  operands: readonly Word[],
  directory: string | undefined,
): { readonly requirements: readonly RequirementWord[]; readonly projects: readonly ProjectWord[] } {
  const requirements: RequirementWord[] = [];
  const projects: ProjectWord[] = [];
  for (const word of operands) {
    const project = projectWord(word, directory, false);
    if (project === undefined) requirements.push(requirementWord(word));
    else projects.push(project);
  }
  return { requirements, projects };
}

/** Undefined: not a folder of this file system. */
export function projectWord(
  word: Word,
  directory: string | undefined,
  editable: boolean,
): ProjectWord | undefined {
  const match = /^(?:file:\/\/)?(\.{0,2}(?:\/[^[\]]*)?|[\w.-]+\/[^[\]:@]*)(?:\[([^\]]*)\])?$/.exec(
    word.text ?? "\0",
  );
  const path = match?.[1];
  if (path === undefined || path === "" || /\.(?:whl|zip|tar\.\w+|tgz)$/.test(path)) return undefined;
  const absolute = posixJoin(directory, path);
  return { path: absolute && withoutSlash(absolute), extras: extrasIn(match?.[2]), editable, word };
}

export function requirementWord(word: Word): RequirementWord {
  const { text } = word;
  const match = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:$|[<>=!~;@( ])/.exec(
    text ?? "",
  );
  const name = match?.[1];
  return {
    name: name === undefined || /\.(?:whl|zip|tar\.\w+|tgz)$/.test(name) ? undefined : normalised(name),
    text,
    extras: extrasIn(match?.[2]),
    word,
  };
}

const extrasIn = (text: string | undefined): readonly string[] =>
  (text ?? "").split(",").flatMap((it) => (it.trim() === "" ? [] : [normalised(it.trim())]));

/** Values of an option that takes one name, or several between commas or spaces. */
export const namesFrom = (words: readonly (Word | undefined)[]): readonly NamedWord[] =>
  words.flatMap((word) =>
    word?.text === undefined
      ? []
      : word.text.split(/[\s,]+/).flatMap((name) => (name === "" ? [] : [{ name: normalised(name), word }])),
  );

const systemFolders = new Set(["/usr/local", "/usr", "/", "/opt/conda"]);

/** The environment that a call installs into: an active or named virtual environment, else the system's. */
export function environmentFolder({ words, environment }: Invocation): string {
  const active = environment.get("VIRTUAL_ENV");
  if (active !== undefined && active !== "") return active;
  // `/venv/bin/pip`, or its folder first on the PATH.
  const own = /^(\/.+)\/bin\/[^/]+$/.exec(words[0]?.text ?? "")?.[1];
  const first = /^(\/[^:]+)\/bin(?::|$)/.exec(environment.get("PATH") ?? "")?.[1];
  const found = [own, first].find((it) => it !== undefined && !systemFolders.has(it) && !isHome(it));
  return found ?? "/usr/local/lib";
}

/** Programs of a user lie in `~/.local/bin`, which is no environment. */
const isHome = (folder: string): boolean => /\/\.[^/]+$/.test(folder) && !folder.endsWith("/.venv");

/** Environment variables that say yes: `1`, `true`, `yes`, `on`. Undefined: cannot be decided. */
export const isSet = (value: string | undefined): boolean =>
  value !== undefined && !/^(?:|0|n|no|f|false|off)$/i.test(value);
