import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { CacheEffect, Effect } from "./effect.ts";
import { cacheFolder, languageCache } from "./language-cache.ts";
import {
  environmentFolder,
  type IndexWord,
  isSet,
  type PythonInstall,
  type PythonInstaller,
  projectWord,
  requirementWord,
  sortedOperands,
} from "./python-install.ts";
import {
  hasOption,
  type Invocation,
  optionValue,
  pathWords,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";
import { uvCache } from "./uv-cache.ts";

/** Options of pip and of `uv pip` that take the next word. */
const valued = new Set(
  [
    ["-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-e", "--editable"],
    ["-t", "--target", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--prefix", "--root"],
    ["--platform", "--python-version", "--implementation", "--abi", "--only-binary", "--no-binary", "--src"],
    [
      "--cache-dir",
      "--trusted-host",
      "--proxy",
      "--timeout",
      "--retries",
      "--cert",
      "--client-cert",
      "--log",
    ],
    [
      "--upgrade-strategy",
      "--progress-bar",
      "-C",
      "--config-settings",
      "--config-setting",
      "--global-option",
    ],
    ["--build-option", "--report", "--exists-action", "--use-feature", "--use-deprecated", "--python", "-p"],
    ["--group", "-d", "--dest", "-w", "--wheel-dir", "--override", "--overrides", "--build-constraint", "-b"],
    [
      "--index",
      "--default-index",
      "--extra",
      "--index-strategy",
      "--link-mode",
      "--torch-backend",
      "--project",
    ],
    ["--resolution", "--prerelease", "--exclude-newer", "--keyring-provider", "--allow-insecure-host"],
    ["--directory", "--config-file", "--python-platform", "--no-build-package", "--no-binary-package"],
    ["--upgrade-package", "-P", "--refresh-package", "--reinstall-package"],
  ].flat(),
);

export const pip: Tool = {
  names: ["pip"],
  effects: (call) => pipEffects(call, "pip"),
};

/** Words of pip's own interface; `uv pip` has the same one. The program is the first word. */
export function pipEffects(call: Invocation, tool: PythonInstaller): readonly Effect[] | undefined {
  const args = splitArguments(call.words, valued);
  const [action, ...operands] = args.operands;
  switch (action?.text) {
    case "install":
      return installEffects(call, tool, args, action, operands);
    case "cache":
      return ["purge", "remove"].includes(operands[0]?.text ?? "")
        ? [{ kind: "uncache", cache: "pip" }]
        : [{ kind: "nothing" }];
    case "sync": {
      const files = pathWords(operands, call.directory);
      return [
        { ...pipInstall(call, tool, args, action, []), files },
        ...mayBuild(args),
        ...cacheOf(call, tool, args, action),
      ];
    }
    case "wheel":
      return mayBuild(args);
    case "list":
    case "freeze":
    case "show":
    case "check":
    case "config":
    case "debug":
    case "index":
    case "inspect":
    case "hash":
    case "help":
    case undefined:
      return [{ kind: "nothing" }];
    default:
      return undefined;
  }
}

function installEffects(
  call: Invocation,
  tool: PythonInstaller,
  args: SplitArguments,
  action: Word,
  operands: readonly Word[],
): readonly Effect[] {
  if (hasOption(args, "--dry-run")) return [{ kind: "nothing" }];
  return [
    pipInstall(call, tool, args, action, operands),
    ...mayBuild(args),
    ...cacheOf(call, tool, args, action),
  ];
}

function cacheOf(
  call: Invocation,
  tool: PythonInstaller,
  args: SplitArguments,
  action: Word,
): readonly Effect[] {
  if (hasOption(args, "--no-cache-dir", "--no-cache", "-n", "--no-index")) return [];
  const folder = optionValue(args, "--cache-dir");
  const path = posixJoin(call.directory, folder?.text);
  // A folder of its own that cannot be told is not judged.
  if (folder !== undefined && path === undefined) return [];
  const caches = tool === "pip" ? pipCache(call, action) : uvCache(call, args, action);
  return path === undefined ? caches : caches.map((it) => ({ ...it, directory: path }));
}

function pipCache(call: Invocation, action: Word): readonly CacheEffect[] {
  // Any value switches it off, "off" and "0" too: pip keeps to what it once did by mistake.
  if (call.environment.has("PIP_NO_CACHE_DIR") && call.environment.get("PIP_NO_CACHE_DIR") !== "") return [];
  return [
    languageCache({
      cache: "pip",
      label: "pip's downloads",
      directory: cacheFolder(call, "PIP_CACHE_DIR", "pip"),
      avoid: { by: "flag", flag: "--no-cache-dir", after: action },
    }),
  ];
}

/** Without source distributions nothing is compiled. */
const mayBuild = (args: SplitArguments): readonly Effect[] =>
  hasOption(args, "--no-build") ||
  args.options.some(({ name, value }) => name === "--only-binary" && value?.text === ":all:")
    ? []
    : [{ kind: "build" }];

/** uv leaves bytecode to the first import unless it is told otherwise. */
export const compilesByUv = ({ environment }: Invocation, args: SplitArguments): boolean =>
  hasOption(args, "--compile-bytecode", "--compile") || isSet(environment.get("UV_COMPILE_BYTECODE"));

function targetOf(call: Invocation, tool: PythonInstaller, args: SplitArguments): string {
  const named = optionValue(args, "-t", "--target", "--prefix", "--root");
  const path = posixJoin(call.directory, named?.text);
  if (path !== undefined) return path;
  if (hasOption(args, "--user")) return "/root/.local";
  // `--python` by a variable: the environment of that interpreter.
  const other = /^(\/.+)\/bin\/python[\d.]*$/.exec(call.environment.get("PIP_PYTHON") ?? "")?.[1];
  if (tool === "pip" && other !== undefined && other !== "/usr") return other;
  return hasOption(args, "--system") ? "/usr/local/lib" : environmentFolder(call);
}

function pipInstall(
  call: Invocation,
  tool: PythonInstaller,
  args: SplitArguments,
  action: Word,
  operands: readonly Word[],
): PythonInstall {
  const { words, directory } = call;
  const valuesOf = (...names: readonly string[]): readonly Word[] =>
    args.options.flatMap(({ name, value }) => (names.includes(name) && value !== undefined ? [value] : []));
  const { requirements, projects } = sortedOperands(operands, directory);
  const editables = valuesOf("-e", "--editable");
  return {
    kind: "python-install",
    tool,
    program: words[0] ?? action,
    action,
    requirements: [
      ...requirements,
      ...editables.flatMap((it) =>
        projectWord(it, directory, true) === undefined ? [requirementWord(it)] : [],
      ),
    ],
    projects: [...projects, ...editables.flatMap((it) => projectWord(it, directory, true) ?? [])],
    // Without a WORKDIR nobody knows where they lie, but what they are called.
    files: pathWords(valuesOf("-r", "--requirement", "--requirements"), directory ?? "/"),
    selection: undefined,
    indexes: indexesIn(args),
    ...torchBackendIn(args),
    locked: false,
    compiles: tool === "pip" ? !hasOption(args, "--no-compile") : compilesByUv(call, args),
    into: targetOf(call, tool, args),
    dependencies: !hasOption(args, "--no-deps"),
    upgrades: hasOption(args, "-U", "--upgrade"),
  };
}

function torchBackendIn(args: SplitArguments): { readonly torchBackend?: Word } {
  const torchBackend = optionValue(args, "--torch-backend");
  return torchBackend === undefined ? {} : { torchBackend };
}

const indexKinds: Readonly<Record<string, IndexWord["kind"]>> = {
  "-i": "default",
  "--index-url": "default",
  "--default-index": "default",
  "--extra-index-url": "extra",
  "--index": "extra",
  "-f": "links",
  "--find-links": "links",
};

export const indexesIn = (args: SplitArguments): readonly IndexWord[] =>
  args.options.flatMap(({ name, value, word }) => {
    const kind = indexKinds[name];
    return kind === undefined ? [] : [{ kind, url: value?.text, word: value ?? word }];
  });
