/**
 * Writes data/facts/python-wheels.tsv and python-dependencies.tsv from a folder of collected facts:
 * `npx tsx scripts/python-facts.ts FOLDER`. Run by hand when there are newer facts; a clean clone has both files.
 *
 * Read from the folder: wheels-summary.tsv and wheels.tsv.xz (wheels named by real lock files, with sizes),
 * ratios.tsv and installed.tsv (wheels unpacked and counted), deps.json.xz (dependencies as locks record them).
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holds, namesExtra } from "../core/python/markers.ts";
import { normalised } from "../core/python/names.ts";
import { readRequirement } from "../core/python/requirement-text.ts";
import { environmentOf, targetOfImage } from "../core/python/target.ts";
import { compareVersions, isVersion } from "../core/python/versions.ts";
import { bestWheel, isPure, readWheelName } from "../core/python/wheel.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder of facts");
const facts = join(import.meta.dirname, "..", "data", "facts");
const target = targetOfImage("python:3.12-slim", undefined);
/** How scripts/python-measure.ts marks its rows, which stand in the written file alone. */
const measuredHere = "directory of the wheel";
/** Versions of one distribution that are kept although nobody unpacked them. */
const mostUnmeasured = 5;
/** A wheel this much larger or smaller than the next newer one tells something new. */
const newStep = 0.08;

interface Wheel {
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  readonly installed: number;
  readonly python: number;
  readonly kind: string;
  readonly source: string;
}

const wheels = new Map<string, Wheel[]>();
const summary = table("wheels-summary.tsv");
readMeasured();
readKept();
readListed();
const rows: string[] = [];
for (const name of [...wheels.keys()].sort()) {
  for (const it of kept(wheels.get(name) ?? [])) {
    const installed = it.installed < 0 ? "" : String(it.installed);
    const python = it.python < 0 ? "" : String(it.python);
    rows.push([name, it.version, it.file, it.bytes, installed, python, it.kind, it.source].join("\t"));
  }
}
write(
  "python-wheels.tsv",
  "package\tversion\twheel\twheel_bytes\tinstalled_bytes\tpython_bytes\tkind\tsource",
  rows,
);
const dependencies = dependencyRows();
write("python-dependencies.tsv", "package\tversion\tdependencies\tsource", dependencies);

/** Wheels that were unpacked, or whose installed RECORD was read. */
function readMeasured(): void {
  const files = new Map(
    table("installed.tsv").map((it) => [`${it["package"]} ${it["version"]} ${it["platform"]}`, it] as const),
  );
  for (const it of table("ratios.tsv")) {
    const [name = "", version = "", platform = ""] = [it["package"], it["version"], it["platform"]];
    const file = files.get(`${name} ${version} ${platform}`)?.["wheel_filename"] ?? "";
    add(name, {
      version,
      file,
      bytes: Number(it["wheel_size_bytes"]),
      installed: Number(it["installed_bytes"]),
      python: it["py_bytes"] === "" ? -1 : Number(it["py_bytes"]),
      kind: it["kind"] ?? "",
      source: /^RECORD/.test(it["source"] ?? "") ? (it["source"] ?? "") : measuredHere,
    });
  }
}

/** Wheels that were measured since the folder was collected. */
function readKept(): void {
  for (const it of tableOf(readFileSync(join(facts, "python-wheels.tsv"), "utf8"))) {
    const [name = "", version = "", file = ""] = [it["package"], it["version"], it["wheel"]];
    if (it["source"] !== measuredHere || it["installed_bytes"] === "") continue;
    const bytes = Number(it["wheel_bytes"]);
    const known = wheels.get(name)?.some((one) => one.version === version && one.bytes === bytes);
    if (known === true) continue;
    add(name, {
      version,
      file,
      bytes,
      installed: Number(it["installed_bytes"]),
      python: it["python_bytes"] === "" ? -1 : Number(it["python_bytes"]),
      kind: it["kind"] ?? "",
      source: measuredHere,
    });
  }
}

