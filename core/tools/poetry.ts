import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect } from "./effect.ts";
import { cacheFolder, languageCache } from "./language-cache.ts";
import { packagedEffects } from "./package-runner.ts";
import { managedInstall } from "./project-manager.ts";
import { environmentFolder, isSet, namesFrom, type ProjectSelection } from "./python-install.ts";
import {
  hasOption,
  type Invocation,
  optionValue,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";

const valued = new Set([
  "--with",
  "--without",
  "--only",
  "-E",
  "--extras",
  "-C",
  "--directory",
  "-P",
  "--project",
  "-f",
  "--format",
  "-o",
  "--output",
]);

/** Poetry 1.x and 2.x: every group that is not optional comes along unless it is left out. */
export const poetry: Tool = {
  names: ["poetry"],
  effects(call) {
    const args = splitArguments(call.words, valued);
    const [action] = args.operands;
    switch (action?.text) {
      case "install":
      case "sync":
        return [
          ...managedInstall(call, action, {
            tool: "poetry",
            selection: selectionOf(call, args),
            into: poetryFolder(call),
            locked: true,
            compiles: hasOption(args, "--compile"),
          }),
          ...(hasOption(args, "--no-cache") ? [] : [cacheOf(call)]),
        ];
      case "cache":
        return [{ kind: "uncache", cache: "poetry" }];
      case "config":
      case "check":
      case "lock":
      case "show":
      case "env":
      case "version":
      case "self":
        return [{ kind: "nothing" }];
      case "build":
      case "add":
        return [{ kind: "build" }];
      case "run":
        return packagedEffects(call, call.words.indexOf(action) + 1);
      default:
        return undefined;
    }
  },
};

/** An environment of its own, unless the project's folder or the system's interpreter is to be used. */
function poetryFolder(call: Invocation): string {
  if (isSet(call.environment.get("POETRY_VIRTUALENVS_IN_PROJECT"))) {
    return posixJoin(call.directory, ".venv") ?? "/app/.venv";
  }
  const creates = call.environment.get("POETRY_VIRTUALENVS_CREATE");
  return creates !== undefined && !isSet(creates)
    ? environmentFolder(call)
    : (call.environment.get("POETRY_VIRTUALENVS_PATH") ?? "/root/.cache/pypoetry/virtualenvs");
}

function cacheOf(call: Invocation): CacheEffect {
  const directory = cacheFolder(call, "POETRY_CACHE_DIR", "pypoetry");
  return languageCache({
    cache: "poetry",
    label: "Poetry's downloads",
    directory: `${directory}/artifacts`,
    // Environments may lie beside them.
    avoid: { by: "cleanup", command: `rm -rf ${directory}/cache ${directory}/artifacts` },
  });
}

function selectionOf({ directory }: Invocation, args: SplitArguments): ProjectSelection {
  const valuesOf = (...names: readonly string[]) =>
    namesFrom(args.options.flatMap((it) => (names.includes(it.name) ? [it.value] : [])));
  const folder = optionValue(args, "-C", "--directory", "-P", "--project");
  const [only, without, groups] = [valuesOf("--only"), valuesOf("--without"), valuesOf("--with")];
  const askedIn = [...only, ...groups].filter(({ name }) => isDevelopmentGroup(name));
  const isLeftOut =
    hasOption(args, "--no-dev", "--only-root") ||
    only.length > 0 ||
    without.some(({ name }) => name === "dev");
  return {
    directory: folder === undefined ? directory : posixJoin(directory, folder.text),
    extras: valuesOf("-E", "--extras"),
    allExtras: hasOption(args, "--all-extras"),
    groups,
    allGroups: hasOption(args, "--all-groups"),
    only,
    without,
    development: askedIn.length > 0 ? "asked for" : isLeftOut ? "left out" : "by default",
    developmentWords: askedIn.map(({ word }) => word),
    productionFlag: "--only main",
  };
}

export const isDevelopmentGroup = (name: string): boolean =>
  /^(?:dev|devel|develop|development|test|tests|testing|lint|linting|linters?|docs?|typing|types|type-check|mypy|qa|ci|pre-commit|debug)$/.test(
    name,
  );
