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

export interface Cataloguer {
  readonly ecosystem: string;
  /** Whether the content of this path is needed; asked for every entry, so a test of the path alone. */
  wants(path: string): boolean;
  /** `texts`: visible contents of wanted paths. A database that is broken becomes a trouble. */
  catalogue(texts: ReadonlyMap<string, string>): Catalogued;
}
