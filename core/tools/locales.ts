import type { Tool } from "./tool.ts";

/** Where glibc keeps the locales that were compiled on the system. */
const compiled = "/usr/lib/locale";

/** Compilers of locales; locale-gen calls localedef for each that it is told to make. */
export const localeCompilers: Tool = {
  names: ["locale-gen", "localedef"],
  effects: ({ words: [program] }) =>
    program === undefined ? undefined : [{ kind: "create", paths: [{ path: compiled, word: program }] }],
};
