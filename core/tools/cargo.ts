import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect, PathWord } from "./effect.ts";
import { languageCache } from "./language-cache.ts";
import {
  hasOption,
  type Invocation,
  optionValue,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";

const valued = new Set([
  "--bin",
  "--package",
  "-p",
  "--target",
  "--features",
  "-F",
  "--profile",
  "--manifest-path",
  "--target-dir",
  "-j",
  "--jobs",
  "--config",
  "--root",
  "--git",
  "--tag",
  "--branch",
  "--path",
  "--version",
  "--vers",
  "-Z",
]);

export const cargo: Tool = {
  names: ["cargo"],
  effects(call) {
    const { words, environment } = call;
    const args = splitArguments(words, valued);
    const action = args.operands.find((it) => !it.text?.startsWith("+"));
    switch (action?.text) {
      case "build":
      case "b":
      case "install":
      case "rustc": {
        const said = [environment.get("RUSTFLAGS"), environment.get("CARGO_PROFILE_RELEASE_STRIP")];
        const strips =
          /strip=(?:symbols|debuginfo)|link-arg=-s/.test(said[0] ?? "") ||
          (said[1] !== undefined && said[1] !== "none" && said[1] !== "false");
        return [
          {
            kind: "compile",
            language: "rust",
            // The profile in Cargo.toml may say it.
            keepsSymbols: strips ? false : undefined,
            keepsDebugData: !strips,
            profileIn: call.directory,
            action,
            stripFlag: undefined,
            output: outputOf(call, args, action),
          },
          { kind: "build" },
          cacheOf(call),
        ];
      }
      case "fetch":
      case "vendor":
      case "chef":
      case "test":
      case "run":
        return [{ kind: "build" }];
      case "clean":
      case "version":
      case "login":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

/** Where a release build leaves programs; undefined for others, whose debug data is wanted. */
function outputOf(
  { directory, environment }: Invocation,
  args: SplitArguments,
  action: Word,
): PathWord | undefined {
  if (!hasOption(args, "--release", "-r") || hasOption(args, "--profile")) return undefined;
  const named = optionValue(args, "--target-dir")?.text ?? environment.get("CARGO_TARGET_DIR") ?? "target";
  const triple = optionValue(args, "--target");
  if (triple !== undefined && triple.text === undefined) return undefined;
  const path = posixJoin(directory, `${named}${triple === undefined ? "" : `/${triple.text}`}/release`);
  return path === undefined ? undefined : { path, word: action };
}

function cacheOf({ environment }: Invocation): CacheEffect {
  const directory = `${environment.get("CARGO_HOME") ?? "/usr/local/cargo"}/registry`;
  return languageCache({
    cache: "cargo",
    label: "Cargo's downloads",
    directory,
    readBy: ["cargo"],
    avoid: { by: "cleanup", command: `rm -rf ${directory}` },
  });
}
