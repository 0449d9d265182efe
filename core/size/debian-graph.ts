/** What apt would install: the packages of one Debian release and who needs whom. */

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

/** One that is there already or asked for, else the first that exists. */
const choice = (
  alternatives: readonly string[],
  chosen: ReadonlySet<string>,
  installed: ReadonlySet<string>,
  asked: readonly string[],
): string | undefined =>
  alternatives.find((it) => installed.has(it) || chosen.has(it) || asked.includes(it)) ?? alternatives[0];
