/**
 * Measures the wheels that a uv.lock names for Linux and adds them to data/facts/python-wheels.tsv: their zip
 * directories are read by range requests to the addresses in the lock, nothing else is fetched.
 * `npx tsx scripts/python-measure.ts UV_LOCK PYTHON [NAME…]`: all packages, or the named ones. Run by hand.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { targetOfImage } from "../core/python/target.ts";
import { tomlValues } from "../core/python/toml/parse.ts";
import { countIn, listIn, textIn } from "../core/python/untyped.ts";
import { compareVersions } from "../core/python/versions.ts";
import { bestWheel, isPure, readWheelName } from "../core/python/wheel.ts";

/** The end of a zip file holds its directory's place; a comment may follow, wheels have none. */
const endBytes = 70_000;
const file = join(import.meta.dirname, "..", "data", "facts", "python-wheels.tsv");

interface Measured {
  readonly installed: number;
  readonly python: number;
  readonly libraries: number;
}

const [lockPath, python, ...names] = process.argv.slice(2);
if (lockPath === undefined || python === undefined) throw new Error("name a uv.lock and a version of Python");
const target = targetOfImage(`python:${python}-slim`, undefined);
const [head = "", ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
const lock = tomlValues(readFileSync(lockPath, "utf8"));
if (!lock.ok) throw new Error(lock.why);

void main();

async function main(): Promise<void> {
  for (const it of listIn(lock.ok ? lock.value : {}, "package")) {
    const name = textIn(it, "name") ?? "";
    const version = textIn(it, "version") ?? "";
    if (names.length > 0 && !names.includes(name)) continue;
    const wheels = listIn(it, "wheels").flatMap((one) => {
      const url = textIn(one, "url");
      return url === undefined
        ? []
        : [{ name: url.split("/").at(-1) ?? "", url, size: countIn(one, "size") ?? 0 }];
    });
    const wheel = bestWheel(wheels, target);
    if (wheel === undefined || rows.some((row) => isMeasured(row, name, version, wheel.size))) continue;
    const found = await measure(wheel.url, wheel.size);
    if (found === undefined) {
      console.log(`${name} ${version}: its directory could not be read`);
      continue;
    }
    const { installed, python: own } = found;
    const kind = kindOf(name, wheel.name, found);
    const row = [name, version, wheel.name, wheel.size, installed, own, kind, "directory of the wheel"].join(
      "\t",
    );
    const same = rows.findIndex((one) => one.startsWith(`${name}\t${version}\t${wheel.name}\t`));
    if (same === -1) rows.push(row);
    else rows[same] = row;
    console.log(`${name} ${version}: ${wheel.size} -> ${installed}`);
  }
  rows.sort(byNameAndVersion);
  writeFileSync(file, `${[head, ...rows].join("\n")}\n`);
}

function isMeasured(row: string, name: string, version: string, size: number): boolean {
  const [ownName, ownVersion, , bytes, installed] = row.split("\t");
  return ownName === name && ownVersion === version && Number(bytes) === size && installed !== "";
}

async function measure(url: string, size: number): Promise<Measured | undefined> {
  const tail = await range(url, Math.max(0, size - endBytes), size);
  const end = tail?.lastIndexOf("PK\u0005\u0006") ?? -1;
  if (tail === undefined || end === -1) return undefined;
  const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  const directory =
    start >= size - tail.length
      ? tail.subarray(start - (size - tail.length), start - (size - tail.length) + length)
      : await range(url, start, start + length);
  return directory === undefined ? undefined : sumOf(directory);
}

async function range(url: string, from: number, to: number): Promise<Buffer | undefined> {
  const answer = await fetch(url, { headers: { Range: `bytes=${from}-${to - 1}` } });
  return answer.status === 206 ? Buffer.from(await answer.arrayBuffer()) : undefined;
}

function sumOf(directory: Buffer): Measured {
  let [installed, own, libraries] = [0, 0, 0];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
    const bytes = directory.readUInt32LE(at + 24);
    const name = directory.toString("utf8", at + 46, at + 46 + directory.readUInt16LE(at + 28));
    installed += bytes;
    if (name.endsWith(".py")) own += bytes;
    else if (/\.so(?:\.|$)/.test(name)) libraries += bytes;
    at +=
      46 +
      directory.readUInt16LE(at + 28) +
      directory.readUInt16LE(at + 30) +
      directory.readUInt16LE(at + 32);
  }
  return { installed, python: own, libraries };
}

function kindOf(name: string, wheel: string, { installed, python: own, libraries }: Measured): string {
  const read = readWheelName(wheel);
  if (/^nvidia-/.test(name)) return "nvidia";
  if (read !== undefined && isPure(read)) return own < installed / 2 ? "pure-data" : "pure";
  return libraries >= installed / 2 ? "native-so" : "native-mixed";
}

/** By name, then newest version first, as scripts/python-facts.ts writes them. */
function byNameAndVersion(a: string, b: string): number {
  const [name = "", version = ""] = a.split("\t");
  const [otherName = "", otherVersion = ""] = b.split("\t");
  return name === otherName ? compareVersions(otherVersion, version) : name < otherName ? -1 : 1;
}
