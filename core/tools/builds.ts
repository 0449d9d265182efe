import { posixJoin } from "../dockerfile/paths.ts";
import { hasOption, optionValue, type SplitArguments, splitArguments, type Tool } from "./tool.ts";

/** Of make, ninja, meson and cmake. */
const valued = new Set(["-C", "--directory", "--install", "-f", "-B", "-S", "-G", "--target", "--build"]);

/** Tools that exist to build. */
export const builders: Tool = {
  names: ["make", "cmake", "ninja", "meson", "rustc", "bazel", "node-gyp", "configure"],
  effects({ words, directory }) {
    const args = splitArguments(words, valued);
    if (hasOption(args, "--version")) return [{ kind: "nothing" }];
    const folder = optionValue(args, "-C", "--directory", "--install");
    const tree = folder === undefined ? directory : posixJoin(directory, folder.text);
    return installs(args) ? [{ kind: "build" }, { kind: "self-install", tree }] : [{ kind: "build" }];
  },
};

/** `make install`, `ninja -C build install`, `cmake --install build`. */
const installs = (args: SplitArguments): boolean =>
  hasOption(args, "--install") ||
  optionValue(args, "--target")?.text === "install" ||
  args.operands.some(({ text }) => text === "install");
