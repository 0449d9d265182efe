import { hasOption, splitArguments, type Tool } from "./tool.ts";

export const gem: Tool = {
  names: ["gem"],
  effects({ words }) {
    const [action] = splitArguments(words, new Set(["-v", "--version", "-i", "--install-dir"])).operands;
    if (action?.text === "install" || action?.text === "update") return [{ kind: "build" }];
    return action?.text === "sources" || action?.text === "env" ? [{ kind: "nothing" }] : undefined;
  },
};

/** Bundler: groups are left out by `BUNDLE_WITHOUT`, by configuration or by an old option. */
export const bundle: Tool = {
  names: ["bundle", "bundler"],
  effects({ words, directory, environment }) {
    const args = splitArguments(words, new Set(["--without", "--with", "--path", "-j", "--jobs", "--retry"]));
    const [action] = args.operands;
    switch (action?.text) {
      case "install":
      case undefined: {
        const word = action ?? words[0];
        if (word === undefined || hasOption(args, "--version", "-v")) return [{ kind: "nothing" }];
        const without = `${args.options.find(({ name }) => name === "--without")?.value?.text ?? ""}:${environment.get("BUNDLE_WITHOUT") ?? ""}`;
        const isLeftOut =
          /\b(?:development|test)\b/.test(without) || environment.get("BUNDLE_ONLY") === "default";
        // `bundle config` and the files that it writes may say it too.
        const development =
          isLeftOut || environment.get("BUNDLE_DEPLOYMENT") !== undefined ? false : undefined;
        return [
          {
            kind: "project-install",
            tool: "bundle",
            action: word,
            directory,
            into: environment.get("BUNDLE_PATH") ?? "/usr/local/bundle",
            development,
            developmentWords: [],
            productionFlag: undefined,
          },
          { kind: "build" },
        ];
      }
      case "exec":
        return [{ kind: "build" }];
      case "config":
      case "lock":
      case "check":
      case "clean":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};
