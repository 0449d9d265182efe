/** Effects: what a command does to the layer it runs in, as far as its tool model knows. */
import type { Word } from "../dockerfile/facts.ts";
import type { Size } from "../size/size.ts";
import type { BrowserDownload } from "./browser-download.ts";
import type { Compile } from "./compile.ts";
import type { FileEffect } from "./file-effects.ts";
import type { ModelDownload } from "./model-download.ts";
import type { NodeInstall } from "./node-install.ts";
import type { ProjectInstall, ProjectPrune } from "./project-install.ts";
import type { PythonInstall } from "./python-install.ts";

/** Package managers of distributions: one database of installed packages per image. */
export type Manager = "apt" | "apk" | "dnf" | "zypper";

export type Effect =
  | InstallEffect
  /** Takes packages away; `orphans`: also what only they needed. */
  | {
      readonly kind: "uninstall";
      readonly manager: Manager;
      readonly packages: readonly PackageWord[];
      readonly orphans: boolean;
    }
  /** Brings all packages up to date: what is replaced stays in the layers below. */
  | { readonly kind: "upgrade"; readonly manager: Manager; readonly action: Word }
  /** Packages lose the mark that somebody asked for them; the next removal of orphans takes them. */
  | { readonly kind: "disown"; readonly manager: Manager }
  /** Adds a user; `writesLogs`: with a record in /var/log/lastlog and /var/log/faillog at the place of its number. */
  | {
      readonly kind: "add-user";
      readonly program: Word;
      readonly uid: number | undefined;
      readonly uidWord: Word | undefined;
      readonly writesLogs: boolean;
    }
  | CacheEffect
  /** Empties a cache, whatever its directory. */
  | { readonly kind: "uncache"; readonly cache: string }
  /** Deletes paths; a trailing `/*` deletes the entries of a directory. */
  | { readonly kind: "remove"; readonly paths: readonly PathWord[] }
  /** Creates or fills these paths. */
  | { readonly kind: "create"; readonly paths: readonly PathWord[] }
  | FileEffect
  | PythonInstall
  | ProjectInstall
  | ProjectPrune
  | Compile
  /** Compiles Python files below these paths; what is up to date is left alone unless it is forced. */
  | {
      readonly kind: "compile-bytecode";
      readonly paths: readonly PathWord[];
      readonly force: Word | undefined;
    }
  /** Takes symbols out of programs. */
  | { readonly kind: "strip"; readonly paths: readonly PathWord[] }
  | ModelDownload
  | BrowserDownload
  | NodeInstall
  /** Makes a virtual environment of Python, or one of conda; `installer`: pip comes along though nobody named it. */
  | { readonly kind: "environment"; readonly folder: PathWord; readonly installer: boolean }
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

/** Installs packages of a distribution; every package word with its span. */
export interface InstallEffect {
  readonly kind: "install";
  readonly manager: Manager;
  /** The word after which an option can stand; undefined where the program has none. */
  readonly action: Word | undefined;
  readonly packages: readonly PackageWord[];
  /** A name under which all of them can be removed at once: `apk add --virtual`. */
  readonly group: string | undefined;
  /** Packages that are only recommended come along. */
  readonly recommends: boolean;
  /** The option that leaves them out. */
  readonly recommendsFlag: string | undefined;
  /** Files of a package that is there are written again: in any case (`dpkg -i`), or where there is a newer version. */
  readonly renews?: "always" | "if newer";
}

/** A cache that a command fills. A model gives it only where no flag or variable of the call keeps it away. */
export interface CacheEffect {
  readonly kind: "cache";
  /** Names it for `uncache`: "apt-lists", "pip". One RUN gets one finding a name. */
  readonly cache: string;
  /** For people: "apt's package lists". */
  readonly label: string;
  /** An index is what later installs of the same tool read; nothing reads downloads and builds again. */
  readonly holds: "index" | "downloads" | "builds";
  readonly directory: string;
  /** Where other releases of the tool keep it: emptying any of them counts. */
  readonly otherDirectories?: readonly string[];
  /** Installs of this manager fail without it; other tools fetch what is missing. */
  readonly neededBy?: Manager;
  /** Nothing is written where an earlier command or layer has left a fresh one. */
  readonly onlyIfMissing?: boolean;
  readonly cost: CacheCost;
  /** A file of the base image that makes the tool empty this cache by itself, until a line deletes that file. */
  readonly emptiedBy?: string;
  /** Programs that read it again when the image starts one of them. */
  readonly readBy?: readonly string[];
  /** Best first. */
  readonly avoid: readonly Remedy[];
}

/** What a cache weighs: known here, or asked where the base image is known. */
export type CacheCost =
  | Size
  /** One update of the distribution's package index. */
  | { readonly kind: "package-lists"; readonly manager: Manager }
  /** The downloaded packages of all installs in the same RUN. */
  | { readonly kind: "package-archives"; readonly manager: Manager };

/** What keeps a cache out of the layer. All but a mount leave the same files at run time. */
export type Remedy =
  /** An option of the command itself, written after that word: `apk add --no-cache`. */
  | { readonly by: "flag"; readonly flag: string; readonly after: Word }
  /** A variable in front of the command: `PIP_NO_CACHE_DIR=1`. */
  | { readonly by: "variable"; readonly assignment: string }
  /** The command is not needed: `apk update` before `apk add --no-cache`. */
  | { readonly by: "omission" }
  /** A command at the end of the same RUN. */
  | { readonly by: "cleanup"; readonly command: string }
  /** The directory as a cache mount; `locked` for tools that refuse to share it. */
  | { readonly by: "mount"; readonly target: string; readonly locked: boolean };
