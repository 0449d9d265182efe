import type { Word } from "../dockerfile/facts.ts";
import type { CacheEffect, PackageWord } from "./effect.ts";
import { hasOption, type SplitArguments, splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "-o",
  "--option",
  "-c",
  "--config-file",
  "-t",
  "--target-release",
  "--default-release",
  "-a",
  "--host-architecture",
  "-P",
  "--build-profiles",
]);

/** What `apt-get update` leaves, whoever calls it. */
export const aptLists: CacheEffect = {
  kind: "cache",
  cache: "apt-lists",
  label: "apt's package lists",
  holds: "index",
  directory: "/var/lib/apt/lists",
  neededBy: "apt",
  cost: { kind: "package-lists", manager: "apt" },
  avoid: [
    { by: "cleanup", command: "rm -rf /var/lib/apt/lists/*" },
    { by: "mount", target: "/var/lib/apt", locked: true },
  ],
};

const archives: CacheEffect = {
  kind: "cache",
  cache: "apt-archives",
  label: "apt's downloaded packages",
  holds: "downloads",
  directory: "/var/cache/apt/archives",
  cost: { kind: "package-archives", manager: "apt" },
  // In Debian's and Ubuntu's images, and all that are built on them.
  emptiedBy: "/etc/apt/apt.conf.d/docker-clean",
  avoid: [
    { by: "cleanup", command: "apt-get clean" },
    { by: "mount", target: "/var/cache/apt", locked: true },
  ],
};

/** apt-get, apt and aptitude: packages with their words, the lists and archives they leave. */
export const apt: Tool = {
  names: ["apt-get", "apt", "aptitude"],
  effects({ words }) {
    const args = splitArguments(words, valued);
    const [action, ...operands] = args.operands;
    switch (action?.text) {
      case "update":
        return [aptLists];
      case "install":
      case "reinstall":
      case "satisfy":
        return [
          {
            kind: "install",
            manager: "apt",
            action,
            packages: packagesIn(operands),
            group: undefined,
            recommends: recommends(args),
            recommendsFlag: words[0]?.text?.endsWith("aptitude")
              ? "--without-recommends"
              : "--no-install-recommends",
            ...(hasOption(args, "--only-upgrade") && { renews: "if newer" as const }),
          },
          archives,
        ];
      case "build-dep":
        return [archives];
      case "upgrade":
      case "dist-upgrade":
      case "full-upgrade":
      case "safe-upgrade":
        return [
          ...(operands.length === 0 ? [{ kind: "upgrade" as const, manager: "apt" as const, action }] : []),
          archives,
        ];
      case "remove":
      case "purge":
      case "autoremove":
      case "autopurge": {
        const orphans =
          action.text.startsWith("auto") ||
          args.options.some((it) => ["--auto-remove", "--autoremove"].includes(it.name));
        return [{ kind: "uninstall", manager: "apt", packages: packagesIn(operands), orphans }];
      }
      case "clean":
        return [{ kind: "uncache", cache: "apt-archives" }];
      case "distclean":
      case "dist-clean":
        return [
          { kind: "uncache", cache: "apt-archives" },
          { kind: "uncache", cache: "apt-lists" },
        ];
      case "autoclean":
      case "auto-clean":
      case "check":
      case "list":
      case "show":
      case "search":
      case "policy":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};

/** apt installs recommended packages unless a flag or option of the call says no. */
function recommends(args: SplitArguments): boolean {
  return !args.options.some(
    ({ name, value }) =>
      name === "--no-install-recommends" ||
      name === "--without-recommends" ||
      (name === "-R" && value === undefined) ||
      (/^(?:-o|--option)$/.test(name) &&
        /^apt::install-recommends=["']?(?:0|false|no|off)/i.test(value?.text ?? "")),
  );
}

function packagesIn(operands: readonly Word[]): PackageWord[] {
  return operands.flatMap((word) => {
    // `name-` takes a package away, and a path or address is a file, not a name of the index.
    if (word.text?.endsWith("-")) return [];
    return [{ name: packageName(word.text), word }];
  });
}

/** Without `=version`, `/release` and `:architecture`; patterns and files are not names. */
function packageName(text: string | undefined): string | undefined {
  const match = /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?:[=/].*)?$/.exec(text ?? "");
  return match?.[1]?.endsWith(".deb") ? undefined : match?.[1];
}
