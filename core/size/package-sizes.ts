import type { Manager } from "../tools/effect.ts";
import type { Size } from "./size.ts";

/** Where packages are installed: the distribution, and what the base image holds already. */
export interface PackageBase {
  /** The image named in FROM, resolved, for example "python:3.12-slim"; undefined when unknown. */
  readonly image: string | undefined;
  /** Who installs: names mean another package with each. */
  readonly manager: Manager;
  /** Packages that earlier instructions installed on top of it; what they bring is not paid again. */
  readonly alsoInstalled?: readonly string[];
}

/** Prices of distribution packages before anything is built. */
export interface PackageSizes {
  /**
   * What goes away when `removed` are dropped from one install of `all`: their dominated closure as a set.
   * Packages that the rest of `all`, or the base, needs anyway stay. Unknown names make the answer unknown
   * unless others of the set are known (then a range from the known part, and the basis says so).
   */
  dominated(request: {
    readonly all: readonly string[];
    readonly removed: readonly string[];
    readonly recommends: boolean;
    readonly base: PackageBase;
  }): Size;
  /** What an install of `all` adds to the base. */
  closure(request: {
    readonly all: readonly string[];
    readonly recommends: boolean;
    readonly base: PackageBase;
  }): Size;
  /** What an install of `all` adds only because packages recommend it. */
  recommended(request: { readonly all: readonly string[]; readonly base: PackageBase }): Size;
  /** Of an install of `all`, what lies below the paths of documentation, manual pages and translations. */
  documentation(request: {
    readonly all: readonly string[];
    readonly recommends: boolean;
    readonly base: PackageBase;
  }): Size;
  /** The package index that one `apt-get update` leaves below /var/lib/apt/lists. */
  lists(base: PackageBase): Size;
  /** The .deb files that an install of `all` leaves below /var/cache/apt/archives where nothing cleans them. */
  archives(request: {
    readonly all: readonly string[];
    readonly recommends: boolean;
    readonly base: PackageBase;
  }): Size;
  /** The files of these packages themselves, where the base holds them all for certain; else undefined. */
  held(request: { readonly names: readonly string[]; readonly base: PackageBase }): Size | undefined;
  /**
   * The libraries that programs built with these packages of headers load, as few names as bring all of them, without
   * what the base holds; undefined unless they are known for the very release of the base.
   */
  runTimeLibraries(request: {
    readonly headers: readonly string[];
    readonly base: PackageBase;
  }): readonly string[] | undefined;
  /** The image a stage starts from; undefined or unknown names are of unknown size. */
  baseImage?(image: string | undefined): Size;
}
