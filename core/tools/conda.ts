import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect, Effect } from "./effect.ts";
import { languageCache } from "./language-cache.ts";
import { type Invocation, optionValue, type SplitArguments, splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "-n",
  "--name",
  "-p",
  "--prefix",
  "-c",
  "--channel",
  "-f",
  "--file",
  "-r",
  "--root-prefix",
]);

/** conda, mamba and micromamba. */
export const conda: Tool = {
  names: ["conda", "mamba", "micromamba"],
  effects(call) {
    const args = splitArguments(call.words, valued);
    const [action, second] = args.operands;
    switch (action?.text) {
      case "create":
        return [...environmentOf(call, args), { kind: "build" }, cacheOf(call)];
      case "install":
      case "update":
      case "upgrade":
        return [{ kind: "build" }, cacheOf(call)];
      case "clean":
        return [{ kind: "uncache", cache: "conda" }];
      case "env":
        return second?.text === "create" || second?.text === "update"
          ? [...(second.text === "create" ? environmentOf(call, args) : []), { kind: "build" }, cacheOf(call)]
          : [{ kind: "nothing" }];
      case "config":
      case "init":
      case "info":
      case "list":
      case "shell":
      case "activate":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

/** Where the images that bring conda have it. */
const usualRoot = "/opt/conda";

function environmentOf(call: Invocation, args: SplitArguments): readonly Effect[] {
  const prefix = optionValue(args, "-p", "--prefix");
  const name = optionValue(args, "-n", "--name");
  const root = optionValue(args, "-r", "--root-prefix")?.text ?? call.environment.get("MAMBA_ROOT_PREFIX");
  const path =
    prefix === undefined
      ? name?.text && `${root ?? usualRoot}/envs/${name.text}`
      : posixJoin(call.directory, prefix.text);
  const word = prefix ?? name;
  if (path === undefined || path === "" || word === undefined) return [];
  return [{ kind: "environment", folder: { path, word }, installer: false }];
}

function cacheOf({ words, environment }: Invocation): CacheEffect {
  const program = words[0]?.text ?? "conda";
  const own = /^(\/.+)\/(?:bin|condabin)\/[^/]+$/.exec(program)?.[1];
  const root = environment.get("MAMBA_ROOT_PREFIX") ?? own;
  const folder = environment.get("CONDA_PKGS_DIRS");
  return languageCache({
    cache: "conda",
    label: "conda's package cache",
    directory: folder ?? `${root ?? usualRoot}/pkgs`,
    avoid: { by: "cleanup", command: `${program} clean --all --force-pkgs-dirs --yes` },
    // A PATH that the Dockerfile makes leads to a conda of its own, wherever that is.
    mountable:
      folder !== undefined ||
      own !== undefined ||
      environment.has("MAMBA_ROOT_PREFIX") ||
      !environment.has("PATH"),
  });
}
