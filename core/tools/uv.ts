import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { packagedEffects } from "./package-runner.ts";
import { compilesByUv, indexesIn, pipEffects } from "./pip.ts";
import {
  environmentFolder,
  isSet,
  namesFrom,
  type ProjectSelection,
  type PythonInstall,
  sortedOperands,
} from "./python-install.ts";
import {
  hasOption,
  type Invocation,
  optionValue,
  type SplitArguments,
  splitArguments,
  type Tool,
} from "./tool.ts";
import { uvCache } from "./uv-cache.ts";

const valued = new Set(
  [
    ["--extra", "--no-extra", "--group", "--no-group", "--only-group", "--package", "-p", "--python"],
    ["--index", "--default-index", "-i", "--index-url", "--extra-index-url", "-f", "--find-links"],
    [
      "--index-strategy",
      "--keyring-provider",
      "--link-mode",
      "--resolution",
      "--prerelease",
      "--fork-strategy",
    ],
    ["--exclude-newer", "-C", "--config-setting", "--no-build-package", "--no-binary-package", "-P"],
    ["--upgrade-package", "--refresh-package", "--reinstall-package", "--no-install-package", "--cache-dir"],
    ["--directory", "--project", "--config-file", "--python-platform", "--allow-insecure-host", "--color"],
    [
      "--with",
      "--with-editable",
      "--with-requirements",
      "--env-file",
      "-w",
      "-o",
      "--output-file",
      "--format",
    ],
    ["--python-preference", "--torch-backend", "--from"],
  ].flat(),
);

/** uv: its pip interface, projects (`sync`, `run`) and tools. */
export const uv: Tool = {
  names: ["uv"],
  effects(call) {
    const args = splitArguments(call.words, valued);
    const [action] = args.operands;
    if (action?.text === "pip") {
      return pipEffects({ ...call, words: call.words.slice(call.words.indexOf(action)) }, "uv pip");
    }
    switch (action?.text) {
      case "sync":
        return [
          syncInstall(call, "uv sync", args, action),
          { kind: "build" },
          ...cacheOf(call, args, action),
        ];
      case "run":
        return runEffects(call, args, action);
      case "tool":
        return toolEffects(call, args, action);
      case "cache":
        return ["clean", "prune"].includes(args.operands[1]?.text ?? "")
          ? [{ kind: "uncache", cache: "uv" }]
          : [{ kind: "nothing" }];
      case "venv":
      case "lock":
      case "export":
      case "version":
      case "tree":
      case "python":
      case undefined:
        return [];
      case "build":
        return [{ kind: "build" }];
      default:
        return undefined;
    }
  },
};

/** `uv run` brings the environment up to date first, and then runs something that is not modelled. */
function runEffects(call: Invocation, args: SplitArguments, action: Word): readonly Effect[] | undefined {
  const own = splitArguments(upTo(call.words, args.operands[1]), valued);
  const program = args.operands[1];
  const packaged = program && packagedEffects(call, call.words.indexOf(program));
  if (hasOption(own, "--no-sync", "--no-project", "--isolated", "--script")) return packaged;
  return [
    syncInstall(call, "uv run", own, action),
    { kind: "build" },
    ...cacheOf(call, own, action),
    ...(packaged ?? []),
  ];
}

const upTo = (words: readonly Word[], end: Word | undefined): readonly Word[] =>
  end === undefined ? words : words.slice(0, words.indexOf(end));

function toolEffects(call: Invocation, args: SplitArguments, action: Word): readonly Effect[] | undefined {
  const [, verb, ...operands] = args.operands;
  if (verb?.text !== "install") return undefined;
  return [
    { ...plain(call, "uv tool", args, action), ...sortedOperands(operands, call.directory) },
    { kind: "build" },
    ...cacheOf(call, args, verb),
  ];
}

function cacheOf(call: Invocation, args: SplitArguments, action: Word): readonly Effect[] {
  if (hasOption(args, "--no-cache", "--no-cache-dir", "-n", "--cache-dir")) return [];
  return uvCache(call, args, action);
}

function plain(
  call: Invocation,
  tool: PythonInstall["tool"],
  args: SplitArguments,
  action: Word,
): PythonInstall {
  return {
    kind: "python-install",
    tool,
    program: call.words[0] ?? action,
    action,
    requirements: [],
    projects: [],
    files: [],
    selection: undefined,
    indexes: indexesIn(args),
    locked: false,
    compiles: compilesByUv(call, args),
    into: tool === "uv tool" ? "/root/.local/share/uv/tools" : environmentFolder(call),
    dependencies: true,
    upgrades: hasOption(args, "-U", "--upgrade"),
  };
}

function syncInstall(
  call: Invocation,
  tool: "uv sync" | "uv run",
  args: SplitArguments,
  action: Word,
): PythonInstall {
  const selection = selectionOf(call, args);
  const named = call.environment.get("UV_PROJECT_ENVIRONMENT");
  const active = hasOption(args, "--active") ? call.environment.get("VIRTUAL_ENV") : undefined;
  const project = posixJoin(selection.directory, named ?? ".venv") ?? "/app/.venv";
  const into = active === undefined || active === "" ? project : active;
  return { ...plain(call, tool, args, action), selection, locked: true, into };
}

function selectionOf({ directory, environment }: Invocation, args: SplitArguments): ProjectSelection {
  const valuesOf = (name: string) =>
    namesFrom(args.options.flatMap((it) => (it.name === name ? [it.value] : [])));
  const folder = optionValue(args, "--project", "--directory");
  const groups = valuesOf("--group");
  const without = valuesOf("--no-group");
  const asked = args.options.filter(
    ({ name, value }) =>
      name === "--dev" || name === "--only-dev" || (name === "--group" && value?.text === "dev"),
  );
  const isLeftOut =
    hasOption(args, "--no-dev", "--no-default-groups", "--only-group") ||
    without.some(({ name }) => name === "dev") ||
    isSet(environment.get("UV_NO_DEV")) ||
    isSet(environment.get("UV_NO_DEFAULT_GROUPS"));
  const all = hasOption(args, "--all-groups");
  return {
    directory: folder === undefined ? directory : posixJoin(directory, folder.text),
    extras: valuesOf("--extra"),
    allExtras: hasOption(args, "--all-extras"),
    groups,
    allGroups: all,
    only: hasOption(args, "--only-dev")
      ? namesFrom([
          { text: "dev", at: args.options.find((it) => it.name === "--only-dev")?.word.at ?? noSpan },
        ])
      : valuesOf("--only-group"),
    without,
    development:
      asked.length > 0 || (all && !isLeftOut) ? "asked for" : isLeftOut ? "left out" : "by default",
    developmentWords: [
      ...asked.flatMap(({ word, value }) =>
        value === undefined || value.at === word.at ? [word] : [word, value],
      ),
      ...args.options.flatMap(({ name, word }) => (name === "--all-groups" ? [word] : [])),
    ],
    productionFlag: "--no-dev",
  };
}

const noSpan = { start: 0, end: 0 };
