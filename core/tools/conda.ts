import { condaCache } from "./language-caches.ts";
import { splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "-n",
  "--name",
  "-p",
  "--prefix",
  "-c",
  "--channel",
  "-f",
  "--file",
  "-r",
  "--root-prefix",
]);

/** conda, mamba and micromamba. */
export const conda: Tool = {
  names: ["conda", "mamba", "micromamba"],
  effects(call) {
    const [action, second] = splitArguments(call.words, valued).operands;
    switch (action?.text) {
      case "install":
      case "create":
      case "update":
      case "upgrade":
        return [{ kind: "build" }, ...condaCache(call)];
      case "clean":
        return [{ kind: "uncache", cache: "conda" }];
      case "env":
        return second?.text === "create" || second?.text === "update"
          ? [{ kind: "build" }, ...condaCache(call)]
          : [{ kind: "nothing" }];
      case "config":
      case "init":
      case "info":
      case "list":
      case "shell":
      case "activate":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};
