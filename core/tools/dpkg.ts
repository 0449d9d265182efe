import { hasOption, splitArguments, type Tool } from "./tool.ts";

/** dpkg: installs files whose packages are not known by name, and removes packages by name. */
export const dpkg: Tool = {
  names: ["dpkg"],
  effects({ words }) {
    const args = splitArguments(words, new Set(["--force-depends"]));
    if (hasOption(args, "-i", "--install", "--unpack")) {
      return [
        {
          kind: "install",
          manager: "apt",
          action: undefined,
          packages: args.operands.map((word) => ({ name: undefined, word })),
          group: undefined,
          recommends: false,
          recommendsFlag: undefined,
          renews: "always",
        },
      ];
    }
    if (hasOption(args, "-r", "--remove", "-P", "--purge")) {
      const packages = args.operands.map((word) => ({ name: word.text, word }));
      return [{ kind: "uninstall", manager: "apt", packages, orphans: false }];
    }
    return hasOption(
      args,
      "--add-architecture",
      "--print-architecture",
      "--configure",
      "-l",
      "--list",
      "-s",
      "--status",
      "-L",
    )
      ? [{ kind: "nothing" }]
      : undefined;
  },
};

/** Marks decide what the next removal of orphans takes. */
export const aptMark: Tool = {
  names: ["apt-mark"],
  effects({ words }) {
    const [action] = splitArguments(words, new Set()).operands;
    return [action?.text === "auto" ? { kind: "disown", manager: "apt" } : { kind: "nothing" }];
  },
};

/** Of a file by Debian's habit of naming: `curl_7.88.1-10_amd64.deb`. */
export const debPackageName = (file: string | undefined): string | undefined =>
  /(?:^|\/)([a-z0-9][a-z0-9+.-]+)_[^/_]+_[a-z0-9]+\.deb$/.exec(file ?? "")?.[1];
