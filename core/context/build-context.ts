/**
 * BuildContext: the files a COPY can take, as a listing made beforehand, seen through the ignore file.
 */
import type { Bytes } from "../size/bytes.ts";

/** Regular files below a directory of the context that the ignore file lets through. */
export interface Taken {
  readonly bytes: Bytes;
  readonly files: number;
}

/** One directory or file of the context. Paths are relative to the context, with `/`, without a leading one. */
export interface ContextEntry {
  readonly path: string;
  readonly kind: "file" | "directory";
  readonly taken: Taken;
}

/** A directory as it was walked: names to sizes of files, names to directories. Links count 0 bytes. */
export interface ListedDirectory {
  readonly files: ReadonlyMap<string, Bytes>;
  readonly directories: ReadonlyMap<string, ListedDirectory>;
}

/** The ignore file in force: `<Dockerfile>.dockerignore` beside the Dockerfile, else `.dockerignore` of the context. */
export interface IgnoreFile {
  /** Relative to the context. */
  readonly path: string;
  readonly text: string;
}

export interface BuildContext {
  /** How the context was found, for hovers: "docker-compose.yml", "setting plimsoll.context", "COPY sources". */
  readonly foundBy: string;
  readonly ignoreFile: IgnoreFile | undefined;
  /** Where a new ignore file belongs, relative to the context. */
  readonly newIgnorePath: string;
  /** False when the walk stopped at its limit: then sums are at least, not exactly, and are not shown as measured. */
  readonly complete: boolean;
  /** Texts of the manifests and start scripts that rules read (`package.json`, `tsconfig.json`, `entrypoint.sh` …), by path; the largest and deepest are left out. */
  readonly manifests: ReadonlyMap<string, string>;
  /** All that lies there, whatever the ignore file says, except below directories that it left out when they were read. */
  readonly listing: ListedDirectory;
  /** What a COPY source takes: a path or pattern with Docker's (Go's filepath.Match) wildcards. Empty when nothing matches. */
  matches(source: string): readonly ContextEntry[];
  /** The entries directly below a directory ("" is the root) that contain at least one file that is let through. */
  children(directory: string): readonly ContextEntry[];
  /** The same context under another ignore file text, for verifying an edit of it. */
  withIgnore(file: IgnoreFile): BuildContext;
}
