import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect } from "./effect.ts";
import { homeOf, languageCache } from "./language-cache.ts";
import { hasOption, type Invocation, splitArguments, type Tool } from "./tool.ts";

export const composer: Tool = {
  names: ["composer", "composer.phar"],
  effects(call) {
    const { words, directory, environment } = call;
    const args = splitArguments(words, new Set(["-d", "--working-dir", "--ignore-platform-req"]));
    const [action] = args.operands;
    switch (action?.text) {
      case "install":
      case "i": {
        const leftOut = environment.get("COMPOSER_NO_DEV");
        const asked = args.options.filter(({ name }) => name === "--dev");
        return [
          {
            kind: "project-install",
            tool: "composer",
            action,
            directory,
            into: posixJoin(directory, "vendor"),
            development: !(hasOption(args, "--no-dev") || leftOut === "1"),
            developmentWords: asked.map(({ word }) => word),
            productionFlag: asked.length > 0 ? undefined : "--no-dev",
          },
          { kind: "build" },
          ...(hasOption(args, "--no-cache") ? [] : cacheOf(call, action)),
        ];
      }
      case "clear-cache":
      case "clearcache":
        return [{ kind: "uncache", cache: "composer" }];
      case "require":
      case "update":
      case "create-project":
      case "global":
      case "run-script":
        return [{ kind: "build" }];
      case "dump-autoload":
      case "dumpautoload":
      case "config":
      case "diagnose":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

function cacheOf({ environment, directory }: Invocation, action: Word): readonly CacheEffect[] {
  const folder =
    posixJoin(directory, environment.get("COMPOSER_CACHE_DIR")) ?? `${homeOf(environment)}/.composer/cache`;
  // A folder that is no folder switches it off.
  if (folder === "/dev/null") return [];
  return [
    languageCache({
      cache: "composer",
      label: "Composer's downloads",
      directory: folder,
      avoid: { by: "flag", flag: "--no-cache", after: action },
    }),
  ];
}
