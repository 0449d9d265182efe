/** The command that takes the development packages out of a `node_modules` folder. */
import type { PackageManifest } from "../tools/package-manifest.ts";
import type { ProjectInstall } from "../tools/project-install.ts";

/** Undefined: there is none, or it would run a script that may need what is gone. `isLaterYarn`: it has a .yarnrc.yml. */
export function pruneCommand(
  tool: ProjectInstall["tool"],
  manifest: PackageManifest,
  image: string | undefined,
  isLaterYarn: boolean,
): string | undefined {
  switch (tool) {
    case "npm":
      return `npm prune ${hasOldNpm(image) ? "--production" : "--omit=dev"}`;
    case "pnpm":
      // It asks before it changes the folder, and runs the project's own scripts afterwards.
      return runsOwnScripts(manifest) ? undefined : "CI=true pnpm prune --prod";
    case "yarn":
      return isFirstYarn(manifest) && !isLaterYarn
        ? "yarn install --production --ignore-scripts --prefer-offline --frozen-lockfile"
        : undefined;
    case "bun":
      return runsOwnScripts(manifest) ? undefined : "rm -rf node_modules && bun install --production";
    case "bundle":
    case "composer":
      return undefined;
  }
}

/** npm 6, before Node.js 15, does not know `--omit`. */
function hasOldNpm(image: string | undefined): boolean {
  const [, release] = /(?:^|\/)node:(\d+)/.exec(image ?? "") ?? [];
  return release !== undefined && Number(release) < 15;
}

const own = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

const runsOwnScripts = ({ scripts }: PackageManifest): boolean => own.some((it) => scripts.has(it));

/** Later ones have another command for it, and may keep packages elsewhere. */
const isFirstYarn = ({ manager }: PackageManifest): boolean =>
  manager === undefined || /^yarn@1\b/.test(manager);
