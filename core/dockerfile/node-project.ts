/** What a Dockerfile and its build context say about a Node project. */

import { needsDevelopment, readPackageManifest } from "../tools/package-manifest.ts";
import type { ProjectInstall } from "../tools/project-install.ts";
import type { World } from "../world.ts";
import type { Command, Facts, RunInstruction } from "./facts.ts";
import { manifestAt } from "./manifest-at.ts";

/** Of the project that is installed, and whether images start what only development has; undefined: the file is not known. */
export function packageManifest(facts: Facts, world: World, run: RunInstruction, install: ProjectInstall) {
  if (install.development !== true || install.tool === "bundle" || install.tool === "composer")
    return undefined;
  const text = manifestAt(facts, world, run, install.directory, "package.json");
  const manifest = text === undefined ? undefined : readPackageManifest(text);
  return (
    manifest && { ...manifest, needed: startScripts(facts).some((it) => needsDevelopment(manifest, it)) }
  );
}

/** Scripts that shipped images start: `npm start`, `yarn serve`, `npm run serve`. */
const startScripts = (facts: Facts): readonly string[] =>
  facts.shipped.flatMap((it) => {
    if (it.keyword !== "CMD" && it.keyword !== "ENTRYPOINT") return [];
    const match = /\b(?:npm|yarn|pnpm|bun)[\s"',]+(?:run(?:-script)?[\s"',]+)?([\w:.-]+)/.exec(it.source);
    return match?.[1] === undefined ? [] : [match[1]];
  });

/** `rm -rf node_modules`, also where the working directory is not known. */
export const removesModules = ({ words }: Command): boolean =>
  words[0]?.text === "rm" && words.some(({ text }) => /(?:^|\/)node_modules\/?$/.test(text ?? ""));
