import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect } from "./effect.ts";
import { cacheFolder, languageCache } from "./language-cache.ts";
import { isDevelopmentGroup } from "./poetry.ts";
import { managedInstall } from "./project-manager.ts";
import { namesFrom, type ProjectSelection } from "./python-install.ts";
import {
  hasOption,
  type Invocation,
  optionValue,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";

const valued = new Set([
  "-G",
  "--group",
  "--with",
  "--without",
  "-p",
  "--project",
  "-L",
  "--lockfile",
  "--venv",
  "-S",
  "--skip",
]);

/** PDM: development groups come along unless `--prod` is said. */
export const pdm: Tool = {
  names: ["pdm"],
  effects(call) {
    const args = splitArguments(call.words, valued);
    const [action] = args.operands;
    switch (action?.text) {
      case "install":
      case "sync":
        return [
          ...managedInstall(call, action, {
            tool: "pdm",
            selection: selectionOf(call, args),
            into: posixJoin(call.directory, ".venv") ?? "/app/.venv",
            locked: true,
            compiles: false,
          }),
          cacheOf(call),
        ];
      case "cache":
        return args.operands[1]?.text === "clear"
          ? [{ kind: "uncache", cache: "pdm" }]
          : [{ kind: "nothing" }];
      case "build":
      case "add":
        return [{ kind: "build" }];
      case "config":
      case "lock":
      case "info":
      case "list":
      case "use":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

const cacheOf = (call: Invocation): CacheEffect =>
  languageCache({
    cache: "pdm",
    label: "PDM's downloads",
    directory: cacheFolder(call, "PDM_CACHE_DIR", "pdm"),
    avoid: { by: "cleanup", command: "pdm cache clear" },
  });

function selectionOf({ directory }: Invocation, args: SplitArguments): ProjectSelection {
  const valuesOf = (...names: readonly string[]) =>
    namesFrom(args.options.flatMap((it) => (names.includes(it.name) ? [it.value] : [])));
  const folder = optionValue(args, "-p", "--project");
  const groups = valuesOf("-G", "--group", "--with");
  const asked = args.options.filter(({ name }) => name === "-d" || name === "--dev");
  const askedIn = groups.filter(({ name }) => isDevelopmentGroup(name));
  const isLeftOut = hasOption(args, "--prod", "--production", "--no-dev");
  return {
    directory: folder === undefined ? directory : posixJoin(directory, folder.text),
    extras: groups,
    allExtras: groups.some(({ name }) => name === "all"),
    groups,
    allGroups: groups.some(({ name }) => name === "all"),
    only: [],
    without: valuesOf("--without"),
    development:
      isLeftOut && askedIn.length === 0
        ? "left out"
        : asked.length + askedIn.length > 0
          ? "asked for"
          : "by default",
    developmentWords: [...asked.map(({ word }) => word), ...askedIn.map(({ word }) => word)],
    productionFlag: "--prod",
  };
}
