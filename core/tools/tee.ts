import { pathWords, splitArguments, type Tool } from "./tool.ts";

export const tee: Tool = {
  names: ["tee"],
  effects({ words, directory }) {
    const { operands } = splitArguments(words, new Set());
    const files = operands.filter(({ text }) => !text?.startsWith("/dev/"));
    return files.length === 0
      ? [{ kind: "nothing" }]
      : [{ kind: "create", paths: pathWords(files, directory) }];
  },
};
