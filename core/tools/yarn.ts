import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect } from "./effect.ts";
import { languageCache } from "./language-cache.ts";
import { environmentTakes } from "./npm.ts";
import { packagedEffects } from "./package-runner.ts";
import { hasOption, type Invocation, splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "--cwd",
  "--cache-folder",
  "--network-timeout",
  "--modules-folder",
  "--mutex",
  "--registry",
]);

/** Yarn 1 and later ones: which of them it is shows in options that only one of them has. */
export const yarn: Tool = {
  names: ["yarn", "yarnpkg"],
  effects(call) {
    const { words, directory, environment } = call;
    const args = splitArguments(words, valued);
    const [action, second] = args.operands;
    const program = words[0];
    if (action === undefined || action.text === "install") {
      const isLater = hasOption(args, "--immutable", "--immutable-cache", "--check-cache", "--mode");
      const isFirst = hasOption(args, "--frozen-lockfile", "--pure-lockfile", "--production", "--prod");
      const production = args.options.find(({ name }) => name === "--production" || name === "--prod");
      const word = action ?? program;
      if (word === undefined) return undefined;
      const development =
        production !== undefined ? production.value?.text === "false" : environmentTakes(environment);
      return [
        {
          kind: "project-install",
          tool: "yarn",
          action: word,
          directory,
          into: posixJoin(directory, "node_modules"),
          // Later versions do not look at NODE_ENV.
          development: isLater ? true : isFirst || development !== false ? development : undefined,
          developmentWords: production?.value?.text === "false" ? [production.word] : [],
          productionFlag: isFirst && !isLater ? "--production" : undefined,
        },
        { kind: "build" },
        // Later versions may keep the cache as the installation itself.
        ...(isFirst && !isLater && !hasOption(args, "--cache-folder") ? [cacheOf(call)] : []),
      ];
    }
    switch (action.text) {
      case "workspaces":
        return second?.text === "focus"
          ? [
              {
                kind: "project-install",
                tool: "yarn",
                action: second,
                directory,
                into: posixJoin(directory, "node_modules"),
                development: !hasOption(args, "--production"),
                developmentWords: [],
                productionFlag: "--production",
              },
              { kind: "build" },
            ]
          : [{ kind: "build" }];
      case "cache":
        return second?.text === "clean" ? [{ kind: "uncache", cache: "yarn" }] : [{ kind: "nothing" }];
      case "config":
      case "set":
      case "--version":
        return [{ kind: "nothing" }];
      case "add":
      case "global":
      case "run":
      case "build":
        return [{ kind: "build" }];
      default:
        // Any script of the project may be called by its name alone.
        return packagedEffects(
          call,
          words.indexOf(action) + (/^(?:exec|dlx)$/.test(action.text ?? "") ? 1 : 0),
        );
    }
  },
};

/** Of Yarn 1, run by root. */
const cacheOf = ({ environment, directory }: Invocation): CacheEffect =>
  languageCache({
    cache: "yarn",
    label: "Yarn's downloads",
    directory: posixJoin(directory, environment.get("YARN_CACHE_FOLDER")) ?? "/usr/local/share/.cache/yarn",
    avoid: { by: "cleanup", command: "yarn cache clean" },
  });
