import { cargoCache } from "./language-caches.ts";
import { splitArguments, type Tool } from "./tool.ts";

const valued = new Set([
  "--bin",
  "--package",
  "-p",
  "--target",
  "--features",
  "-F",
  "--profile",
  "--manifest-path",
  "--target-dir",
  "-j",
  "--jobs",
  "--config",
  "--root",
  "--git",
  "--tag",
  "--branch",
  "--path",
  "--version",
  "--vers",
  "-Z",
]);

export const cargo: Tool = {
  names: ["cargo"],
  effects(call) {
    const { words, environment } = call;
    const args = splitArguments(words, valued);
    const action = args.operands.find((it) => !it.text?.startsWith("+"));
    switch (action?.text) {
      case "build":
      case "b":
      case "install":
      case "rustc": {
        const said = [environment.get("RUSTFLAGS"), environment.get("CARGO_PROFILE_RELEASE_STRIP")];
        const strips =
          /strip=(?:symbols|debuginfo)|link-arg=-s/.test(said[0] ?? "") ||
          (said[1] !== undefined && said[1] !== "none" && said[1] !== "false");
        return [
          {
            kind: "compile",
            language: "rust",
            // The profile in Cargo.toml may say it.
            keepsSymbols: strips ? false : undefined,
            keepsDebugData: !strips,
            action,
            stripFlag: undefined,
            output: undefined,
          },
          { kind: "build" },
          ...cargoCache(call),
        ];
      }
      case "fetch":
      case "vendor":
      case "chef":
      case "test":
      case "run":
        return [{ kind: "build" }];
      case "clean":
      case "version":
      case "login":
        return [{ kind: "nothing" }];
      default:
        return undefined;
    }
  },
};
