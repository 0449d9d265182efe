import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import type { CacheEffect, Effect } from "./effect.ts";
import { homeOf, languageCache } from "./language-cache.ts";
import { nodePackages } from "./node-install.ts";
import { packagedEffects } from "./package-runner.ts";
import {
  hasOption,
  type Invocation,
  type Option,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";

const valued = new Set([
  "--prefix",
  "-C",
  "--omit",
  "--include",
  "--only",
  "--cache",
  "--registry",
  "--loglevel",
  "--workspace",
  "-w",
  "--fetch-retries",
  "--fetch-timeout",
  "--userconfig",
]);

/** npm: installs, prunes, scripts. A script may build anything. */
export const npm: Tool = {
  names: ["npm"],
  effects(call) {
    const { words, directory, environment } = call;
    const args = splitArguments(words, valued);
    const [action, ...packages] = args.operands;
    switch (action?.text) {
      case "ci":
      case "clean-install":
      case "install":
      case "i":
      case "add":
        if (packages.length > 0 || hasOption(args, "-g", "--global"))
          return [...namedInstall(call, args, packages), { kind: "build" }, ...cacheOf(call, args)];
        return [
          {
            kind: "project-install",
            tool: "npm",
            action,
            directory,
            into: posixJoin(directory, "node_modules"),
            development: takesDevelopment(args, environment),
            developmentWords: asks(args).map(({ word }) => word),
            productionFlag: "--omit=dev",
          },
          { kind: "build" },
          ...cacheOf(call, args),
        ];
      case "prune":
        return leavesOut(args).length > 0 || environment.get("NODE_ENV") === "production"
          ? [{ kind: "project-prune", tool: "npm", directory }]
          : [{ kind: "nothing" }];
      case "run":
      case "run-script":
      case "rebuild":
      case "update":
      case "exec":
        return packagedEffects(call, words.indexOf(action) + 1) ?? [{ kind: "build" }];
      case "pack":
        return [{ kind: "build" }];
      case "cache":
        return ["clean", "clear", "rm"].includes(packages[0]?.text ?? "")
          ? [{ kind: "uncache", cache: "npm" }]
          : [{ kind: "nothing" }];
      case "config":
      case "set":
      case "version":
      case "ls":
      case "list":
      case undefined:
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

function namedInstall(
  { environment }: Invocation,
  args: SplitArguments,
  words: readonly Word[],
): readonly Effect[] {
  const packages = nodePackages(words);
  const puppeteer = packages.find(({ name }) => name === "puppeteer");
  const skips =
    hasOption(args, "--ignore-scripts") ||
    ["PUPPETEER_SKIP_DOWNLOAD", "PUPPETEER_SKIP_CHROMIUM_DOWNLOAD", "PUPPETEER_SKIP_CHROME_DOWNLOAD"].some(
      (name) => environment.has(name),
    );
  return [
    { kind: "node-install", packages, global: hasOption(args, "-g", "--global") },
    ...(puppeteer === undefined || skips
      ? []
      : [
          {
            kind: "browser-download" as const,
            tool: "puppeteer" as const,
            action: puppeteer.word,
            browsers: [],
            directory: environment.get("PUPPETEER_CACHE_DIR") ?? "/root/.cache/puppeteer",
          },
        ]),
  ];
}

/** Another folder on the command line is not judged. */
const cacheOf = (call: Invocation, args: SplitArguments): readonly Effect[] =>
  hasOption(args, "--cache") ? [] : [npmCache(call)];

function npmCache({ environment, directory }: Invocation): CacheEffect {
  const named = environment.get("NPM_CONFIG_CACHE") ?? environment.get("npm_config_cache");
  return languageCache({
    cache: "npm",
    label: "npm's downloads",
    directory: posixJoin(directory, named) ?? `${homeOf(environment)}/.npm`,
    avoid: { by: "cleanup", command: "npm cache clean --force" },
  });
}

const asks = (args: SplitArguments): readonly Option[] =>
  args.options.filter(
    ({ name, value }) =>
      ((name === "--include" || name === "--also") && /^dev/.test(value?.text ?? "")) ||
      (name === "--production" && value?.text === "false"),
  );

const leavesOut = (args: SplitArguments): readonly Option[] =>
  args.options.filter(
    ({ name, value }) =>
      (name === "--omit" && value?.text === "dev") ||
      (name === "--only" && /^prod/.test(value?.text ?? "")) ||
      (name === "--production" && value?.text !== "false"),
  );

function takesDevelopment(args: SplitArguments, environment: ReadonlyValues): boolean | undefined {
  if (asks(args).length > 0) return true;
  if (leavesOut(args).length > 0) return false;
  const omit = environment.get("NPM_CONFIG_OMIT") ?? environment.get("npm_config_omit");
  if (omit === "dev" || environment.get("NPM_CONFIG_PRODUCTION") === "true") return false;
  return environmentTakes(environment);
}

/** `NODE_ENV=production` leaves them out in npm, Yarn 1 and pnpm; a declared but undecided value may. */
export function environmentTakes(environment: ReadonlyValues): boolean | undefined {
  const value = environment.get("NODE_ENV");
  if (value === undefined && environment.has("NODE_ENV")) return undefined;
  return value !== "production";
}
