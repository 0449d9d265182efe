/** Caches of the package managers of programming languages: where they lie, and what keeps them out of a layer. */
import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import { bytes } from "../size/bytes.ts";
import { estimated, unknownSize } from "../size/size.ts";
import type { CacheEffect, Remedy } from "./effect.ts";
import { isSet } from "./python-install.ts";
import type { Invocation } from "./tool.ts";

/** What is downloaded depends on versions that only an install decides. */
const downloads = unknownSize("what is downloaded shows only in a build");

/** A variable that switches a cache off; a declared one without a decided value may do so. */
const mayBeSet = (environment: ReadonlyValues, name: string): boolean =>
  environment.has(name) && (environment.get(name) === undefined || isSet(environment.get(name)));

const homeOf = (environment: ReadonlyValues): string => environment.get("HOME") ?? "/root";

/** The folder that a variable names, else the one below the user's cache folder. */
function cacheFolder({ environment, directory }: Invocation, variable: string, below: string): string {
  const own = posixJoin(directory, environment.get(variable));
  if (own !== undefined && own !== "") return own;
  const caches = environment.get("XDG_CACHE_HOME") ?? `${homeOf(environment)}/.cache`;
  return `${caches}/${below}`;
}

const mount = (target: string): Remedy => ({ by: "mount", target, locked: false });

export function pipCache(call: Invocation, action: Word): readonly CacheEffect[] {
  // Any value switches it off, "off" and "0" too: pip keeps to what it once did by mistake.
  if (call.environment.has("PIP_NO_CACHE_DIR") && call.environment.get("PIP_NO_CACHE_DIR") !== "") return [];
  const directory = cacheFolder(call, "PIP_CACHE_DIR", "pip");
  return [
    {
      kind: "cache",
      cache: "pip",
      label: "pip's downloads",
      holds: "downloads",
      directory,
      cost: downloads,
      avoid: [{ by: "flag", flag: "--no-cache-dir", after: action }, mount(directory)],
    },
  ];
}

/**
 * uv links files from its cache into the environment, so that in one layer only its index and metadata are extra:
 * 4 MB beside 104 MB of numpy and pandas (data/README.md). Copies are a second time all that is installed.
 */
export function uvCache(call: Invocation, action: Word, copies: boolean): readonly CacheEffect[] {
  const { environment } = call;
  if (mayBeSet(environment, "UV_NO_CACHE")) return [];
  const directory = cacheFolder(call, "UV_CACHE_DIR", "uv");
  const isCopied = copies || environment.get("UV_LINK_MODE") === "copy";
  return [
    {
      kind: "cache",
      cache: "uv",
      label: "uv's cache",
      holds: "downloads",
      directory,
      cost: isCopied
        ? unknownSize("uv copies out of its cache, so that all it installs is there twice")
        : estimated(
            bytes(1_000_000),
            bytes(12_000_000),
            "index and metadata; what is installed is a hard link to the same bytes",
          ),
      avoid: [{ by: "flag", flag: "--no-cache", after: action }, mount(directory)],
    },
  ];
}

export function poetryCache(call: Invocation): readonly CacheEffect[] {
  const directory = cacheFolder(call, "POETRY_CACHE_DIR", "pypoetry");
  return [
    {
      kind: "cache",
      cache: "poetry",
      label: "Poetry's downloads",
      holds: "downloads",
      directory: `${directory}/artifacts`,
      cost: downloads,
      // Environments may lie beside them.
      avoid: [
        { by: "cleanup", command: `rm -rf ${directory}/cache ${directory}/artifacts` },
        mount(`${directory}/artifacts`),
      ],
    },
  ];
}

export function pdmCache(call: Invocation): readonly CacheEffect[] {
  const directory = cacheFolder(call, "PDM_CACHE_DIR", "pdm");
  return [
    {
      kind: "cache",
      cache: "pdm",
      label: "PDM's downloads",
      holds: "downloads",
      directory,
      cost: downloads,
      avoid: [{ by: "cleanup", command: "pdm cache clear" }, mount(directory)],
    },
  ];
}

