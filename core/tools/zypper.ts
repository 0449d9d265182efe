import type { Word } from "../dockerfile/facts.ts";
import { unknownSize } from "../size/size.ts";
import type { CacheEffect, PackageWord } from "./effect.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-c", "--config", "-R", "--root", "--installroot", "-D", "--reposd-dir", "-C", "--cache-dir"],
    ["-r", "--repo", "--from", "-t", "--type", "-p", "--plus-repo"],
  ].flat(),
);

const metadata: CacheEffect = {
  kind: "cache",
  cache: "zypper",
  label: "zypper's repository metadata",
  holds: "index",
  directory: "/var/cache/zypp",
  cost: unknownSize("the repositories of the base image are not in the catalogue"),
  onlyIfMissing: true,
  avoid: [
    { by: "cleanup", command: "zypper clean --all" },
    { by: "mount", target: "/var/cache/zypp", locked: true },
  ],
};

/** zypper: packages with their words, the repositories' metadata that it keeps. */
export const zypper: Tool = {
  names: ["zypper"],
  effects({ words }) {
    const args = splitArguments(words, valued);
    const [action, ...operands] = args.operands;
    // Another root is another system's packages.
    if (hasOption(args, "-R", "--root", "--installroot")) return undefined;
    switch (action?.text) {
      case "install":
      case "in":
        return [
          {
            kind: "install",
            manager: "zypper",
            action,
            packages: operands.map(packageWord),
            group: undefined,
            // openSUSE's images switch recommended packages off in zypp.conf.
            recommends: false,
            recommendsFlag: undefined,
          },
          metadata,
        ];
      case "update":
      case "up":
      case "patch":
      case "dist-upgrade":
      case "dup":
        return [
          ...(operands.length === 0
            ? [{ kind: "upgrade" as const, manager: "zypper" as const, action }]
            : []),
          metadata,
        ];
      case "refresh":
      case "ref":
        return [metadata];
      case "remove":
      case "rm":
        return [
          {
            kind: "uninstall",
            manager: "zypper",
            packages: operands.map(packageWord),
            orphans: hasOption(args, "-u", "--clean-deps"),
          },
        ];
      case "clean":
      case "cc":
        // Without an option only packages go, which zypper does not keep anyway.
        return hasOption(args, "-a", "--all", "-m", "--metadata", "-M", "--raw-metadata")
          ? [{ kind: "uncache", cache: "zypper" }]
          : [{ kind: "nothing" }];
      case "addrepo":
      case "ar":
      case "modifyrepo":
      case "mr":
      case "repos":
      case "lr":
      case "search":
      case "se":
      case "info":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

/** Without `=version` and its kin; files, addresses and patterns are not names. */
function packageWord(word: Word): PackageWord {
  const name = /^([A-Za-z0-9_][A-Za-z0-9_.+-]*)(?:[=<>].*)?$/.exec(word.text ?? "")?.[1];
  return { name: name?.endsWith(".rpm") ? undefined : name, word };
}
