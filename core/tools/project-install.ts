/** Installs of a project's own list of packages, for ecosystems other than Python's. */
import type { Word } from "../dockerfile/facts.ts";

export type ProjectInstaller = "npm" | "yarn" | "pnpm" | "bun" | "bundle" | "composer";

export interface ProjectInstall {
  readonly kind: "project-install";
  readonly tool: ProjectInstaller;
  /** Word of the action, after which a flag can stand; the program where there is none (`yarn`). */
  readonly action: Word;
  /** Working directory, when known. */
  readonly directory: string | undefined;
  /** Where the packages go, when known. */
  readonly into: string | undefined;
  /** Packages that only development needs come along; undefined: neither words nor variables decide it. */
  readonly development: boolean | undefined;
  /** Words that ask for them. */
  readonly developmentWords: readonly Word[];
  /** Leaves them out, written after `action`; undefined where that depends on the tool's version. */
  readonly productionFlag: string | undefined;
}

/** Takes a project's development packages away again. */
export interface ProjectPrune {
  readonly kind: "project-prune";
  readonly tool: ProjectInstaller;
  readonly directory: string | undefined;
}
