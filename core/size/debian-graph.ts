/** What apt would install: the packages of one Debian release and who needs whom. */
import { bringsLibrary } from "../tools/build-packages.ts";

/** name, installed KiB, .deb bytes, required, depends, recommends, provides, bytes that slim images drop (-1 unknown) */
export type PackageRow = readonly [
  name: string,
  installedKib: number,
  debBytes: number,
  required: boolean,
  depends: string,
  recommends: string,
  provides: string,
  droppedBySlim: number,
];

/** What debootstrap takes where the required packages leave a choice. */
const debootstrapChoices = ["mawk", "usr-is-merged"];

export class DebianGraph {
  readonly #rows = new Map<string, PackageRow>();
  readonly #providers = new Map<string, string[]>();
  readonly #needed = new Map<string, readonly (readonly string[])[]>();
  readonly #recommended = new Map<string, readonly (readonly string[])[]>();

  constructor(rows: readonly PackageRow[]) {
    for (const row of rows) this.#rows.set(row[0], row);
    for (const row of rows) {
      for (const name of row[6].split(",")) {
        if (name !== "") this.#providers.set(name, [...(this.#providers.get(name) ?? []), row[0]]);
      }
    }
  }

  row(name: string): PackageRow | undefined {
    return this.#rows.get(name);
  }

  knows(name: string): boolean {
    return this.#rows.has(name) || this.#providers.has(name);
  }

  /** Essential and required packages, apt, and what they need: what every Debian image holds. */
  required(): ReadonlySet<string> {
    return this.closure(
      [...[...this.#rows.values()].filter((it) => it[3]).map((it) => it[0]), ...debootstrapChoices],
      false,
      new Set(),
    );
  }

  /** Names of all packages that an install of these adds to what is installed. Unknown names are left out. */
  closure(
    names: readonly string[],
    recommends: boolean,
    installed: ReadonlySet<string>,
  ): ReadonlySet<string> {
    const res = new Set<string>();
    const waiting = [...names];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const row = this.#rows.get(name) ?? this.#rows.get(this.#providers.get(name)?.[0] ?? "");
      if (row === undefined || res.has(row[0]) || installed.has(row[0])) continue;
      res.add(row[0]);
      for (const real of this.#needsOf(row, recommends)) {
        const chosen = choice(real, res, installed, names);
        if (chosen !== undefined) waiting.push(chosen);
      }
    }
    return res;
  }

  /**
   * Libraries that packages of headers need, directly or through other headers, without what is installed and without
   * those that another of them needs anyway. Undefined: one of the packages is not known, or needs something else.
   */
  librariesOf(headers: readonly string[], installed: ReadonlySet<string>): readonly string[] | undefined {
    const libraries = new Set<string>();
    const seen = new Set<string>();
    const waiting = [...headers];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const row = this.#rows.get(name) ?? this.#rows.get(this.#providers.get(name)?.[0] ?? "");
      if (row === undefined) return undefined;
      if (seen.has(row[0])) continue;
      seen.add(row[0]);
      for (const real of this.#needsOf(row, false)) {
        const need = choice(real, seen, installed, headers);
        if (need === undefined) continue;
        if (isOfCompiler(need)) continue;
        if (isHeaders(need)) waiting.push(need);
        else if (isLibrary(need)) libraries.add(need);
        else if (!isForBuilding(need)) return undefined;
      }
    }
    const all = [...libraries].filter((it) => !installed.has(it)).sort();
    return all.filter(
      (it) => !all.some((other) => other !== it && this.closure([other], false, installed).has(it)),
    );
  }

  /** For each `a | b` that a package needs, the packages that serve, in the order of its words. */
  #needsOf(row: PackageRow, recommends: boolean): readonly (readonly string[])[] {
    const needs = recommends ? this.#recommended : this.#needed;
    const known = needs.get(row[0]);
    if (known !== undefined) return known;
    const now = `${row[4]}${recommends ? `,${row[5]}` : ""}`.split(",").flatMap((group) => {
      const real = group
        .split("|")
        .flatMap((it) => [...(this.#rows.has(it) ? [it] : []), ...(this.#providers.get(it) ?? [])]);
      return real.length === 0 ? [] : [real];
    });
    needs.set(row[0], now);
    return now;
  }
}

const isHeaders = (name: string): boolean => /-dev(?:-compat)?$/.test(name) || name === "krb5-multidev";
/** The C library's own bring nothing that a program loads but what every image has. */
const isOfCompiler = (name: string): boolean => name.endsWith("-dev") && !bringsLibrary(name);
/** Sonames end in a number; what else is called lib holds programs or data for building. */
const isLibrary = (name: string): boolean =>
  name === "zlib1g" ||
  (/^lib[a-z].*\d/.test(name) && !/-(?:bin|tools|utils|doc|data|config|perl)$/.test(name));
/** Tools of builds, descriptions for other languages, and data that a library depends on itself where it reads them. */
const isForBuilding = (name: string): boolean =>
  /^(?:pkg-config|pkgconf|dpkg|gir1\.2-.*|.*-(?:config|bin|tools|utils|doc|devtools|helpers|doctools|common)|python3|perl|libjs-.*|libdpkg-perl|gobject-introspection|xml-core|gettext|tar|bzip2|patch|make|binutils|flex|manpages|shared-mime-info|gfortran(?:-\d+)?)$/.test(
    name,
  );

/** One that is there already or asked for, else the first that exists. */
const choice = (
  alternatives: readonly string[],
  chosen: ReadonlySet<string>,
  installed: ReadonlySet<string>,
  asked: readonly string[],
): string | undefined =>
  alternatives.find((it) => installed.has(it) || chosen.has(it) || asked.includes(it)) ?? alternatives[0];
