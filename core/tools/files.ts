import type { Word } from "../dockerfile/facts.ts";
import { baseName, posixJoin, withoutSlash } from "../dockerfile/paths.ts";
import type { Effect, PathWord } from "./effect.ts";
import { hasOption, optionValue, pathWords, splitArguments, type Tool } from "./tool.ts";

const none: ReadonlySet<string> = new Set();

export const rm: Tool = {
  names: ["rm", "unlink", "rmdir"],
  effects({ words, directory }) {
    return [{ kind: "remove", paths: pathWords(splitArguments(words, none).operands, directory) }];
  },
};

export const mkdir: Tool = {
  names: ["mkdir"],
  // An empty directory holds no bytes.
  effects: () => [{ kind: "nothing" }],
};

const copyValued = new Set([
  "-t",
  "--target-directory",
  "-S",
  "--suffix",
  "-m",
  "--mode",
  "-o",
  "--owner",
  "-g",
  "--group",
]);

export const cp: Tool = {
  names: ["cp", "install"],
  effects: ({ words, directory }) => [{ kind: "create", paths: targetsOf(words, directory) }],
};

export const mv: Tool = {
  names: ["mv"],
  effects({ words, directory }) {
    const args = splitArguments(words, copyValued);
    const moved = optionValue(args, "-t", "--target-directory") ? args.operands : args.operands.slice(0, -1);
    return [
      { kind: "remove", paths: pathWords(moved, directory) },
      { kind: "create", paths: targetsOf(words, directory) },
    ];
  },
};

/** The files that end up at the target: below it where it is a directory. */
function targetsOf(words: readonly Word[], directory: string | undefined): PathWord[] {
  const args = splitArguments(words, copyValued);
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

export const chmod: Tool = {
  names: ["chmod", "chown", "chgrp"],
  effects({ words, directory }): readonly Effect[] {
    const args = splitArguments(words, none);
    const hasReference = args.options.some((it) => it.name === "--reference");
    const paths = hasReference ? args.operands : args.operands.slice(1);
    return [
      { kind: "touch", paths: pathWords(paths, directory), recursive: hasOption(args, "-R", "--recursive") },
    ];
  },
};

/** `find … -delete` and `find … -exec rm`: whole trees only where nothing narrows the search to some files. */
export const find: Tool = {
  names: ["find"],
  effects({ words, directory }) {
    const texts = words.map((it) => it.text ?? "");
    const deletes = texts.includes("-delete") || (texts.includes("-exec") && texts.includes("rm"));
    if (!deletes)
      return texts.includes("-exec") || texts.includes("-execdir") ? undefined : [{ kind: "nothing" }];
    const starts: Word[] = [];
    for (const word of words.slice(1)) {
      if (word.text === undefined || /^[-(!]/.test(word.text)) break;
      starts.push(word);
    }
    const narrow = texts.some((it) =>
      /^-(?:i?name|i?path|i?regex|wholename|newer|size|mtime|perm|user)$/.test(it),
    );
    if (narrow) return undefined;
    return [
      {
        kind: "remove",
        paths: pathWords(starts, directory).map((it) => ({ ...it, path: `${withoutSlash(it.path)}/*` })),
      },
    ];
  },
};
