/**
 * Prices of Debian packages before anything is built, from Debian 12's own index.
 *
 * Invariant: every answer is a range with its basis, or unknown; nothing here was measured in the user's image.
 */
import { BoundedCache } from "../text/bounded-cache.ts";
import { type Bytes, bytes } from "./bytes.ts";
import { DebianGraph, type PackageRow } from "./debian-graph.ts";
import type { PackageBase, PackageSizes } from "./package-sizes.ts";
import { estimated, type Size, unknownSize } from "./size.ts";

export interface DebianCatalogue {
  /** "2026-11-24" */
  readonly date: string;
  readonly packages: readonly PackageRow[];
  /** Image with tag, unpacked bytes on linux/amd64, whether those were derived from the compressed size. */
  readonly images: readonly (readonly [image: string, bytes: number, derived: boolean])[];
}

export function isDebianCatalogue(it: unknown): it is DebianCatalogue {
  return (
    typeof it === "object" &&
    it !== null &&
    "packages" in it &&
    Array.isArray(it.packages) &&
    "images" in it &&
    "date" in it
  );
}

/** What a base image is, as far as prices go. */
interface Base {
  /** Tells bases apart. */
  readonly key: string;
  readonly kind: "slim" | "full" | "unknown";
  readonly installed: ReadonlySet<string>;
  /** Debian 12 itself; else its sizes stand in for another release, or for Ubuntu's. */
  readonly release: "same" | "other" | "ubuntu";
}

const keptAnswers = 500;

/** Of Installed-Size, what ends up as bytes of regular files; measured on installed packages of Debian 12. */
const leastShare = 0.93;
const mostShare = 1.03;
/** Their modules are compiled when they are unpacked, which their Installed-Size does not count. */
const pythonModules = /^python3-(?!minimal$|dev$|venv$|doc$)/;
/** Bytecode per byte of Python on CPython 3.11, where all of a package is Python. */
const mostBytecode = 1.3;
/** Share that slim images may drop of a package of which that is not known. */
const unknownDrop = 0.2;
/** The same over many packages: 7 % of all that were measured, 10 % of libraries. */
const unknownDocs = 0.12;

/** Beside the .deb files apt then keeps two books of 36.9 MB each; measured on Debian 12. */
const leastAptBooks = 66_000_000;
const mostAptBooks = 82_000_000;

const pythonSlim = [
  "ca-certificates",
  "netbase",
  "tzdata",
  "libbz2-1.0",
  "libdb5.3",
  "libffi8",
  "liblzma5",
  "libncursesw6",
  "libreadline8",
  "libsqlite3-0",
  "libssl3",
  "libtinfo6",
  "libuuid1",
  "zlib1g",
  "libexpat1",
];
/** buildpack-deps, which the images without `slim` in their tags start from. */
const buildpackDeps = [
  "ca-certificates",
  "curl",
  "gnupg",
  "netbase",
  "sq",
  "wget",
  "tzdata",
  "git",
  "mercurial",
  "openssh-client",
  "subversion",
  "procps",
  "autoconf",
  "automake",
  "bzip2",
  "default-libmysqlclient-dev",
  "dpkg-dev",
  "file",
  "g++",
  "gcc",
  "imagemagick",
  "libbz2-dev",
  "libc6-dev",
  "libcurl4-openssl-dev",
  "libdb-dev",
  "libevent-dev",
  "libffi-dev",
  "libgdbm-dev",
  "libglib2.0-dev",
  "libgmp-dev",
  "libjpeg-dev",
  "libkrb5-dev",
  "liblzma-dev",
  "libmagickcore-dev",
  "libmagickwand-dev",
  "libmaxminddb-dev",
  "libncurses5-dev",
  "libncursesw5-dev",
  "libpng-dev",
  "libpq-dev",
  "libreadline-dev",
  "libsqlite3-dev",
  "libssl-dev",
  "libtool",
  "libwebp-dev",
  "libxml2-dev",
  "libxslt1-dev",
  "libyaml-dev",
  "make",
  "patch",
  "unzip",
  "xz-utils",
  "zlib1g-dev",
];
const buildpackImages =
  /^(?:python|node|ruby|perl|php|golang|rust|gcc|openjdk|buildpack-deps|erlang|elixir|pypy|haskell)$/;
const debianImages =
  /^(?:debian|python|node|ruby|perl|php|nginx|httpd|postgres|redis|mysql|mariadb|buildpack-deps|pypy)$/;
const ubuntuImages = /ubuntu|(?:^|[:-])(?:focal|jammy|noble)\b/;
const debian12 = /bookworm|(?:^|[^\d])12(?:[.-]|$)/;
/** Packages of another release are near these, not equal; those of another distribution less so. */
const spreads = { same: [1, 1], other: [0.9, 1.15], ubuntu: [0.75, 1.4] } as const;
const otherSystems =
  /alpine|musl|ubi\d*|fedora|centos|rocky|almalinux|amazonlinux|opensuse|archlinux|busybox|distroless|wolfi|chainguard|scratch|windows/i;

