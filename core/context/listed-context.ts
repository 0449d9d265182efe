/** A build context from a listing made beforehand; sums are kept per directory. */

import { addBytes, type Bytes, noBytes } from "../size/bytes.ts";
import { BoundedCache } from "../text/bounded-cache.ts";
import type { BuildContext, ContextEntry, IgnoreFile, ListedDirectory, Taken } from "./build-context.ts";
import { IgnoreRules, type Matched } from "./ignore-rules.ts";
import { hasWildcards, nameExpression } from "./wildcards.ts";

interface ListedOptions {
  readonly root: ListedDirectory;
  readonly foundBy: string;
  readonly ignoreFile: IgnoreFile | undefined;
  readonly newIgnorePath: string;
  readonly complete: boolean;
  readonly manifests?: ReadonlyMap<string, string>;
  /** Directories that the ignore file left out as a whole when the context was walked: they stand empty here. */
  readonly leftOut?: readonly string[];
}

/** A directory seen through the ignore file. */
interface Seen {
  readonly path: string;
  readonly listed: ListedDirectory;
  readonly matched: Matched;
  readonly ignored: boolean;
}

const none: ReadonlyMap<string, string> = new Map();
const nothing: Taken = { bytes: noBytes, files: 0 };
/** Made trees can be deeper than any stack. */
const deepest = 500;
const keptAnswers = 1_000;

export class ListedContext implements BuildContext {
  readonly #options: ListedOptions;
  readonly #rules: IgnoreRules;
  #leftOut: boolean | undefined;
  readonly #taken = new WeakMap<ListedDirectory, Taken>();
  /** Rules ask the same of every version of a document. */
  readonly #matches = new BoundedCache<string, readonly ContextEntry[]>(keptAnswers);
  readonly #children = new BoundedCache<string, readonly ContextEntry[]>(keptAnswers);

  constructor(options: ListedOptions) {
    this.#options = options;
    this.#rules = new IgnoreRules(options.ignoreFile?.text ?? "");
  }

  get foundBy(): string {
    return this.#options.foundBy;
  }
  get ignoreFile(): IgnoreFile | undefined {
    return this.#options.ignoreFile;
  }
  get newIgnorePath(): string {
    return this.#options.newIgnorePath;
  }
  get manifests(): ReadonlyMap<string, string> {
    return this.#options.manifests ?? none;
  }
  get complete(): boolean {
    return this.#options.complete && this.#leftOutStill();
  }
  get listing(): ListedDirectory {
    return this.#options.root;
  }

  matches(source: string): readonly ContextEntry[] {
    const known = this.#matches.get(source) ?? this.#matchesNow(source);
    this.#matches.set(source, known);
    return known;
  }

  children(directory: string): readonly ContextEntry[] {
    const known = this.#children.get(directory) ?? this.#childrenNow(directory);
    this.#children.set(directory, known);
    return known;
  }

