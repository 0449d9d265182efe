/**
 * Writes data/facts/debian-12-packages.tsv from the package index of the Debian 12 machine that it runs on
 * (`apt-cache dumpavail` after `apt-get update`): the packages named in a list, and all that they need or recommend.
 * Run by hand when the facts get old: `npx tsx scripts/debian-facts.ts NAMES.txt`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Package {
  readonly name: string;
  readonly installedKib: number;
  readonly debBytes: number;
  readonly depends: string;
  readonly recommends: string;
  readonly provides: string;
  readonly required: boolean;
}

const [list] = process.argv.slice(2);
if (list === undefined) throw new Error("name the file that lists the packages");
const packages = new Map<string, Package>();
const dump = execFileSync("apt-cache", ["dumpavail"], { encoding: "utf8", maxBuffer: 1 << 30 });
for (const stanza of dump.split(/\n\n+/)) {
  const it = packageOf(stanza);
  // The first of several versions is the one that apt installs.
  if (it !== undefined && !packages.has(it.name)) packages.set(it.name, it);
}
const providers = new Map<string, string[]>();
for (const it of packages.values()) {
  for (const name of namesIn(it.provides)) providers.set(name, [...(providers.get(name) ?? []), it.name]);
}
const wanted = new Set<string>();
const waiting = [
  // What debootstrap takes where required packages leave a choice.
  "mawk",
  "usr-is-merged",
  ...readFileSync(list, "utf8").split(/\s+/),
  ...[...packages.values()].filter((it) => it.required).map((it) => it.name),
];
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  const found = packages.get(name) ?? packages.get(providers.get(name)?.[0] ?? "");
  if (found === undefined || wanted.has(found.name)) continue;
  wanted.add(found.name);
  for (const group of [...found.depends.split(","), ...found.recommends.split(",")]) {
    const [first] = namesIn(group.split("|")[0] ?? "");
    if (first !== undefined) waiting.push(first);
  }
}
const rows = [...wanted].sort().flatMap((name) => packages.get(name) ?? []);
const lines = rows.map((it) =>
  [
    it.name,
    it.installedKib,
    it.debBytes,
    it.required ? "required" : "",
    it.depends,
    it.recommends,
    it.provides,
  ].join("\t"),
);
writeFileSync(
  join(import.meta.dirname, "..", "data", "facts", "debian-12-packages.tsv"),
  `${["package\tinstalled_kib\tdeb_bytes\tpriority\tdepends\trecommends\tprovides", ...lines].join("\n")}\n`,
);
console.log(`${rows.length} packages`);

function packageOf(stanza: string): Package | undefined {
  const fields = new Map<string, string>();
  for (const match of stanza.matchAll(/^([A-Za-z-]+): (.*)$/gm)) fields.set(match[1] ?? "", match[2] ?? "");
  const name = fields.get("Package");
  // What is installed here from elsewhere has no size in Debian's index.
  if (name === undefined || fields.get("Size") === undefined) return undefined;
  return {
    name,
    installedKib: Number(fields.get("Installed-Size") ?? 0),
    debBytes: Number(fields.get("Size") ?? 0),
    depends: plain([fields.get("Pre-Depends"), fields.get("Depends")].filter(Boolean).join(", ")),
    recommends: plain(fields.get("Recommends") ?? ""),
    provides: plain(fields.get("Provides") ?? ""),
    required: fields.get("Essential") === "yes" || fields.get("Priority") === "required" || name === "apt",
  };
}

/** Without versions and architectures: sizes of one release have one version of each package. */
function plain(field: string): string {
  return field
    .replace(/\s*\([^)]*\)/g, "")
    .replace(/:(?:any|native|amd64)/g, "")
    .replace(/\s*([,|])\s*/g, "$1")
    .trim();
}

function namesIn(field: string): string[] {
  return plain(field)
    .split(/[,|]/)
    .filter((it) => it !== "");
}
