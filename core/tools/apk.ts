import type { Word } from "../dockerfile/facts.ts";
import { unknownSize } from "../size/size.ts";
import type { CacheEffect, PackageWord, Remedy } from "./effect.ts";
import { hasOption, optionValue, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--repositories-file"],
    ["--wait", "--cache-dir", "--cache-max-age", "--progress-fd", "--timeout"],
  ].flat(),
);

/** apk of Alpine and Wolfi: packages with their words, the index that it keeps unless told not to. */
export const apk: Tool = {
  names: ["apk"],
  effects({ words }) {
    const args = splitArguments(words, valued);
    const [action, ...operands] = args.operands;
    // Another root is another system's packages.
    if (hasOption(args, "-p", "--root")) return undefined;
    // Without a network no index is fetched.
    const keepsIndex = !hasOption(args, "--no-cache", "--no-network");
    switch (action?.text) {
      case "update":
        return keepsIndex ? [index([{ by: "omission" }], false)] : [{ kind: "nothing" }];
      case "add":
        return [
          {
            kind: "install",
            manager: "apk",
            action,
            packages: operands.flatMap(packageWord),
            group: optionValue(args, "-t", "--virtual")?.text,
            recommends: false,
            recommendsFlag: undefined,
          },
          ...(keepsIndex ? [index([noCacheAfter(action)], true)] : []),
        ];
      case "upgrade":
      case "fix":
        return [
          ...(action.text === "upgrade" && operands.length === 0
            ? [{ kind: "upgrade" as const, manager: "apk" as const, action }]
            : []),
          ...(keepsIndex ? [index([noCacheAfter(action)], true)] : []),
        ];
      case "del":
        return [
          { kind: "uninstall", manager: "apk", packages: operands.flatMap(packageWord), orphans: true },
        ];
      case "cache":
        return operands[0]?.text === "clean" || operands[0]?.text === "purge"
          ? [{ kind: "uncache", cache: "apk" }]
          : [{ kind: "nothing" }];
      case "info":
      case "list":
      case "search":
      case "policy":
      case "version":
      case "stats":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

const noCacheAfter = (after: Word): Remedy => ({ by: "flag", flag: "--no-cache", after });

const index = (ways: readonly Remedy[], onlyIfMissing: boolean): CacheEffect => ({
  kind: "cache",
  cache: "apk",
  label: "apk's package index",
  holds: "index",
  directory: "/var/cache/apk",
  cost: unknownSize("the index of the base image's release is not in the catalogue"),
  onlyIfMissing,
  avoid: [
    ...ways,
    { by: "cleanup", command: "rm -rf /var/cache/apk/*" },
    { by: "mount", target: "/var/cache/apk", locked: true },
  ],
});

/** Without `=version`, `~version`, `>version` and `@repository`; `!name` asks for its absence. */
function packageWord(word: Word): readonly PackageWord[] {
  if (word.text?.startsWith("!")) return [];
  const name = /^(\.?[a-zA-Z0-9_][a-zA-Z0-9_.+-]*)(?:[=~<>@].*)?$/.exec(word.text ?? "")?.[1];
  return [{ name: name?.endsWith(".apk") ? undefined : name, word }];
}
