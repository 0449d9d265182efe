import { pathWords, splitArguments, type Tool } from "./tool.ts";

export const rm: Tool = {
  names: ["rm", "unlink", "rmdir"],
  effects({ words, directory }) {
    return [{ kind: "remove", paths: pathWords(splitArguments(words, new Set()).operands, directory) }];
  },
};
