/** For what a project is installed: from the base image, else from what the project asks for. */
import type { MarkerEnvironment } from "./markers.ts";
import { compareVersions, releaseOf, satisfies } from "./versions.ts";
import type { Platform } from "./wheel.ts";

export interface Target extends Platform {
  /** For markers that compare patch releases; a tag without one means the newest. */
  readonly fullPython: string;
  /** Where interpreter and platform are from, for people. */
  readonly why: string;
}

/** What may be installed on a machine of today. */
const interpreters = ["3.14", "3.13", "3.12", "3.11", "3.10", "3.9", "3.8"];
const usual = "3.12";
const newestInterpreter = "3.14";

/** glibc of Debian and Ubuntu releases, and the Python that their own packages bring. */
const releases: readonly (readonly [pattern: RegExp, glibcMinor: number, python: string])[] = [
  [/trixie|(?:^|[^\d.])debian:?13/, 41, "3.13"],
  [/bookworm|(?:^|[^\d.])debian:?12/, 36, "3.11"],
  [/bullseye|(?:^|[^\d.])debian:?11/, 31, "3.9"],
  [/buster|(?:^|[^\d.])debian:?10/, 28, "3.7"],
  [/noble|ubuntu:?24\.04/, 39, "3.12"],
  [/jammy|ubuntu:?22\.04/, 35, "3.10"],
  [/focal|ubuntu:?20\.04/, 31, "3.8"],
  [/ubi9|rockylinux:9|almalinux:9|(?:lambda\/python)|amazonlinux:2023/, 34, "3.9"],
  [/ubi8|rockylinux:8|almalinux:8/, 28, "3.6"],
];
/** Debian 13, what unqualified tags of the official images stand on today. */
const currentGlibc = 41;

export function targetOfImage(
  image: string | undefined,
  requiresPython: string | undefined,
  machine: Platform["machine"] = "x86_64",
  /** A local environment, whose interpreter is as good a guess as any that the project allows. */
  beside?: { readonly from: string; readonly python: string | undefined },
): Target {
  const name = (image ?? "").replace(/@.*$/, "").toLowerCase();
  const musl = /alpine|musl/.test(name);
  const release = releases.find(([pattern]) => pattern.test(name));
  const libc = musl
    ? ({ kind: "musl", major: 1, minor: 2 } as const)
    : ({ kind: "glibc", major: 2, minor: release?.[1] ?? currentGlibc } as const);
  const named = pythonNamed(name);
  const own = named ?? release?.[2];
  const local = beside?.python;
  const isLocal = own === undefined && local !== undefined && satisfies(`${local}.99`, requiresPython ?? "");
  const full = own ?? (isLocal ? local : interpreterFor(requiresPython));
  const python = releaseOf(full).slice(0, 2).join(".");
  const why =
    image !== undefined && own !== undefined
      ? image
      : isLocal && beside !== undefined
        ? beside.from
        : requiresPython === undefined
          ? "no image and no requires-python say more"
          : `requires-python ${requiresPython}`;
  return { python, fullPython: releaseOf(full).length > 2 ? full : `${python}.99`, machine, libc, why };
}

/** `python:3.12.4-slim`, `…/uv:python3.12-alpine`, `python:3`; undefined where the name tells no version. */
function pythonNamed(image: string): string | undefined {
  const tagged = /(?:^|\/)(?:python|pypy)(?::([^@]*))?$/.exec(image);
  const inside = /python-?(3\.\d+(?:\.\d+)?)/.exec(image)?.[1];
  if (tagged === null) return inside;
  const version = /^(3(?:\.\d+){1,2})(?![\d.])/.exec(tagged[1] ?? "")?.[1];
  return (
    version ??
    (/^(?:$|3(?!\.)|latest|slim|alpine|[a-z])/.test(tagged[1] ?? "") ? newestInterpreter : undefined)
  );
}

/** The usual interpreter where the project allows it, else the one nearest to it that it allows. */
function interpreterFor(requiresPython: string | undefined): string {
  const allowed = interpreters.filter(
    (it) => satisfies(`${it}.99`, requiresPython ?? "") || satisfies(it, requiresPython ?? ""),
  );
  if (allowed.includes(usual)) return usual;
  const older = allowed.find((it) => compareVersions(it, usual) < 0);
  return older ?? allowed.at(-1) ?? usual;
}

/** Marker variables there; `extras` as the caller knows them. */
export function environmentOf(target: Target, extras: Iterable<string>): MarkerEnvironment {
  return {
    variables: {
      python_version: target.python,
      python_full_version: target.fullPython,
      implementation_version: target.fullPython,
      implementation_name: "cpython",
      platform_python_implementation: "CPython",
      os_name: "posix",
      sys_platform: "linux",
      platform_system: "Linux",
      platform_machine: target.machine,
      platform_release: "",
      platform_version: "",
    },
    extras: new Set(extras),
  };
}

/** "CPython 3.12 on linux x86_64 (glibc 2.36)" */
export const targetLabel = ({ python, machine, libc }: Platform): string =>
  `CPython ${python} on linux ${machine} (${libc.kind} ${libc.major}.${libc.minor})`;
