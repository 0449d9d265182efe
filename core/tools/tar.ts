import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { hasOption, optionValue, pathWords, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-f", "--file", "-C", "--directory", "-T", "--files-from", "-X", "--exclude-from", "--exclude"],
    ["--strip-components", "--strip", "--transform", "--xform", "-s", "-I", "--use-compress-program"],
    ["--owner", "--group", "--mode", "--mtime", "-b", "-g", "-K", "-V"],
  ].flat(),
);
const picking = [
  ["-T", "--files-from", "-X", "--exclude-from", "--exclude", "--strip-components", "--strip", "-K"],
  ["--transform", "--xform", "-s", "--wildcards", "--no-same-owner", "--owner", "--group", "--mode"],
  ["-k", "--keep-old-files", "--skip-old-files", "-P", "-O", "--to-stdout", "--one-top-level"],
].flat();

/** Also in the old way, options without a dash: `tar xzf file`. */
export const tar: Tool = {
  names: ["tar", "bsdtar", "gtar"],
  effects({ words, directory }): readonly Effect[] | undefined {
    const args = splitArguments(withDash(words), valued);
    const file = optionValue(args, "-f", "--file");
    const isStream = file === undefined || file.text === "-" || file.text === "/dev/stdin";
    const folder = optionValue(args, "-C", "--directory");
    const into = folder === undefined ? directory : posixJoin(directory, folder.text);
    if (hasOption(args, "-t", "--list")) return [{ kind: "nothing" }];
    if (hasOption(args, "-c", "--create"))
      return isStream ? [{ kind: "nothing" }] : [{ kind: "create", paths: pathWords([file], directory) }];
    if (!hasOption(args, "-x", "--extract", "--get")) return undefined;
    if (hasOption(args, "-O", "--to-stdout")) return [{ kind: "nothing" }];
    const word = folder ?? words[0];
    // Where it goes is not known: then nothing is, for who asks what stayed as it was.
    if (into === undefined || word === undefined) return undefined;
    const filled: Effect = { kind: "create", paths: [{ path: into, word }] };
    const archives = isStream ? [] : pathWords([file], directory);
    return [
      filled,
      ...archives.map(
        (archive): Effect => ({
          kind: "unpack",
          archive,
          into,
          format: "tar",
          plain: args.operands.length === 0 && !hasOption(args, ...picking),
        }),
      ),
    ];
  },
};

function withDash(words: readonly Word[]): readonly Word[] {
  const [program, first, ...rest] = words;
  if (program === undefined || first?.text === undefined || !/^[a-zA-Z]+$/.test(first.text)) return words;
  // `xzf file`: each letter that takes a value takes the next word.
  const letters = first.text.replace(/[fC]/g, "");
  const takers = [...first.text].filter((it) => it === "f" || it === "C");
  const values = takers.flatMap((it, index) => {
    const value = rest[index];
    return value === undefined ? [] : [{ text: `-${it}`, at: first.at }, value];
  });
  const flags = letters === "" ? [] : [{ text: `-${letters}`, at: first.at }];
  return [program, ...flags, ...values, ...rest.slice(takers.length)];
}
