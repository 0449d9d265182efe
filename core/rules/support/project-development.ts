/** What makes a project's package manager (npm, Yarn, Composer, Bundler …) take packages of development along. */
import { removeWords } from "../../dockerfile/edits.ts";
import { insertAt } from "../../text/edit.ts";
import type { PackageManifest } from "../../tools/package-manifest.ts";
import type { ProjectInstall } from "../../tools/project-install.ts";
import type { DevelopmentCause } from "./development-cause.ts";

export function projectCause(
  install: ProjectInstall,
  manifest: (PackageManifest & { readonly needed: boolean }) | undefined,
): DevelopmentCause | undefined {
  if (install.development !== true || manifest?.development.length === 0 || manifest?.needed === true)
    return undefined;
  const { tool, action, productionFlag: flag, into, developmentWords } = install;
  const [asked] = developmentWords;
  const names = manifest === undefined ? "" : ` (${listed(manifest.development)})`;
  return {
    nameFirst: true,
    what:
      asked === undefined
        ? `${tool} also installs the project's development dependencies${names} unless it is told not to`
        : `${tool} is asked for the project's development dependencies${names}`,
    at: asked ?? action,
    folders: into === undefined ? [] : [into],
    fixTitle: asked === undefined ? `Add ${flag ?? ""}` : "Do not ask for them",
    fix:
      asked !== undefined
        ? (facts, command) => removeWords(facts, command.words, developmentWords)
        : flag === undefined
          ? undefined
          : () => [insertAt(action.at.end, ` ${flag}`)],
  };
}

const listed = (names: readonly string[]): string =>
  names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
