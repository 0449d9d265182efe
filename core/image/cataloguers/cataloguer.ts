/** A cataloguer: finds the packages of one ecosystem in the files of an image, and which files are theirs. */

export interface FoundPackage {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** Paths of its files, without a leading slash. */
  readonly files: readonly string[];
  readonly dependsOn: readonly string[];
  /** Asked for by name (true), or only brought along (false); null where the metadata do not tell. */
  readonly requested: boolean | null;
}

export interface Catalogued {
  readonly packages: readonly FoundPackage[];
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

export interface Cataloguer {
  readonly ecosystem: string;
  /** Whether the content of this path is needed; asked for every entry, so a test of the path alone. */
  wants(path: string): boolean;
  /** A database that is broken becomes a trouble. */
  catalogue(files: WantedFiles): Catalogued;
}
