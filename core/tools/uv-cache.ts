/**
 * The cache of uv, whichever of its commands fills it. uv links files from its cache into the environment, so that in one
 * layer only its index and metadata are extra: 4 MB beside 104 MB of numpy and pandas (data/README.md). Copies are a
 * second time all that is installed.
 */
import type { Word } from "../dockerfile/facts.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import { bytes } from "../size/bytes.ts";
import { estimated, unknownSize } from "../size/size.ts";
import type { CacheEffect } from "./effect.ts";
import { cacheFolder, languageCache } from "./language-cache.ts";
import { isSet } from "./python-install.ts";
import { type Invocation, optionValue, type SplitArguments } from "./tool.ts";

const linked = estimated(
  bytes(1_000_000),
  bytes(12_000_000),
  "index and metadata; what is installed is a hard link to the same bytes",
);

const copied = unknownSize("uv copies out of its cache, so that all it installs is there twice");

export function uvCache(call: Invocation, args: SplitArguments, action: Word): readonly CacheEffect[] {
  const { environment } = call;
  if (mayBeSet(environment, "UV_NO_CACHE")) return [];
  const mode = [optionValue(args, "--link-mode")?.text, environment.get("UV_LINK_MODE")];
  return [
    languageCache({
      cache: "uv",
      label: "uv's cache",
      directory: cacheFolder(call, "UV_CACHE_DIR", "uv"),
      cost: mode.includes("copy") ? copied : linked,
      avoid: { by: "flag", flag: "--no-cache", after: action },
    }),
  ];
}

/** A variable that switches the cache off; a declared one without a decided value may do so. */
const mayBeSet = (environment: ReadonlyValues, name: string): boolean =>
  environment.has(name) && (environment.get(name) === undefined || isSet(environment.get(name)));
