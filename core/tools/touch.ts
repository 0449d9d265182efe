import { pathWords, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(["-d", "--date", "-t", "-r", "--reference", "--time"]);

/** An empty file, or new times on one that is there: then the layer stores its content again. */
export const touch: Tool = {
  names: ["touch"],
  effects({ words, directory }) {
    const paths = pathWords(splitArguments(words, valued).operands, directory);
    return [{ kind: "touch", paths, recursive: false, changes: "times", value: undefined }];
  },
};