  #matchesNow(source: string): readonly ContextEntry[] {
    const parts = partsOf(source);
    const root = this.#root();
    if (parts.length === 0) return [this.#entry(root)];
    let reached: readonly Seen[] = [root];
    for (const part of parts.slice(0, -1)) {
      reached = reached.flatMap((it) => this.#directoriesBelow(it, part));
    }
    const last = parts.at(-1) ?? "";
    return reached.flatMap((it) => [
      ...this.#directoriesBelow(it, last)
        .filter((one) => !one.ignored || this.#takenIn(one, 0).files > 0)
        .map((one) => this.#entry(one)),
      ...this.#filesBelow(it, last),
    ]);
  }

  #childrenNow(directory: string): readonly ContextEntry[] {
    let reached: Seen | undefined = this.#root();
    for (const part of partsOf(directory)) {
      const listed: ListedDirectory | undefined = reached?.listed.directories.get(part);
      reached =
        reached === undefined || listed === undefined ? undefined : this.#below(reached, part, listed);
    }
    if (reached === undefined) return [];
    return [
      ...this.#directoriesBelow(reached, "*")
        .map((it) => this.#entry(it))
        .filter(({ taken }) => taken.files > 0),
      ...this.#filesBelow(reached, "*"),
    ];
  }

  withIgnore(file: IgnoreFile): BuildContext {
    return new ListedContext({ ...this.#options, ignoreFile: file });
  }

  /** Under another ignore file a directory that was not read may be let through. */
  #leftOutStill(): boolean {
    this.#leftOut ??= (this.#options.leftOut ?? []).every((path) => {
      let matched: Matched | undefined;
      let at = "";
      for (const part of path.split("/")) {
        at = join(at, part);
        matched = this.#rules.match(at, matched);
        if (this.#rules.ignores(matched) && !this.#rules.mayLetThroughBelow(at)) return true;
      }
      return false;
    });
    return this.#leftOut;
  }

  #root(): Seen {
    return {
      path: "",
      listed: this.#options.root,
      matched: this.#rules.match("", undefined),
      ignored: false,
    };
  }

  #below(parent: Seen, name: string, listed: ListedDirectory): Seen {
    const path = join(parent.path, name);
    const matched = this.#rules.match(path, parent.path === "" ? undefined : parent.matched);
    return { path, listed, matched, ignored: this.#rules.ignores(matched) };
  }

  #directoriesBelow(parent: Seen, pattern: string): readonly Seen[] {
    return named(parent.listed.directories, pattern).map(([name, listed]) =>
      this.#below(parent, name, listed),
    );
  }

  #filesBelow(parent: Seen, pattern: string): readonly ContextEntry[] {
    return named(parent.listed.files, pattern).flatMap(([name, size]) => {
      const path = join(parent.path, name);
      return this.#isFileIgnored(parent, path)
        ? []
        : [{ path, kind: "file" as const, taken: { bytes: size, files: 1 } }];
    });
  }

  #isFileIgnored(parent: Seen, path: string): boolean {
    if (this.#rules.empty) return false;
    return this.#rules.ignores(this.#rules.match(path, parent.path === "" ? undefined : parent.matched));
  }

  #entry(seen: Seen): ContextEntry {
    return { path: seen.path, kind: "directory", taken: this.#takenIn(seen, 0) };
  }

  #takenIn(seen: Seen, depth: number): Taken {
    const known = this.#taken.get(seen.listed);
    if (known !== undefined) return known;
    if (depth > deepest) return nothing;
    let { bytes, files } = nothing;
    if (!seen.ignored || this.#rules.mayLetThroughBelow(seen.path)) {
      for (const [name, size] of seen.listed.files) {
        if (this.#isFileIgnored(seen, join(seen.path, name))) continue;
        bytes = addBytes(bytes, size);
        files += 1;
      }
      for (const [name, listed] of seen.listed.directories) {
        const below = this.#takenIn(this.#below(seen, name, listed), depth + 1);
        bytes = addBytes(bytes, below.bytes);
        files += below.files;
      }
    }
    const res = { bytes, files };
    this.#taken.set(seen.listed, res);
    return res;
  }
}

const join = (directory: string, name: string): string => (directory === "" ? name : `${directory}/${name}`);

/** Relative to the context; what would lead out of it stays at its root, as in Docker. */
function partsOf(source: string): readonly string[] {
  const parts: string[] = [];
  for (const part of source.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts;
}

function named<Value>(
  entries: ReadonlyMap<string, Value>,
  pattern: string,
): readonly (readonly [string, Value])[] {
  if (!hasWildcards(pattern)) {
    const value = entries.get(pattern);
    return value === undefined ? [] : [[pattern, value]];
  }
  const expression = nameExpression(pattern);
  return expression === undefined ? [] : [...entries].filter(([name]) => expression.test(name));
}

/** A listing from paths and sizes, for tests and documented examples. */
export function listingOf(files: Readonly<Record<string, Bytes>>): ListedDirectory {
  const root = { files: new Map<string, Bytes>(), directories: new Map() };
  for (const [path, size] of Object.entries(files)) {
    let at = root;
    const parts = partsOf(path);
    for (const part of parts.slice(0, -1)) {
      const next = at.directories.get(part) ?? { files: new Map<string, Bytes>(), directories: new Map() };
      at.directories.set(part, next);
      at = next;
    }
    at.files.set(parts.at(-1) ?? "", size);
  }
  return root;
}
