import { posixJoin } from "../dockerfile/paths.ts";
import { managedInstall } from "./project-manager.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "-r",
  "--requirements",
  "-e",
  "--editable",
  "--python",
  "-i",
  "--index",
  "--categories",
]);

/** Pipenv: development packages come along only when asked for. */
export const pipenv: Tool = {
  names: ["pipenv"],
  effects(call) {
    const args = splitArguments(call.words, valued);
    const [action] = args.operands;
    if (action?.text === "--version" || action?.text === "lock") return [{ kind: "nothing" }];
    if (action?.text !== "install" && action?.text !== "sync") return undefined;
    const asked = args.options.filter(({ name }) => name === "-d" || name === "--dev");
    return managedInstall(call, action, {
      tool: "pipenv",
      selection: {
        directory: call.directory,
        extras: [],
        allExtras: false,
        groups: [],
        allGroups: false,
        only: [],
        without: [],
        development: asked.length > 0 ? "asked for" : "left out",
        developmentWords: asked.map(({ word }) => word),
        productionFlag: undefined,
      },
      into: hasOption(args, "--system")
        ? "/usr/local/lib"
        : (posixJoin(call.directory, ".venv") ?? "/app/.venv"),
      locked: action.text === "sync" || hasOption(args, "--deploy", "--ignore-pipfile"),
      compiles: true,
    });
  },
};
