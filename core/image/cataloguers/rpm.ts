/**
 * RPM's packages (Fedora, RHEL, SUSE and their kin): the headers in rpmdb.sqlite, Packages.db (ndb) or, until RHEL 8,
 * Packages (Berkeley DB). Who was asked for is dnf's knowledge: history.sqlite of dnf 4, packages.toml of dnf 5.
 */
import { bdbValues } from "../databases/bdb.ts";
import { ndbHeaders } from "../databases/ndb.ts";
import { RpmHeader, rpmTags } from "../databases/rpm-header.ts";
import { Sqlite } from "../databases/sqlite.ts";
import type { Cataloguer, FoundPackage, WantedFiles } from "./cataloguer.ts";
import { edgesTo } from "./metadata.ts";

const database = /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm)\/(rpmdb\.sqlite|Packages\.db|Packages)$/;
const log = /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm)\/rpmdb\.sqlite-wal$/;
const history = "var/lib/dnf/history.sqlite";
const dnf5 = "usr/lib/sysimage/libdnf5/packages.toml";

type Troubles = { path: string; why: string }[];

export const rpm: Cataloguer = {
  ecosystem: "rpm",
  kind: "system",
  endings: ["rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db", "Packages", "history.sqlite", "packages.toml"],
  wants: (path) => database.test(path) || log.test(path) || path === history || path === dnf5,
  catalogue(files) {
    const packages: FoundPackage[] = [];
    const troubles: Troubles = [];
    for (const path of files.paths) {
      const kind = database.exec(path)?.[1];
      const bytes = kind === undefined ? undefined : files.bytes(path);
      if (kind === undefined || bytes === undefined || bytes.length === 0) continue;
      packages.push(...packagesOf(headersIn(files, path, kind, bytes, troubles), path, files, troubles));
    }
    return { packages, troubles };
  },
};

function* headersIn(
  files: WantedFiles,
  path: string,
  kind: string,
  bytes: Uint8Array,
  troubles: Troubles,
): Generator<Uint8Array> {
  const broken = (): void => {
    troubles.push({ path, why: "the database of packages is broken; those that could be read are listed" });
  };
  if (kind === "Packages") {
    const found = bdbValues(bytes);
    if (found === undefined || found.isBroken) broken();
    // The first record is the last package's number.
    yield* found?.values.filter((it) => it.length > 4) ?? [];
  } else if (kind === "Packages.db") {
    const found = ndbHeaders(bytes);
    if (found === undefined || found.isBroken) broken();
    yield* found?.headers ?? [];
  } else {
    const found = Sqlite.open(bytes, files.bytes(`${path}-wal`));
    for (const [, blob] of found?.rows("Packages") ?? []) if (blob instanceof Uint8Array) yield blob;
    if (found === undefined || found.isBroken) broken();
  }
}

interface Found {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly files: readonly string[];
  readonly provides: readonly string[];
  readonly requires: readonly string[];
}

function packagesOf(
  headers: Iterable<Uint8Array>,
  path: string,
  files: WantedFiles,
  troubles: Troubles,
): readonly FoundPackage[] {
  const found: Found[] = [];
  for (const bytes of headers) {
    const it = foundIn(new RpmHeader(bytes));
    if (it === undefined) troubles.push({ path, why: "a package in the database has no name" });
    // Public keys are noted as packages.
    else if (it.name !== "gpg-pubkey") found.push(it);
  }
  const edges = edgesTo(found);
  const reasons = reasonsIn(files);
  return found.map(({ name, version, architecture, files: own, requires }) => ({
    ecosystem: "rpm",
    name,
    version,
    files: own,
    dependsOn: edges(
      requires.map((it) => [it]),
      name,
    ),
    requested: reasons?.get(`${name}.${architecture}`) ?? reasons?.get(name) ?? null,
  }));
}

function foundIn(it: RpmHeader): Found | undefined {
  const name = it.text(rpmTags.name);
  if (name === undefined || name === "") return undefined;
  const [epoch] = it.numbers(rpmTags.epoch);
  const version = `${it.text(rpmTags.version) ?? ""}-${it.text(rpmTags.release) ?? ""}`;
  const folders = it.texts(rpmTags.directoryNames);
  const indexes = it.numbers(rpmTags.directoryIndexes);
  const names = it.texts(rpmTags.baseNames);
  const files =
    names.length > 0
      ? names.map((base, at) => `${folders[indexes[at] ?? 0] ?? "/"}${base}`)
      : it.texts(rpmTags.oldFileNames);
  return {
    name,
    version: epoch === undefined ? version : `${epoch}:${version}`,
    architecture: it.text(rpmTags.architecture) ?? "",
    files: files.map((path) => path.replace(/^\/+/, "")),
    // A file can be required by its path.
    provides: [...it.texts(rpmTags.provides), ...files.filter((path) => /^\/(?:usr\/)?s?bin\//.test(path))],
    requires: it.texts(rpmTags.requires).filter((word) => !word.startsWith("rpmlib(")),
  };
}

/** By name, or by name and architecture; undefined: nobody noted it. */
function reasonsIn(files: WantedFiles): ReadonlyMap<string, boolean> | undefined {
  const text = files.text(dnf5);
  if (text !== undefined) return reasonsOfDnf5(text);
  const bytes = files.bytes(history);
  return bytes === undefined ? undefined : reasonsOfDnf4(Sqlite.open(bytes, files.bytes(`${history}-wal`)));
}

/** `"NAME.ARCH" = {…, reason = "User"}`, or a table of that name with the line `reason = "User"`. */
function reasonsOfDnf5(text: string): ReadonlyMap<string, boolean> {
  const res = new Map<string, boolean>();
  let last = "";
  for (const line of text.split("\n")) {
    const key = /^\s*(?:\[packages\.)?["']?([\w.+-]+\.\w+)["']?(?:\]|\s*=\s*\{)/.exec(line)?.[1];
    if (key !== undefined) last = key;
    const reason = /\breason\s*=\s*["'](\w[\w ]*)["']/.exec(line)?.[1];
    if (reason !== undefined && last !== "" && reason !== "None") res.set(last, reason === "User");
  }
  return res;
}

/** Of each package the reason of its last transaction: 2 is the user's wish, 0 unknown. */
function reasonsOfDnf4(database_: Sqlite | undefined): ReadonlyMap<string, boolean> {
  const res = new Map<string, boolean>();
  if (database_ === undefined) return res;
  const names = new Map<number, string>();
  for (const [item, name] of database_.rows("rpm"))
    if (typeof item === "number" && typeof name === "string") names.set(item, name);
  for (const [, , item, , , reason] of database_.rows("trans_item")) {
    const name = typeof item === "number" ? names.get(item) : undefined;
    if (name !== undefined && typeof reason === "number" && reason !== 0) res.set(name, reason === 2);
  }
  return res;
}
