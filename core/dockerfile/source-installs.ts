/** Whether an image that ships installs distributions that come as sources only, which compiles them there. */
import { readRequirementsFile } from "../python/requirements-file.ts";
import { compilesOnInstall, isSourceOnly } from "../tools/source-only.ts";
import type { World } from "../world.ts";
import type { Facts } from "./facts.ts";
import { contextFileAt, manifestAt } from "./manifest-at.ts";
import { shippedSites } from "./sites.ts";

export const installsSources = (facts: Facts, world: World): boolean =>
  shippedSites(facts, "python-install").some(
    ({ run, effect }) =>
      effect.requirements.some(({ name }) => name !== undefined && isSourceOnly(name)) ||
      effect.files.some(({ path }) => {
        const file = contextFileAt(facts, world, run, path);
        const text = file === undefined ? undefined : world.context?.manifests.get(file);
        return (
          text !== undefined &&
          readRequirementsFile(text, path).requirements.some(({ name }) => isSourceOnly(name))
        );
      }),
  ) ||
  shippedSites(facts, "project-install").some(({ run, effect }) => {
    const text = manifestAt(facts, world, run, effect.directory, "package.json");
    return text !== undefined && compilesOnInstall(text);
  });
