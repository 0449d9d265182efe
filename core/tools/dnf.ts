import type { Word } from "../dockerfile/facts.ts";
import { unknownSize } from "../size/size.ts";
import type { CacheEffect, PackageWord } from "./effect.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-c", "--config", "-x", "--exclude", "--enablerepo", "--disablerepo", "--repo", "--repoid", "--setopt"],
    ["--installroot", "--releasever", "-d", "--debuglevel", "-e", "--errorlevel", "--disableplugin"],
    ["--forcearch", "--comment", "-R", "--randomwait", "--rpmverbosity", "--advisory"],
  ].flat(),
);

/** dnf and its kin: packages with their words, the repositories' metadata that every install keeps. */
export const dnf: Tool = {
  names: ["dnf", "dnf5", "yum", "microdnf", "tdnf"],
  effects({ words }) {
    const args = splitArguments(words, valued);
    const [first, ...rest] = args.operands;
    // Another root is another system's packages.
    if (first === undefined || hasOption(args, "--installroot")) return undefined;
    const isGroup = first.text === "group" || first.text === "groups";
    const [action, operands] = isGroup ? [rest[0], rest.slice(1)] : [first, rest];
    if (action === undefined) return undefined;
    const cache = metadata(words[0]?.text ?? "dnf");
    switch (action.text) {
      case "install":
      case "reinstall":
      case "localinstall":
      case "groupinstall":
        return [
          {
            kind: "install",
            manager: "dnf",
            action,
            packages: operands.map(isGroup || action.text === "groupinstall" ? groupWord : packageWord),
            group: undefined,
            // Many images switch weak dependencies off in dnf.conf.
            recommends: false,
            recommendsFlag: undefined,
          },
          cache,
        ];
      case "update":
      case "upgrade":
      case "distro-sync":
        // Fixes of security are asked for on purpose, and are few.
        return [
          ...(operands.length === 0 && !hasOption(args, "--security", "--advisory", "--secseverity")
            ? [{ kind: "upgrade" as const, manager: "dnf" as const, action }]
            : []),
          cache,
        ];
      case "builddep":
      case "build-dep":
      case "makecache":
      case "check-update":
      case "groupupdate":
        return [cache];
      case "remove":
      case "erase":
      case "autoremove":
      case "groupremove":
        return [{ kind: "uninstall", manager: "dnf", packages: operands.map(packageWord), orphans: true }];
      case "clean":
        return operands.some(({ text }) => ["all", "metadata", "dbcache"].includes(text ?? ""))
          ? [{ kind: "uncache", cache: "dnf" }]
          : [{ kind: "nothing" }];
      case "list":
      case "info":
      case "search":
      case "repolist":
      case "provides":
      case "config-manager":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

function metadata(program: string): CacheEffect {
  return {
    kind: "cache",
    cache: "dnf",
    label: `the repository metadata of ${program.slice(program.lastIndexOf("/") + 1)}`,
    holds: "index",
    directory: "/var/cache/dnf",
    // Which of them depends on the release: yum and microdnf share the first or the second, dnf 5 has the third.
    otherDirectories: ["/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf"],
    cost: unknownSize("the repositories of the base image are not in the catalogue"),
    onlyIfMissing: true,
    avoid: [{ by: "cleanup", command: `${program} clean all` }],
  };
}

/** Without version and architecture as far as they are certain; files, addresses and patterns are not names. */
function packageWord(word: Word): PackageWord {
  if (word.text?.startsWith("@")) return groupWord({ ...word, text: word.text.slice(1) });
  const match =
    /^([A-Za-z0-9_][A-Za-z0-9_.+-]*?)(?:-\d[^-]*-[^-]+)?(?:\.(?:x86_64|aarch64|i686|noarch))?$/.exec(
      word.text ?? "",
    );
  return { name: match?.[1]?.endsWith(".rpm") ? undefined : match?.[1], word };
}

/** `@development-tools`, by its id; names with spaces are spelled like ids. */
const groupWord = (word: Word): PackageWord => ({
  name: word.text === undefined ? undefined : `@${word.text.toLowerCase().replaceAll(" ", "-")}`,
  word,
});
