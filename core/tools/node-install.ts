/** Packages of npm that the words of an install name. */
import type { Word } from "../dockerfile/facts.ts";

export interface NodePackageWord {
  /** `npm`, `@scope/name`. */
  readonly name: string;
  /** `latest`, `10.9.2`; undefined where none is given. */
  readonly version: string | undefined;
  readonly word: Word;
}

export interface NodeInstall {
  readonly kind: "node-install";
  readonly packages: readonly NodePackageWord[];
  /** Into the system's folder and not into a project. */
  readonly global: boolean;
}

/** Addresses, folders and undecided words name no package. */
export const nodePackages = (words: readonly Word[]): readonly NodePackageWord[] =>
  words.flatMap((word) => {
    const [, name, version] =
      /^((?:@[\w.-]+\/)?[A-Za-z0-9][\w.-]*)(?:@([^/:]+))?$/.exec(word.text ?? "") ?? [];
    return name === undefined ? [] : [{ name, version, word }];
  });
