/** What one distribution weighs once installed, from the best source there is (docs/numbers.md has the order). */
import { bytes } from "../size/bytes.ts";
import { estimated, measured, type Size, unknownSize } from "../size/size.ts";
import { type MeasuredVersion, type PythonCatalogue, versionDistance, type WheelKind } from "./catalogue.ts";
import type { GraphNode } from "./graph.ts";
import { type IndexKnowledge, wheelOf } from "./index/knowledge.ts";
import type { InstalledDistribution, InstalledWorld } from "./installed.ts";
import { bestWheel, isPure, type Platform, readWheelName } from "./wheel.ts";

export interface SizeSources {
  readonly platform: Platform;
  /** Name of the lock file, for people. */
  readonly lockName: string | undefined;
  readonly catalogue: PythonCatalogue | undefined;
  /** The built image. */
  readonly image?: InstalledWorld;
  /** A local environment; what there is of another platform does not count. */
  readonly environment?: InstalledWorld;
  /** What package indexes told earlier. */
  readonly index?: IndexKnowledge;
  /** pip writes bytecode beside every module; uv does not unless told to. */
  readonly bytecode?: boolean;
}

interface Ratio {
  readonly low: number;
  readonly high: number;
  readonly why: string;
}

/**
 * Installed bytes per wheel byte, p5 to p95 over the measured wheels of each kind (data/README.md); of pure-data and
 * nvidia to where the large ones end, since a few small ones reach far beyond.
 */
const ratioOfKind: Readonly<Record<WheelKind, readonly [low: number, high: number]>> = {
  pure: [2.3, 4.55],
  "pure-data": [1.3, 4.5],
  "native-so": [2.3, 4.3],
  "native-mixed": [2.2, 4.7],
  nvidia: [1.2, 2.6],
};
/** Bytes of bytecode per byte of Python for CPython 3.11, 3.12 and 3.13 (data/README.md). */
const bytecodePerPython: Readonly<Record<string, number>> = { "3.11": 1.28, "3.12": 1.17, "3.13": 1.16 };
const usualBytecode = 1.17;
/** From tables of words to code full of symbols: of 37 packages on CPython 3.11 all but two lie between, around 1.28. */
const leastBytecode = 0.68;
const mostBytecode = 1.25;

export function installedSizeOf(node: GraphNode, sources: SizeSources): Size {
  const counted = fromInstalled(node, sources);
  if (counted !== undefined) return counted;
  const plain = fromIndex(node, sources) ?? fromWheel(node, sources) ?? fromCatalogue(node, sources);
  return sources.bytecode === true ? withBytecode(plain, node, sources) : plain;
}

function fromInstalled(node: GraphNode, sources: SizeSources): Size | undefined {
  for (const world of [sources.image, sources.environment]) {
    const it = world?.byName.get(node.name)?.find(({ version }) => version === node.version);
    if (world === undefined || it?.bytes === undefined || !isForTarget(it, node, sources)) continue;
    const { pythonBytes } = it;
    if (sources.bytecode !== true || pythonBytes === undefined) return measured(it.bytes, world.from);
    const compiled = pythonBytes * (bytecodePerPython[sources.platform.python] ?? usualBytecode);
    return estimated(
      bytes(Math.floor(it.bytes + compiled * leastBytecode)),
      bytes(Math.ceil(it.bytes + compiled * mostBytecode)),
      `measured in ${world.from}, with the bytecode that pip writes`,
    );
  }
  return undefined;
}

/** Its tags run on the target, and where a lock lists the wheels they are those of the wheel that would be picked. */
function isForTarget(
  { tags }: InstalledDistribution,
  { name, version, locked }: GraphNode,
  { platform }: SizeSources,
) {
  if (tags.length === 0) return true;
  const file = (tag: string) => ({ name: `${name.replaceAll("-", "_")}-${version ?? "0"}-${tag}.whl` });
  const picked = bestWheel(locked?.wheels ?? [], platform);
  if (picked === undefined) return bestWheel(tags.map(file), platform) !== undefined;
  const wheel = readWheelName(picked.name);
  return tags.some((tag) => {
    const [interpreter = "", abi = "", system = ""] = tag.split("-");
    return (
      wheel?.interpreters.includes(interpreter) &&
      wheel.abis.includes(abi) &&
      wheel.platforms.includes(system)
    );
  });
}

function fromWheel(node: GraphNode, sources: SizeSources): Size | undefined {
  const { locked } = node;
  if (locked === undefined) return undefined;
  const wheel = bestWheel(locked.wheels, sources.platform);
  if (wheel?.size === undefined || wheel.size === 0) return undefined;
  return unpacked(node, wheel.name, wheel.size, sources, `wheel of ${sources.lockName ?? "the lock file"}`);
}

/** The wheel's own directory is exact; its size alone is as good as a lock's. */
function fromIndex(node: GraphNode, sources: SizeSources): Size | undefined {
  const { index, platform } = sources;
  const wheel = index && wheelOf(node, index, platform);
  if (index === undefined || wheel === undefined) return undefined;
  const known = index.wheels.get(wheel.url);
  if (known?.unpacked !== undefined) {
    const what = `unpacked bytes in the directory of ${wheel.name}`;
    return estimated(
      bytes(Math.floor(known.unpacked * 0.999)),
      bytes(withInstallersNotes(known.unpacked)),
      what,
    );
  }
  const size = wheel.size ?? known?.size;
  // What a lock says is a lock's word.
  const isLocked = node.locked !== undefined && wheel.size !== undefined && !wheel.listed;
  return size === undefined || isLocked
    ? undefined
    : unpacked(node, wheel.name, size, sources, "wheel of the package index");
}