export function npmCache({ environment, directory }: Invocation): readonly CacheEffect[] {
  const named = environment.get("NPM_CONFIG_CACHE") ?? environment.get("npm_config_cache");
  const folder = posixJoin(directory, named) ?? `${homeOf(environment)}/.npm`;
  return [
    {
      kind: "cache",
      cache: "npm",
      label: "npm's downloads",
      holds: "downloads",
      directory: folder,
      cost: downloads,
      avoid: [{ by: "cleanup", command: "npm cache clean --force" }, mount(folder)],
    },
  ];
}

export function yarnCache({ environment, directory }: Invocation): readonly CacheEffect[] {
  const folder = posixJoin(directory, environment.get("YARN_CACHE_FOLDER")) ?? "/usr/local/share/.cache/yarn";
  return [
    {
      kind: "cache",
      cache: "yarn",
      label: "Yarn's downloads",
      holds: "downloads",
      directory: folder,
      cost: downloads,
      avoid: [{ by: "cleanup", command: "yarn cache clean" }, mount(folder)],
    },
  ];
}

export function composerCache(call: Invocation, action: Word): readonly CacheEffect[] {
  const { environment, directory } = call;
  const folder =
    posixJoin(directory, environment.get("COMPOSER_CACHE_DIR")) ?? `${homeOf(environment)}/.composer/cache`;
  // A folder that is no folder switches it off.
  if (folder === "/dev/null") return [];
  return [
    {
      kind: "cache",
      cache: "composer",
      label: "Composer's downloads",
      holds: "downloads",
      directory: folder,
      cost: downloads,
      avoid: [{ by: "flag", flag: "--no-cache", after: action }, mount(folder)],
    },
  ];
}

export function condaCache({ words, environment }: Invocation): readonly CacheEffect[] {
  const program = words[0]?.text ?? "conda";
  const own = /^(\/.+)\/(?:bin|condabin)\/[^/]+$/.exec(program)?.[1];
  const root = environment.get("MAMBA_ROOT_PREFIX") ?? own ?? "/opt/conda";
  const folder = environment.get("CONDA_PKGS_DIRS");
  const directory = folder ?? `${root}/pkgs`;
  // A PATH that the Dockerfile makes leads to a conda of its own, wherever that is.
  const isGuessed =
    folder === undefined &&
    own === undefined &&
    !environment.has("MAMBA_ROOT_PREFIX") &&
    environment.has("PATH");
  return [
    {
      kind: "cache",
      cache: "conda",
      label: "conda's package cache",
      holds: "downloads",
      directory,
      cost: downloads,
      avoid: [
        { by: "cleanup", command: `${program} clean --all --force-pkgs-dirs --yes` },
        ...(isGuessed ? [] : [mount(directory)]),
      ],
    },
  ];
}

export function goCache({ environment }: Invocation, part: "modules" | "build"): readonly CacheEffect[] {
  const modules = environment.get("GOMODCACHE") ?? `${environment.get("GOPATH") ?? "/go"}/pkg/mod`;
  const builds = environment.get("GOCACHE") ?? `${homeOf(environment)}/.cache/go-build`;
  const directory = part === "modules" ? modules : builds;
  return [
    {
      kind: "cache",
      cache: `go-${part}`,
      label: part === "modules" ? "Go's module cache" : "Go's build cache",
      holds: part === "modules" ? "downloads" : "builds",
      directory,
      cost: downloads,
      readBy: ["go"],
      avoid: [
        { by: "cleanup", command: `go clean ${part === "modules" ? "-modcache" : "-cache"}` },
        mount(directory),
      ],
    },
  ];
}

export function cargoCache({ environment }: Invocation): readonly CacheEffect[] {
  const home = environment.get("CARGO_HOME") ?? "/usr/local/cargo";
  return [
    {
      kind: "cache",
      cache: "cargo",
      label: "Cargo's downloads",
      holds: "downloads",
      directory: `${home}/registry`,
      cost: downloads,
      readBy: ["cargo"],
      avoid: [{ by: "cleanup", command: `rm -rf ${home}/registry` }, mount(`${home}/registry`)],
    },
  ];
}
