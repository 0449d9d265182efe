import { posixJoin } from "../dockerfile/paths.ts";
import { aptLists } from "./apt.ts";
import type { Effect } from "./effect.ts";
import { hasOption, type Invocation, splitArguments, type Tool } from "./tool.ts";

/**
 * Playwright's command line: downloads browsers, and their system libraries with `--with-deps` or `install-deps`, for which
 * it runs `apt-get update` and leaves the lists (installDependenciesLinux in microsoft/playwright's registry/dependencies.ts).
 */
export const playwright: Tool = {
  names: ["playwright"],
  effects: (call) => playwrightEffects(call),
};

export function playwrightEffects({
  words,
  directory,
  environment,
}: Invocation): readonly Effect[] | undefined {
  const args = splitArguments(words, new Set());
  const [action, ...browsers] = args.operands;
  switch (action?.text) {
    case "install": {
      if (hasOption(args, "--dry-run", "--list")) return [{ kind: "nothing" }];
      const named = environment.get("PLAYWRIGHT_BROWSERS_PATH");
      const into =
        named ?? (environment.has("PLAYWRIGHT_BROWSERS_PATH") ? undefined : "/root/.cache/ms-playwright");
      return [
        {
          kind: "browser-download",
          tool: "playwright",
          action,
          browsers,
          // 0 puts them inside the package, wherever that is.
          directory: into === "0" ? undefined : posixJoin(directory, into),
        },
        ...(hasOption(args, "--with-deps") ? [aptLists] : []),
      ];
    }
    case "test":
    case "show-report":
      return [{ kind: "nothing" }];
    default:
      return undefined;
  }
}