type Request = Parameters<PackageSizes["closure"]>[0];

export class DebianPackageSizes implements PackageSizes {
  readonly #graph: DebianGraph;
  readonly #catalogue: DebianCatalogue;
  readonly #bases = new BoundedCache<string, { readonly base: Base | undefined }>(keptAnswers);
  readonly #answers = new BoundedCache<string, Size>(keptAnswers);
  readonly #closures = new BoundedCache<string, ReadonlySet<string>>(keptAnswers);
  readonly #required: ReadonlySet<string>;
  readonly #python: ReadonlySet<string>;
  readonly #buildpack: ReadonlySet<string>;

  constructor(catalogue: DebianCatalogue) {
    this.#catalogue = catalogue;
    this.#graph = new DebianGraph(catalogue.packages);
    this.#required = this.#graph.required();
    this.#python = new Set([...this.#required, ...this.#graph.closure(pythonSlim, false, this.#required)]);
    this.#buildpack = new Set([...this.#python, ...this.#graph.closure(buildpackDeps, false, this.#python)]);
  }

  dominated({ all, removed, recommends, base }: Parameters<PackageSizes["dominated"]>[0]): Size {
    const question = `-${recommends ? "+" : ""}${all.join(" ")}\n${removed.join(" ")}`;
    return this.#priced(question, removed, base, (found) => {
      const kept = this.#closure(
        all.filter((it) => !removed.includes(it)),
        recommends,
        found,
      );
      return [...this.#closure(all, recommends, found)].filter((it) => !kept.has(it));
    });
  }

  recommended({ all, base }: Parameters<PackageSizes["recommended"]>[0]): Size {
    return this.#priced(`+${all.join(" ")}`, all, base, (found) => {
      const needed = this.#closure(all, false, found);
      return [...this.#closure(all, true, found)].filter((it) => !needed.has(it));
    });
  }

  closure({ all, recommends, base }: Request): Size {
    const question = `=${recommends ? "+" : ""}${all.join(" ")}`;
    return this.#priced(question, all, base, (found) => [...this.#closure(all, recommends, found)]);
  }

  documentation({ all, recommends, base }: Request): Size {
    const found = this.#baseOf(base);
    if (found === undefined) return unknownSize("prices are known for Debian's packages only");
    // Slim images and Ubuntu's keep dpkg from unpacking them.
    if (found.kind !== "full") return unknownSize("whether the base image leaves them out is not known");
    let low = 0;
    let high = 0;
    for (const name of this.#closure(all, recommends, found)) {
      const row = this.#graph.row(name);
      if (row === undefined) continue;
      const known = row[7] >= 0;
      low += known ? row[7] : 0;
      high += known ? row[7] : row[1] * 1024 * unknownDocs;
    }
    const [least, most] = found.release === "same" ? [0.95, 1.05] : [0.8, 1.25];
    return estimated(
      bytes(Math.floor(low * least)),
      bytes(Math.ceil(high * most)),
      this.#basis(found, "what slim images drop"),
    );
  }

  held({ names, base }: Parameters<PackageSizes["held"]>[0]): Size | undefined {
    const found = this.#baseOf(base);
    if (found === undefined || names.length === 0 || !names.every((it) => found.installed.has(it)))
      return undefined;
    const [low, high] = this.#rangeOf(names, found);
    return estimated(low, high, this.#basis(found, whatOf(names), ""));
  }

  runTimeLibraries({
    headers,
    base,
  }: Parameters<PackageSizes["runTimeLibraries"]>[0]): readonly string[] | undefined {
    const found = this.#baseOf(base);
    return found?.release === "same" ? this.#graph.librariesOf(headers, found.installed) : undefined;
  }

  lists({ image, manager }: PackageBase): Size {
    if (manager !== "apt" || otherSystems.test(image ?? ""))
      return unknownSize("the base image is not Debian");
    if (ubuntuImages.test(image ?? "")) return unknownSize("Ubuntu's index is not in the catalogue");
    // The official images compress the index as it is fetched.
    return debianImages.test(nameOf(image))
      ? estimated(
          bytes(18_000_000),
          bytes(24_000_000),
          "one update of Debian 12, compressed as the official images do",
        )
      : estimated(bytes(18_000_000), bytes(56_000_000), "one update of Debian 12, compressed or not");
  }

  archives({ all, recommends, base }: Request): Size {
    const found = this.#baseOf(base);
    if (found === undefined) return unknownSize("the base image is not Debian");
    if (!all.some((it) => this.#graph.knows(it))) return unknownSize("the packages are not in the catalogue");
    let total = 0;
    for (const name of this.#closure(all, recommends, found)) total += this.#graph.row(name)?.[2] ?? 0;
    return estimated(
      bytes(Math.floor(total * 0.9) + leastAptBooks),
      bytes(Math.ceil(total * 1.1) + mostAptBooks),
      this.#basis(found, ".deb files and apt's own books (pkgcache.bin, srcpkgcache.bin)"),
    );
  }

  baseImage(image: string | undefined): Size {
    const known = this.#catalogue.images.find(([name]) => name === withoutRegistry(image));
    if (known === undefined) return unknownSize("the image is not in the catalogue");
    const [, size, derived] = known;
    const spread = derived ? 0.06 : 0.03;
    return estimated(
      bytes(Math.round(size * (1 - spread))),
      bytes(Math.round(size * (1 + spread))),
      `docker-library's record of ${known[0]} for linux/amd64, catalogue of ${this.#catalogue.date}`,
    );
  }

  /** Rules ask the same of every version of a document. */
  #priced(
    question: string,
    named: readonly string[],
    base: PackageBase,
    paidIn: (found: Base) => readonly string[],
  ): Size {
    const found = this.#baseOf(base);
    if (found === undefined) return unknownSize("prices are known for Debian's packages only");
    const key = `${found.key}\n${question}`;
    const answer = this.#answers.get(key) ?? this.#pricedNow(named, found, paidIn);
    this.#answers.set(key, answer);
    return answer;
  }

  #pricedNow(named: readonly string[], found: Base, paidIn: (found: Base) => readonly string[]): Size {
    const unknown = named.filter((it) => !this.#graph.knows(it));
    if (unknown.length === named.length && named.length > 0) {
      return unknownSize(`${unknown.join(", ")} not in the catalogue of Debian 12`);
    }
    const names = paidIn(found);
    const [low, high] = this.#rangeOf(names, found);
    const without =
      unknown.length === 0 ? "" : `, without ${unknown.join(", ")}, which the catalogue does not have`;
    return estimated(low, high, `${this.#basis(found, whatOf(names))}${without}`);
  }

  #rangeOf(names: readonly string[], { kind, release }: Base): readonly [Bytes, Bytes] {
    let low = 0;
    let high = 0;
    for (const name of names) {
      const row = this.#graph.row(name);
      if (row === undefined) continue;
      const whole = row[1] * 1024;
      const slim = row[7] < 0 ? whole * (1 - unknownDrop) : Math.max(0, whole - row[7]);
      low += kind === "full" ? whole : slim;
      high +=
        (kind === "slim" && row[7] >= 0 ? slim : whole) +
        (pythonModules.test(name) ? whole * mostBytecode : 0);
    }
    const [less, more] = spreads[release];
    const [least, most] = [leastShare * less, mostShare * more];
    return [bytes(Math.floor(low * least)), bytes(Math.ceil(high * most))];
  }

  #basis({ release }: Base, what: string, closure = " with what they need"): string {
    const others = release === "ubuntu" ? "Ubuntu's" : "the base image's release";
    const where = release === "same" ? "" : `, which stand in for ${others}`;
    return `${what} of Debian 12's packages${closure}, catalogue of ${this.#catalogue.date}${where}`;
  }

  #closure(names: readonly string[], recommends: boolean, { key, installed }: Base): ReadonlySet<string> {
    const question = `${key}\n${recommends ? "+" : "-"}${names.join(" ")}`;
    const known = this.#closures.get(question) ?? this.#graph.closure(names, recommends, installed);
    this.#closures.set(question, known);
    return known;
  }

  #baseOf(base: PackageBase): Base | undefined {
    const key = [base.image ?? "", base.manager, ...(base.alsoInstalled ?? [])].join(" ");
    const known = this.#bases.get(key) ?? { base: this.#baseNow(base, key) };
    this.#bases.set(key, known);
    return known.base;
  }

  /** Undefined: not Debian or its kin. */
  #baseNow({ image, manager, alsoInstalled = [] }: PackageBase, key: string): Base | undefined {
    if (manager !== "apt" || (image !== undefined && otherSystems.test(image))) return undefined;
    const name = nameOf(image);
    const tag = image?.split(":")[1] ?? "";
    const slim = /slim/.test(tag);
    const full = !slim && buildpackImages.test(name);
    const installed = full ? this.#buildpack : /^(?:python|pypy)$/.test(name) ? this.#python : this.#required;
    return {
      key,
      kind: slim ? "slim" : debianImages.test(name) ? "full" : "unknown",
      installed: new Set([...installed, ...this.#graph.closure(alsoInstalled, false, installed)]),
      release: ubuntuImages.test(image ?? "")
        ? "ubuntu"
        : debian12.test(name === "debian" ? tag : tag.replace(/^[\d.]+/, ""))
          ? "same"
          : "other",
    };
  }
}

const whatOf = (names: readonly string[]): string =>
  names.some((it) => pythonModules.test(it)) ? "installed sizes, with bytecode," : "installed sizes";

const withoutRegistry = (image: string | undefined): string =>
  (image ?? "")
    .replace(/^docker\.io\//, "")
    .replace(/^library\//, "")
    .replace(/@.*$/, "");

const nameOf = (image: string | undefined): string =>
  withoutRegistry(image).split(":")[0]?.split("/").at(-1) ?? "";
