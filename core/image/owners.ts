/**
 * Which package each visible file belongs to. Kinds of cataloguers claim in this order: systems' package managers,
 * environments, languages, programs; within a kind lists of files come before folders, and the first claim wins. So a
 * Python module that Debian's package brought is Debian's, and a program inside a package of Node's is that package's.
 *
 * Invariant: a file has one owner or none, however many names it has.
 */
import type { Catalogued, FoundPackage } from "./cataloguers/cataloguer.ts";

/** Paths of an image as numbers: `node` stands for one, `version` for the content of a regular file. */
export interface NamedFiles {
  /** Versions are numbered below. */
  readonly versions: number;
  /** Nodes are numbered below; 0 is the root. */
  readonly nodes: number;
  /** Follows links in the way to a path. */
  resolve(path: string): number | undefined;
  /** The visible version that has this name. */
  versionAt(node: number): number | undefined;
  parentOf(node: number): number;
  nameOf(node: number): string;
}

export interface Owners {
  of(version: number): FoundPackage | undefined;
  /** Bytes of one version that packages inside it have for themselves. */
  partsOf(version: number): readonly { readonly owner: FoundPackage; readonly bytes: number }[];
}

/** `found`: of one cataloguer after the other, in the order in which they claim; `kinds`: the kind of each. */
export function ownersOf(files: NamedFiles, found: readonly Catalogued[], kinds: readonly string[]): Owners {
  const packages = found.flatMap((it) => it.packages);
  const claims = new Claims(files, packages);
  let first = 0;
  kinds.forEach((kind, index) => {
    const next = first + (found[index]?.packages.length ?? 0);
    claims.claimFiles(first, next);
    if (kinds[index + 1] !== kind) claims.claimFolders(next);
    first = next;
  });
  claims.claimBytecode();
  const parts = new Map<number, { owner: FoundPackage; bytes: number }[]>();
  for (const owner of packages) {
    for (const { path, bytes } of owner.parts ?? []) {
      const version = claims.versionOf(path);
      if (version === undefined || claims.ownerOf(version)?.ecosystem !== owner.ecosystem) continue;
      parts.set(version, [...(parts.get(version) ?? []), { owner, bytes }]);
    }
  }
  return { of: (version) => claims.ownerOf(version), partsOf: (version) => parts.get(version) ?? noParts };
}

const noParts: ReturnType<Owners["partsOf"]> = [];

class Claims {
  readonly #files: NamedFiles;
  readonly #packages: readonly FoundPackage[];
  /** By version: the package's number and one, 0 for none. */
  readonly #owners: Uint32Array;
  /** Packages below have claimed their folders. */
  #settled = 0;

  constructor(files: NamedFiles, packages: readonly FoundPackage[]) {
    this.#files = files;
    this.#packages = packages;
    this.#owners = new Uint32Array(files.versions);
  }

  ownerOf(version: number): FoundPackage | undefined {
    return this.#packages[(this.#owners[version] ?? 0) - 1];
  }

  versionOf(path: string): number | undefined {
    const node = this.#files.resolve(path);
    return node === undefined ? undefined : this.#files.versionAt(node);
  }

  claimFiles(from: number, to: number): void {
    for (let index = from; index < to; index += 1) {
      for (const path of this.#packages[index]?.files ?? []) {
        const version = this.versionOf(path);
        if (version !== undefined && this.#owners[version] === 0) this.#owners[version] = index + 1;
      }
    }
  }

  /** Of the packages since the last call up to `to`. */
  claimFolders(to: number): void {
    const folders = new Map<number, number>();
    for (let index = this.#settled; index < to; index += 1) {
      for (const path of this.#packages[index]?.folders ?? []) {
        const node = this.#files.resolve(path);
        if (node !== undefined && node !== 0 && !folders.has(node)) folders.set(node, index + 1);
      }
    }
    this.#settled = to;
    if (folders.size === 0) return;
    /** By folder: the owner of what lies in it and one, 0 where it is not worked out yet. */
    const known = new Uint32Array(this.#files.nodes);
    const ownerIn = (folder: number): number => {
      const way: number[] = [];
      let at = folder;
      while (at !== 0 && known[at] === 0 && !folders.has(at)) {
        way.push(at);
        at = this.#files.parentOf(at);
      }
      const owner = at === 0 ? 0 : (folders.get(at) ?? (known[at] ?? 1) - 1);
      for (const it of way) known[it] = owner + 1;
      return owner;
    };
    this.#eachUnowned((node, version) => {
      this.#owners[version] = folders.get(node) ?? ownerIn(this.#files.parentOf(node));
    });
  }

  /** `DIR/__pycache__/NAME.TAG.pyc` is made of DIR/NAME.py, often after the package was installed. */
  claimBytecode(): void {
    const caches = new Map<number, boolean>();
    this.#eachUnowned((node, version) => {
      const folder = this.#files.parentOf(node);
      const isCache = caches.get(folder) ?? this.#files.nameOf(folder) === "__pycache__";
      caches.set(folder, isCache);
      const source = isCache ? /^([^.]+)\.[^/]*\.pyc$/.exec(this.#files.nameOf(node))?.[1] : undefined;
      if (source === undefined) return;
      const made = this.versionOf(`${this.#pathOf(this.#files.parentOf(folder))}${source}.py`);
      const owner = made === undefined ? undefined : this.ownerOf(made);
      if (made !== undefined && (owner?.ecosystem === "python" || owner?.ecosystem === "conda"))
        this.#owners[version] = this.#owners[made] ?? 0;
    });
  }

  #eachUnowned(take: (node: number, version: number) => void): void {
    for (let node = 1; node < this.#files.nodes; node += 1) {
      const version = this.#files.versionAt(node);
      if (version !== undefined && this.#owners[version] === 0) take(node, version);
    }
  }

  /** With a slash at its end, but for the root. */
  #pathOf(node: number): string {
    let res = "";
    for (let at = node; at !== 0; at = this.#files.parentOf(at)) res = `${this.#files.nameOf(at)}/${res}`;
    return res;
  }
}
