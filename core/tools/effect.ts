/** Effects: what a command does to the layer it runs in, as far as its tool model knows. */
import type { Word } from "../dockerfile/facts.ts";
import type { Compile } from "./compile.ts";
import type { ModelDownload } from "./model-download.ts";
import type { ProjectInstall, ProjectPrune } from "./project-install.ts";
import type { PythonInstall } from "./python-install.ts";

export type Effect =
  /** Installs packages of a distribution; every package word with its span. */
  | {
      readonly kind: "install";
      readonly manager: "apt";
      readonly packages: readonly PackageWord[];
      readonly recommends: boolean;
    }
  | {
      readonly kind: "uninstall";
      readonly manager: "apt";
      readonly packages: readonly PackageWord[];
      readonly orphans: boolean;
    }
  /** Writes a cache; `directory` is where. */
  | { readonly kind: "cache"; readonly cache: "apt-lists" | "apt-archives"; readonly directory: string }
  /** Empties a cache, whatever its directory. */
  | { readonly kind: "uncache"; readonly cache: "apt-lists" | "apt-archives" }
  /** Deletes paths; a trailing `/*` deletes the entries of a directory. */
  | { readonly kind: "remove"; readonly paths: readonly PathWord[] }
  /** Creates or fills these paths. */
  | { readonly kind: "create"; readonly paths: readonly PathWord[] }
  /** Changes mode or owner only. */
  | { readonly kind: "touch"; readonly paths: readonly PathWord[]; readonly recursive: boolean }
  | PythonInstall
  | ProjectInstall
  | ProjectPrune
  | Compile
  | ModelDownload
  /** Builds something that may call a compiler: pip install, make, cargo build … */
  | { readonly kind: "build" }
  /** Reads or runs nothing that was installed and writes no file: echo, set, true … */
  | { readonly kind: "nothing" };

/** A package, without version, architecture or release; the name is undefined where the word cannot be decided. */
export interface PackageWord {
  readonly name: string | undefined;
  readonly word: Word;
}

/** An absolute, normalised path inside the image, and the word that names it. */
export interface PathWord {
  readonly path: string;
  readonly word: Word;
}
