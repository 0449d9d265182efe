/** A cataloguer: finds the packages of one ecosystem in the files of an image, and which files are theirs. */
import type { FileFacts } from "../probes.ts";

/** Paths have no leading slash. Links in the way to a path are followed, and paths where no file is count nothing. */
export interface FoundPackage {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly files: Iterable<string>;
  /** Folders of its own: all that lies in them, but for what lies in a deeper folder of a package of this cataloguer. */
  readonly folders?: readonly string[];
  /** It lies inside a file of another package: of that file's bytes, so many are this one's. */
  readonly parts?: readonly { readonly path: string; readonly bytes: number }[];
  /** Names of packages of the image. */
  readonly dependsOn: readonly string[];
  /** Asked for by name (true), or only brought along (false); null where the metadata do not tell. */
  readonly requested: boolean | null;
}

export interface Catalogued {
  readonly packages: readonly FoundPackage[];
  /** One about a file of an earlier cataloguer's package is dropped: its package manager leaves out what it wants. */
  readonly troubles: readonly { readonly path: string; readonly why: string }[];
}

/** The visible files of an image whose content a cataloguer wanted, by paths without a leading slash. */
export interface WantedFiles {
  /** Every path that some cataloguer wanted. */
  readonly paths: Iterable<string>;
  has(path: string): boolean;
  /** Undefined where there is no such file or it is too large to be kept. Bytes that are no UTF-8 are replaced. */
  text(path: string): string | undefined;
  bytes(path: string): Uint8Array | undefined;
}

/** What else is known of the image's visible files. */
export interface ImageFacts {
  /** Files in which a probe found something. */
  readonly probed: readonly { readonly path: string; readonly facts: FileFacts }[];
  /** The same place with the links in the way to it followed, the last one too. */
  resolved(path: string): string;
}

export interface Cataloguer {
  readonly ecosystem: string;
  /** What the names of its packages claim: earlier kinds first, and a file belongs to the first that claims it. */
  readonly kind: "system" | "environment" | "language" | "program";
  /** Whether the content of this path is needed: a test of the path alone. */
  wants(path: string): boolean;
  /** The name of what it wants ends so, of ASCII; asked first, for every file. */
  readonly endings: readonly string[];
  /** Or, whatever its name, it lies in a folder whose path, with a slash at its end, is such. */
  readonly folders?: RegExp;
  /** A database that is broken becomes a trouble, and what can be read of it is kept. Never throws. */
  catalogue(files: WantedFiles, image: ImageFacts): Catalogued;
}
