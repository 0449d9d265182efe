import { posixJoin } from "../dockerfile/paths.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

export const bun: Tool = {
  names: ["bun"],
  effects({ words, directory }) {
    const args = splitArguments(words, new Set(["--cwd", "--registry", "--cache-dir", "--omit"]));
    const [action, ...packages] = args.operands;
    const leavesOut =
      hasOption(args, "-p", "--production") ||
      args.options.some(({ name, value }) => name === "--omit" && value?.text === "dev");
    switch (action?.text) {
      case "install":
      case "i":
        if (packages.length > 0 || hasOption(args, "-g", "--global")) return [{ kind: "build" }];
        return [
          {
            kind: "project-install",
            tool: "bun",
            action,
            directory,
            into: posixJoin(directory, "node_modules"),
            development: !leavesOut,
            developmentWords: [],
            productionFlag: "--production",
          },
          { kind: "build" },
        ];
      case "add":
      case "run":
      case "build":
        return [{ kind: "build" }];
      default:
        return undefined;
    }
  },
};