/** The installer adds its own few notes and scripts to what the wheel holds. */
const withInstallersNotes = (bytes: number): number => Math.ceil(bytes * 1.003) + 4_000;

/** A wheel's size times the nearest ratio that somebody measured. */
function unpacked(
  node: GraphNode,
  file: string,
  size: number,
  { catalogue }: SizeSources,
  what: string,
): Size {
  const version = node.version ?? "";
  const date = catalogue === undefined ? "" : `, catalogue of ${catalogue.date}`;
  const same = catalogue?.measuredWheel(node.name, version, size);
  if (same !== undefined) {
    return estimated(
      bytes(same.installedBytes),
      bytes(withInstallersNotes(same.installedBytes)),
      `${what}, unpacked bytes of that very wheel${date}`,
    );
  }
  const near = catalogue?.nearestMeasured(node.name, version);
  const kind = kindFor(node.name, file, catalogue);
  const ratio = near === undefined ? kindRatio(kind) : ownRatio(near, version, kind);
  return estimated(
    bytes(Math.floor(size * ratio.low)),
    bytes(Math.ceil(size * ratio.high)),
    `${what} times ${ratio.why}${date}`,
  );
}

function ownRatio(near: MeasuredVersion, version: string, kind: WheelKind): Ratio {
  const ratio = near.installedBytes / near.wheelBytes;
  const distance = versionDistance(near.version, version);
  const spread = spreadOf(distance);
  const [low, high] = [ratio * (1 - spread), ratio * (1 + spread)];
  const why = `the ratio of version ${near.version}`;
  if (distance < 1e6) return { low, high, why };
  // Another major version may be packed like any other wheel of its kind.
  const [usualLow, usualHigh] = ratioOfKind[kind];
  return { low: Math.min(low, usualLow), high: Math.max(high, usualHigh), why };
}

/** How far the ratio of one package moves between versions, by how far they are apart. */
const spreadOf = (distance: number): number => (distance < 1e3 ? 0.06 : distance < 1e6 ? 0.12 : 0.18);

function kindRatio(kind: WheelKind): Ratio {
  const [low, high] = ratioOfKind[kind];
  return { low, high, why: `the usual ratio of ${kind} wheels` };
}

function kindFor(name: string, file: string, catalogue: PythonCatalogue | undefined): WheelKind {
  const known = catalogue?.kindOf(name);
  if (known !== undefined) return known;
  const wheel = readWheelName(file);
  if (/^nvidia-/.test(name)) return "nvidia";
  return wheel !== undefined && isPure(wheel) ? "pure" : "native-so";
}

/** What it weighed in its nearest version; farther versions, wider ranges. */
function fromCatalogue({ name, version, locked }: GraphNode, { catalogue, lockName }: SizeSources): Size {
  if (locked !== undefined && locked.source !== "registry" && locked.source !== "url") {
    return unknownSize(
      `${name} comes from ${locked.source === "project" ? "this workspace" : `a ${locked.source} source`}`,
    );
  }
  if (catalogue === undefined) return unknownSize("there is no catalogue");
  const where = locked === undefined || lockName === undefined ? "" : `${lockName} has no size of it; `;
  const near = catalogue.nearestMeasured(name, version);
  if (near !== undefined) {
    const distance = version === undefined ? 0 : versionDistance(near.version, version);
    if (distance >= 1e9) return unknownSize(`${where}the catalogue has no build like ${version}`);
    const spread = distance === 0 ? 0.02 : distance < 1e3 ? 0.08 : distance < 1e6 ? 0.2 : 0.35;
    return estimated(
      bytes(Math.floor(near.installedBytes * (1 - spread))),
      bytes(Math.ceil(near.installedBytes * (1 + spread))),
      `${where}version ${near.version}, catalogue of ${catalogue.date}`,
    );
  }
  const wheel = catalogue.nearestWheel(name, version);
  if (wheel === undefined) return unknownSize(`${where}${name} is not in the catalogue of ${catalogue.date}`);
  const distance = version === undefined ? 0 : versionDistance(wheel.version, version);
  if (distance >= 1e9) return unknownSize(`${where}the catalogue has no build like ${version}`);
  const kind = catalogue.kindOf(name) ?? "pure";
  const [low, high] = ratioOfKind[kind];
  const spread = distance < 1e6 ? 0.15 : 0.35;
  return estimated(
    bytes(Math.floor(wheel.wheelBytes * low * (1 - spread))),
    bytes(Math.ceil(wheel.wheelBytes * high * (1 + spread))),
    `${where}wheel of version ${wheel.version} times the usual ratio of ${kind} wheels, catalogue of ${catalogue.date}`,
  );
}

function withBytecode(size: Size, node: GraphNode, { catalogue, platform }: SizeSources): Size {
  if (size.kind !== "estimated") return size;
  const per = bytecodePerPython[platform.python] ?? usualBytecode;
  const near = catalogue?.nearestMeasured(node.name, node.version);
  // Of a pure wheel about four fifths are Python; of others nothing is known without measuring.
  const kind = catalogue?.kindOf(node.name) ?? "pure";
  const [least, most] =
    near !== undefined && near.installedBytes > 0 && near.pythonBytes >= 0
      ? [near.pythonBytes / near.installedBytes, near.pythonBytes / near.installedBytes]
      : kind === "pure"
        ? [0.6, 0.95]
        : [0, 0.4];
  return estimated(
    bytes(Math.floor(size.low * (1 + least * per * leastBytecode))),
    size.high && bytes(Math.ceil(size.high * (1 + most * per * mostBytecode))),
    `${size.basis}, with the bytecode that pip writes`,
  );
}
