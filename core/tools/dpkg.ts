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
