import { posixJoin } from "../dockerfile/paths.ts";
import { environmentTakes } from "./npm.ts";
import { packagedEffects } from "./package-runner.ts";
import { hasOption, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(["-C", "--dir", "--filter", "-F", "--store-dir", "--reporter", "--registry"]);

export const pnpm: Tool = {
  names: ["pnpm"],
  effects(call) {
    const { words, directory, environment } = call;
    const args = splitArguments(words, valued);
    const [action] = args.operands;
    const isProduction = hasOption(args, "-P", "--prod", "--production");
    switch (action?.text) {
      case "install":
      case "i": {
        const asked = args.options.filter(({ name }) => name === "-D" || name === "--dev");
        return [
          {
            kind: "project-install",
            tool: "pnpm",
            action,
            directory,
            into: posixJoin(directory, "node_modules"),
            development: isProduction ? false : asked.length > 0 || environmentTakes(environment),
            developmentWords: asked.map(({ word }) => word),
            productionFlag: asked.length > 0 ? undefined : "--prod",
          },
          { kind: "build" },
        ];
      }
      case "prune":
        return isProduction ? [{ kind: "project-prune", tool: "pnpm", directory }] : [{ kind: "nothing" }];
      case "fetch":
      case "add":
      case "run":
      case "build":
      case "deploy":
      case "rebuild":
        return [{ kind: "build" }];
      case "store":
      case "config":
      case "setup":
      case undefined:
        return [{ kind: "nothing" }];
      case "exec":
      case "dlx":
        return packagedEffects(call, words.indexOf(action) + 1);
      default:
        return action && packagedEffects(call, words.indexOf(action));
    }
  },
};
