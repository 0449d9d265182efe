import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-C", "-c", "-b", "--branch", "--depth", "-o", "--origin", "-j", "--jobs", "--git-dir", "--work-tree"],
    ["--reference", "--shallow-since", "--shallow-exclude", "--filter", "--config", "-u", "--template"],
  ].flat(),
);

/** What changes files of a repository that is there already, and cannot be said from the words. */
const reading = new Set([
  "config",
  "rev-parse",
  "describe",
  "log",
  "show",
  "status",
  "ls-remote",
  "--version",
]);

export const git: Tool = {
  names: ["git"],
  effects({ words, directory }): readonly Effect[] | undefined {
    const args = splitArguments(words, valued);
    const [action, address, folder] = args.operands;
    if (reading.has(action?.text ?? "") && !hasOption(args, "--global")) return [{ kind: "nothing" }];
    if (action?.text !== "clone") return undefined;
    const target = folder ?? address;
    const path = posixJoin(directory, folder === undefined ? nameOf(address) : folder.text);
    if (target === undefined || path === undefined) return [];
    const tree = { path, word: target };
    return [
      { kind: "create", paths: [tree] },
      {
        kind: "clone",
        tree,
        action,
        shallow: hasOption(args, "--depth", "--shallow-since", "--bare", "--mirror"),
        submodules: hasOption(args, "--recursive", "--recurse-submodules"),
      },
    ];
  },
};

/** The folder that git makes when none is named. */
const nameOf = (address: Word | undefined): string | undefined =>
  address?.text
    ?.replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split(/[/:]/)
    .at(-1);
