import { pathWords, splitArguments, type Tool } from "./tool.ts";

/** Takes symbols out of programs: strip itself under its names for other machines, and packers. */
export const strip: Tool = {
  names: ["strip", "eu-strip", "llvm-strip", "objcopy", "upx"],
  effects({ words, directory }) {
    const { operands } = splitArguments(words, new Set(["-o", "-R", "--remove-section", "-K", "-N"]));
    return [{ kind: "strip", paths: pathWords(operands, directory) }];
  },
};
