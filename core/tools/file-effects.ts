/** Effects on files that say more than "these paths": where content came from, and what exactly is changed. */
import type { Word } from "../dockerfile/facts.ts";
import type { PathWord } from "./effect.ts";

/** Fetches one file from an address. */
export interface Download {
  readonly kind: "download";
  readonly file: PathWord;
}

/** Puts an archive's content into a directory. */
export interface Unpack {
  readonly kind: "unpack";
  readonly archive: PathWord;
  /** Absolute; undefined when unknown. */
  readonly into: string | undefined;
  readonly format: "tar" | "zip" | "other";
  /** All of it, under the names it has there: nothing is picked or renamed. */
  readonly plain: boolean;
}

/** Copies a repository with its history. */
export interface Clone {
  readonly kind: "clone";
  readonly tree: PathWord;
  /** The word `clone`, after which an option can stand. */
  readonly action: Word;
  /** Only the newest commit comes along. */
  readonly shallow: boolean;
  /** A branch or tag is named, or none, so that a shallow clone has the same files. */
  readonly submodules: boolean;
}

/** Changes mode, owner or times, and no content. */
export interface Touch {
  readonly kind: "touch";
  readonly paths: readonly PathWord[];
  readonly recursive: boolean;
  readonly changes: "mode" | "owner" | "group" | "times";
  /** `a+rX`, `0755`, `app:app`; undefined where another file or an undecided word says it. */
  readonly value: string | undefined;
  /** `chown --from`: only what this owner has is changed. */
  readonly from?: string;
}

/** A build tree installs itself elsewhere: `make install`. */
export interface SelfInstall {
  readonly kind: "self-install";
  /** The tree, absolute; undefined when unknown. */
  readonly tree: string | undefined;
}

/** Fetches the script that installs a package installer, for a shell that reads it. */
export interface InstallerScript {
  readonly kind: "installer-script";
  readonly installs: "uv" | "poetry" | "pdm" | "pip";
  readonly address: Word;
}

export type FileEffect = Download | Unpack | Clone | Touch | SelfInstall | InstallerScript;
