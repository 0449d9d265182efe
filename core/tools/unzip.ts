/** Unpackers other than tar. gunzip and its kin replace their file unless told to keep it. */
import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { Effect } from "./effect.ts";
import { hasOption, type Invocation, optionValue, pathWords, splitArguments, type Tool } from "./tool.ts";

export const unzip: Tool = {
  names: ["unzip"],
  effects({ words, directory }) {
    const args = splitArguments(words, new Set(["-d", "-P"]));
    if (hasOption(args, "-l", "-t", "-p", "-Z", "-z")) return [{ kind: "nothing" }];
    const [archive, ...members] = args.operands;
    const folder = optionValue(args, "-d");
    const plain = members.length === 0 && !hasOption(args, "-x", "-j");
    return unpacked(words, directory, archive, folder, "zip", plain);
  },
};

export const sevenZip: Tool = {
  names: ["7z", "7za", "7zr", "7zz"],
  effects({ words, directory }) {
    const args = splitArguments(words, new Set());
    const [action, archive] = args.operands;
    if (action?.text === "l" || action?.text === "t") return [{ kind: "nothing" }];
    if (action?.text !== "x" && action?.text !== "e") return undefined;
    // The folder is attached to its option: `-o/opt`.
    const option = words.find(({ text }) => text?.startsWith("-o"));
    const folder = option?.text && { text: option.text.slice(2), at: option.at };
    return unpacked(words, directory, archive, folder || undefined, "other", false);
  },
};

export const gunzip: Tool = {
  names: ["gunzip", "unxz", "bunzip2", "unzstd", "unlzma", "gzip", "xz", "bzip2", "zstd"],
  effects({ words, directory }): readonly Effect[] {
    const args = splitArguments(words, new Set(["-S", "--suffix", "-T", "--threads"]));
    if (hasOption(args, "-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list"))
      return [{ kind: "nothing" }];
    const files = pathWords(args.operands, directory);
    if (files.length === 0) return [{ kind: "nothing" }];
    const packs = !/^un|^gun|^bun/.test(words[0]?.text ?? "") && !hasOption(args, "-d", "--decompress");
    const made = files.map((it) => ({
      ...it,
      path: packs ? `${it.path}.gz` : it.path.replace(/\.(?:gz|xz|bz2|zst|lzma)$/, ""),
    }));
    const keeps = hasOption(args, "-k", "--keep") || /zstd$/.test(words[0]?.text ?? "");
    return [
      { kind: "create", paths: made },
      ...(keeps ? [] : [{ kind: "remove" as const, paths: files }]),
      ...(packs || !keeps
        ? []
        : files.map((archive): Effect => {
            const into = archive.path.replace(/\/[^/]*$/, "") || "/";
            return { kind: "unpack", archive, into, format: "other", plain: false };
          })),
    ];
  },
};

function unpacked(
  words: Invocation["words"],
  directory: string | undefined,
  archive: Word | undefined,
  folder: Word | undefined,
  format: "zip" | "other",
  plain: boolean,
): readonly Effect[] | undefined {
  const into = folder === undefined ? directory : posixJoin(directory, folder.text);
  const word = folder ?? words[0];
  if (into === undefined || word === undefined || archive === undefined) return undefined;
  return [
    { kind: "create", paths: [{ path: into, word }] },
    ...pathWords([archive], directory).map(
      (it): Effect => ({ kind: "unpack", archive: it, into, format, plain }),
    ),
  ];
}
