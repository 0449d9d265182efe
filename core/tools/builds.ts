import { hasOption, splitArguments, type Tool } from "./tool.ts";

/** Tools that exist to build. */
export const builders: Tool = {
  names: [
    "make",
    "cmake",
    "ninja",
    "meson",
    "gcc",
    "g++",
    "cc",
    "c++",
    "clang",
    "rustc",
    "mvn",
    "mvnw",
    "gradle",
    "gradlew",
    "bazel",
    "node-gyp",
    "dotnet",
  ],
  effects({ words }) {
    return hasOption(splitArguments(words, new Set()), "--version")
      ? [{ kind: "nothing" }]
      : [{ kind: "build" }];
  },
};
