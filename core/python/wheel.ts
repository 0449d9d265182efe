/** Which wheel an installer picks: PEP 425 and 600 tags in packaging's order. */
import { releaseOf } from "./versions.ts";

/** Interpreter and platform that something is installed for: CPython on Linux. */
export interface Platform {
  /** "3.12" */
  readonly python: string;
  readonly machine: "x86_64" | "aarch64";
  readonly libc: { readonly kind: "glibc" | "musl"; readonly major: number; readonly minor: number };
}

export interface WheelName {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly interpreters: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** Undefined: not the name of a wheel. */
export function readWheelName(file: string): WheelName | undefined {
  const parts = file.replace(/\.whl$/i, "").split("-");
  if (!/\.whl$/i.test(file) || (parts.length !== 5 && parts.length !== 6)) return undefined;
  const [name = "", version = ""] = parts;
  const [interpreter = "", abi = "", platform = ""] = parts.slice(-3);
  return {
    name,
    version,
    build: parts.length === 6 ? (parts[2] ?? "") : "",
    interpreters: interpreter.split("."),
    abis: abi.split("."),
    platforms: platform.split("."),
  };
}

export const isPure = (wheel: WheelName): boolean => wheel.platforms.includes("any");

/** The best of these for a platform; undefined: none fits, and the installer builds from source or fails. */
export function bestWheel<File extends { readonly name: string }>(
  files: readonly File[],
  platform: Platform,
): File | undefined {
  let best: File | undefined;
  let rank = Number.POSITIVE_INFINITY;
  const [, minor = 0] = releaseOf(platform.python);
  for (const it of files) {
    const wheel = readWheelName(it.name);
    const own = wheel === undefined ? undefined : rankOf(wheel, platform, minor);
    // A later build of the same wheel wins, and lists are in the order of their builds.
    if (own !== undefined && own <= rank) [best, rank] = [it, own];
  }
  return best;
}

/** Smaller is better; undefined: it does not run there. */
function rankOf(wheel: WheelName, platform: Platform, minor: number): number | undefined {
  let best: number | undefined;
  for (const interpreter of wheel.interpreters) {
    for (const abi of wheel.abis) {
      for (const name of wheel.platforms) {
        const place = placeOf(name, platform);
        const kind = place === undefined ? undefined : kindOf(interpreter, abi, name === "any", minor);
        if (kind === undefined || place === undefined) continue;
        const rank = kind * 1_000 + place;
        if (best === undefined || rank < best) best = rank;
      }
    }
  }
  return best;
}

const legacy: Readonly<Record<string, readonly [number, number]>> = {
  manylinux2014: [2, 17],
  manylinux2010: [2, 12],
  manylinux1: [2, 5],
};

/** Newer libraries first, plain `linux_…` after them. */
function placeOf(name: string, { machine, libc }: Platform): number | undefined {
  if (name === "any") return 999;
  if (name === `linux_${machine}`) return 998;
  const match = /^(manylinux|musllinux)_(\d+)_(\d+)_(\w+)$/.exec(name);
  const old = /^(manylinux(?:1|2010|2014))_(\w+)$/.exec(name);
  const [family, architecture] = [match?.[1] ?? "manylinux", match?.[4] ?? old?.[2]];
  if (architecture !== machine || family !== (libc.kind === "glibc" ? "manylinux" : "musllinux"))
    return undefined;
  const [major, minor] =
    old === null ? [Number(match?.[2]), Number(match?.[3])] : (legacy[old[1] ?? ""] ?? [0, 0]);
  return major === libc.major && minor <= libc.minor ? libc.minor - minor : undefined;
}

/** CPython's own ABI, stable ABIs from the newest down, then `py3` and its kin; what runs anywhere comes last. */
function kindOf(interpreter: string, abi: string, any: boolean, minor: number): number | undefined {
  const own = `cp3${minor}`;
  const cpython = /^cp3(\d+)$/.exec(interpreter)?.[1];
  const generic = /^py(\d)(\d*)$/.exec(interpreter);
  if (cpython !== undefined) {
    const older = minor - Number(cpython);
    if (older < 0) return undefined;
    if (abi === own && older === 0) return 0;
    // Before 3.8 the ABI tag had an `m`.
    if (abi === "abi3" && Number(cpython) >= 2) return 1 + older * 2;
    if (abi === "none" && older === 0) return any ? 300 : 2;
    return undefined;
  }
  if (generic === null || abi !== "none" || generic[1] !== "3") return undefined;
  const base = any ? 301 : 150;
  if (generic[2] === "") return base + 1;
  const older = minor - Number(generic[2]);
  return older < 0 ? undefined : older === 0 ? base : base + 1 + older;
}
