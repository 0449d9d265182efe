import { hasOption, pathWords, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(["-e", "--expression", "-f", "--file", "-l", "--line-length"]);

/** sed writes files only with `-i`, whose suffix may be attached: `-i.bak`. */
export const sed: Tool = {
  names: ["sed"],
  effects({ words, directory }) {
    const inPlace = words.find(({ text }) => /^(?:-[nErsz]*i|--in-place)/.test(text ?? ""));
    if (inPlace === undefined) return [{ kind: "nothing" }];
    const rest = splitArguments(
      words.filter((it) => it !== inPlace),
      valued,
    );
    const hasScript =
      hasOption(rest, "-e", "--expression", "-f", "--file") || /^-[nErsz]*ie/.test(inPlace.text ?? "");
    const files = hasScript ? rest.operands : rest.operands.slice(1);
    return [{ kind: "create", paths: pathWords(files, directory) }];
  },
};