/** Wheels that lock files name with their sizes. */
function readListed(): void {
  const text = execFileSync("xzcat", [join(folder ?? "", "wheels.tsv.xz")], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const byVersion = new Map<string, { name: string; size: number; source: string }[]>();
  for (const it of tableOf(text)) {
    if (it["python_tag"] === "sdist") continue;
    const key = `${normalised(it["package"] ?? "")}\t${it["version"]}`;
    const size = Number(it["wheel_size_bytes"]);
    if (!(size > 0)) continue;
    const files = byVersion.get(key) ?? [];
    files.push({ name: it["wheel_filename"] ?? "", size, source: `lock of ${it["source_repo"]}` });
    byVersion.set(key, files);
  }
  const chosen = new Set(summary.map((it) => it["package"]));
  for (const [key, files] of byVersion) {
    const [name = "", version = ""] = key.split("\t");
    const best = bestWheel(files, target);
    if (best === undefined || !chosen.has(name)) continue;
    const known = wheels.get(name)?.some((it) => it.version === version && it.bytes === best.size);
    if (known === true) continue;
    const wheel = readWheelName(best.name);
    const kind = /^nvidia-/.test(name)
      ? "nvidia"
      : wheel !== undefined && isPure(wheel)
        ? "pure"
        : "native-so";
    add(name, {
      version,
      file: best.name,
      bytes: best.size,
      installed: -1,
      python: -1,
      kind,
      source: best.source,
    });
  }
}

function add(name: string, wheel: Wheel): void {
  const key = normalised(name);
  wheels.set(key, [...(wheels.get(key) ?? []), wheel]);
}

/** Every measured wheel; of the others the newest, and older ones where the size takes a step. */
function kept(all: readonly Wheel[]): readonly Wheel[] {
  const newestFirst = [...all].sort(
    (a, b) => compareVersions(b.version, a.version) || b.installed - a.installed,
  );
  const res: Wheel[] = [];
  let last = 0;
  let unmeasured = 0;
  for (const it of newestFirst) {
    const same = res.some((one) => one.version === it.version && one.bytes === it.bytes);
    const step = last === 0 || Math.abs(it.bytes / last - 1) > newStep;
    const wanted =
      it.installed >= 0 || (step && unmeasured < mostUnmeasured && it.bytes > 100_000) || res.length === 0;
    if (!wanted || same) continue;
    if (it.installed < 0) unmeasured += 1;
    res.push(it);
    last = it.bytes;
  }
  return res;
}

function dependencyRows(): string[] {
  const recorded: unknown = JSON.parse(
    execFileSync("xzcat", [join(folder ?? "", "deps.json.xz")], { encoding: "utf8", maxBuffer: 1 << 30 }),
  );
  const newest = new Map<string, { version: string; texts: readonly string[]; source: string }>();
  for (const it of summary) {
    if (it["dependencies_source"] !== "METADATA") continue;
    newest.set(it["package"] ?? "", {
      version: it["newest_version_seen"] ?? "",
      texts: (it["direct_dependencies"] ?? "").split(" | "),
      source: "METADATA",
    });
  }
  for (const it of table("installed.tsv")) {
    const name = normalised(it["package"] ?? "");
    const known = newest.get(name);
    const requires = it["requires_dist"] ?? "";
    if (requires === "" || (known !== undefined && compareVersions(known.version, it["version"] ?? "") >= 0))
      continue;
    newest.set(name, { version: it["version"] ?? "", texts: requires.split(" | "), source: "METADATA" });
  }
  for (const [key, byRepository] of Object.entries(recorded ?? {})) {
    const [name = "", version = ""] = key.split("\t");
    const known = newest.get(name);
    if (known?.source === "METADATA" || !isVersion(version)) continue;
    if (known !== undefined && compareVersions(known.version, version) >= 0) continue;
    const [repository, texts] = Object.entries(byRepository as Record<string, string[]>)[0] ?? [];
    if (repository !== undefined && texts !== undefined)
      newest.set(name, { version, texts, source: `lock of ${repository}` });
  }
  const kept = keptDependencies(newest);
  return [...newest]
    .filter(([name]) => wheels.has(name) && !kept.has(name))
    .flatMap(([name, { version, texts, source }]) => {
      const plain = [...new Set(texts.flatMap((it) => simplified(it) ?? []))];
      return plain.length === 0 ? [] : [[name, version, plain.join("|"), source].join("\t")];
    })
    .concat(...kept.values())
    .sort((a, b) => ((a.split("\t")[0] ?? "") < (b.split("\t")[0] ?? "") ? -1 : 1));
}

/** Rows from a wheel's own metadata that the folder knows nothing newer of. */
function keptDependencies(
  newest: ReadonlyMap<string, { readonly version: string; readonly source: string }>,
): ReadonlyMap<string, string> {
  const rows = tableOf(readFileSync(join(facts, "python-dependencies.tsv"), "utf8")).flatMap((it) => {
    const [name = "", version = "", texts = "", source = ""] = Object.values(it);
    const known = newest.get(name);
    const isKnown = known?.source === "METADATA" && compareVersions(known.version, version) >= 0;
    const row = [name, version, texts, source].join("\t");
    return source !== "METADATA" || isKnown || !wheels.has(name) ? [] : [[name, row] as const];
  });
  return new Map(rows);
}

/**
 * Without what no Linux machine asks for, without versions, and without markers that always hold there: but what other
 * systems do not ask for says so, for that is what tells libraries for GPUs apart.
 */
function simplified(text: string): string | undefined {
  const read = readRequirement(text);
  if (read === undefined) return undefined;
  const extra = /extra\s*==\s*["']([^"']+)["']/.exec(read.markerText ?? "")?.[1];
  if (namesExtra(read.marker) && extra === undefined) return undefined;
  const named =
    extra === undefined || extra.startsWith("extra-") || extra.startsWith("group-") ? undefined : extra;
  if (
    named !== undefined &&
    /^(?:dev|devel|tests?|testing|docs?|lint|typing|types|mypy|benchmarks?|ci|build|check|cover|enabler|type)/.test(
      named,
    )
  )
    return undefined;
  const pythons = ["3.10", "3.11", "3.12", "3.13", "3.14"];
  const fitting = pythons.filter((python) =>
    holds(
      read.marker,
      environmentOf({ ...target, python, fullPython: `${python}.99` }, named === undefined ? [] : [named]),
    ),
  );
  if (fitting.length === 0) return undefined;
  const first = fitting[0] ?? "";
  const last = fitting.at(-1) ?? "";
  const marker = [
    ...(isForLinux(read.marker, first) ? ['sys_platform=="linux"'] : []),
    ...(first === pythons[0] ? [] : [`python_version>="${first}"`]),
    ...(last === pythons.at(-1) ? [] : [`python_version<="${last}"`]),
    ...(named === undefined ? [] : [`extra=="${normalised(named)}"`]),
  ].join(" and ");
  const extras = read.extras.length === 0 ? "" : `[${read.extras.join(",")}]`;
  return `${read.name}${extras}${marker === "" ? "" : `;${marker}`}`;
}

function table(file: string): Record<string, string>[] {
  return tableOf(readFileSync(join(folder ?? "", file), "utf8"));
}

function tableOf(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const names = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""]));
  });
}

function write(file: string, head: string, lines: readonly string[]): void {
  writeFileSync(join(facts, file), `${[head, ...lines].join("\n")}\n`);
  console.log(`${file}: ${lines.length} rows`);
}

/** It holds on Linux and not on macOS. */
function isForLinux(marker: Parameters<typeof holds>[0], python: string): boolean {
  const { variables, extras } = environmentOf({ ...target, python, fullPython: `${python}.99` }, []);
  const macOs = {
    ...variables,
    sys_platform: "darwin",
    platform_system: "Darwin",
    platform_machine: "arm64",
  };
  return holds(marker, { variables, extras }) && !holds(marker, { variables: macOs, extras });
}
