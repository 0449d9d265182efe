/** What copies, moves and links files inside the image. */
import { baseName, posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import type { PathWord } from "./effect.ts";
import { hasOption, optionValue, pathWords, type SplitArguments, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-t", "--target-directory", "-S", "--suffix"],
    ["-m", "--mode", "-o", "--owner", "-g", "--group"],
  ].flat(),
);

export const cp: Tool = {
  names: ["cp"],
  effects: ({ words, directory }) => [
    { kind: "create", paths: targetsOf(splitArguments(words, valued), directory) },
  ],
};

export const install: Tool = {
  names: ["install"],
  effects({ words, directory }) {
    const args = splitArguments(words, valued);
    // `install -d` makes directories.
    if (hasOption(args, "-d", "--directory")) return [{ kind: "nothing" }];
    return [{ kind: "create", paths: targetsOf(args, directory) }];
  },
};

/** Links hold no bytes, but they may replace what is there. */
export const ln: Tool = {
  names: ["ln"],
  effects({ words, directory }) {
    const args = splitArguments(words, valued);
    return [{ kind: "create", paths: targetsOf(args, directory) }];
  },
};

export const mv: Tool = {
  names: ["mv"],
  effects({ words, directory }) {
    const args = splitArguments(words, valued);
    const moved = optionValue(args, "-t", "--target-directory") ? args.operands : args.operands.slice(0, -1);
    return [
      { kind: "remove", paths: pathWords(moved, directory) },
      { kind: "create", paths: targetsOf(args, directory) },
    ];
  },
};

const rsyncValued = new Set(
  [
    ["-e", "--rsh", "-f", "--filter", "-B", "--block-size", "-T", "--temp-dir", "-M"],
    ["--exclude", "--include", "--exclude-from", "--include-from", "--files-from", "--chown", "--chmod"],
  ].flat(),
);

export const rsync: Tool = {
  names: ["rsync"],
  effects({ words, directory }) {
    const args = splitArguments(words, rsyncValued);
    const target = args.operands.at(-1);
    const path = posixJoin(directory, target?.text);
    // What is copied lies below the target, under names that the sources' contents decide.
    return [
      { kind: "create", paths: target === undefined || path === undefined ? [] : [{ path, word: target }] },
    ];
  },
};

/** The files that end up at the target: below it where it is a directory. */
function targetsOf(args: SplitArguments, directory: string | undefined): PathWord[] {
  const into = optionValue(args, "-t", "--target-directory");
  const sources = into === undefined ? args.operands.slice(0, -1) : args.operands;
  const target = into ?? args.operands.at(-1);
  const path = posixJoin(directory, target?.text);
  if (target === undefined || path === undefined) return [];
  if (into === undefined && sources.length < 2 && !path.endsWith("/")) return [{ path, word: target }];
  return sources.flatMap((source) =>
    source.text === undefined
      ? []
      : [{ path: `${withoutSlash(path)}/${baseName(source.text)}`, word: target }],
  );
}
