import { hasOption, splitArguments, type Tool } from "./tool.ts";

const builds = [{ kind: "build" }] as const;
const nothing = [{ kind: "nothing" }] as const;

/** pip, uv and their kin: an install may build a wheel, and that may call a compiler. */
export const pythonInstallers: Tool = {
  names: ["pip", "pip3", "uv", "poetry", "pdm", "pipenv", "conda", "mamba", "micromamba"],
  effects({ words }) {
    const actions = words.slice(1).map((it) => it.text);
    // Without source distributions nothing is compiled.
    if (actions.includes("--only-binary=:all:") || actions.includes("--no-build")) return undefined;
    return actions.some(
      (it) => it === "install" || it === "sync" || it === "wheel" || it === "build" || it === "add",
    )
      ? builds
      : undefined;
  },
};

export const python: Tool = {
  names: ["python", "python3"],
  effects({ words, directory, environment }) {
    const texts = words.map((it) => it.text);
    if (texts[1] === "-m" && (texts[2] === "pip" || texts[2] === "build")) {
      return pythonInstallers.effects({ words: words.slice(2), directory, environment });
    }
    return texts[1] === "setup.py" ? builds : undefined;
  },
};

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
    "cargo",
    "go",
    "rustc",
    "mvn",
    "gradle",
    "bazel",
  ],
  effects({ words }) {
    return hasOption(splitArguments(words, new Set()), "--version") ? nothing : builds;
  },
};

export const nodeInstallers: Tool = {
  names: ["npm", "yarn", "pnpm", "bun", "gem", "bundle", "composer", "node-gyp"],
  effects({ words }) {
    const [action] = splitArguments(words, new Set()).operands;
    const installs = ["install", "i", "ci", "add", "rebuild", "update", "run", "build"];
    return action === undefined || installs.includes(action.text ?? "") ? builds : undefined;
  },
};
