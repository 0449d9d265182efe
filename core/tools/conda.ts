import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { condaCache } from "./language-caches.ts";
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
        return [...environmentOf(call, args), { kind: "build" }, ...condaCache(call)];
      case "install":
      case "update":
      case "upgrade":
        return [{ kind: "build" }, ...condaCache(call)];
      case "clean":
        return [{ kind: "uncache", cache: "conda" }];
      case "env":
        return second?.text === "create" || second?.text === "update"
          ? [
              ...(second.text === "create" ? environmentOf(call, args) : []),
              { kind: "build" },
              ...condaCache(call),
            ]
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
