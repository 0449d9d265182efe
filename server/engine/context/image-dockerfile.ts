import { dirname, sep } from "node:path";
import type { Facts } from "../../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../../core/image/analysis.ts";
import { fullName } from "../../../core/link/base.ts";
import { linkHistory } from "../../../core/link/link.ts";
import { FolderPlans } from "./folder-plans.ts";

/** Fewer history entries in common say nothing: every image has a CMD. */
const leastFit = 2;

export interface FoundDockerfile {
  readonly path: string;
  readonly facts: Facts;
  /** Its lines and the image's history are not the same. */
  readonly changed: boolean;
}

/** Which Dockerfile made an image: one that a compose or bake file builds under its name, else the one that fits best. */
export async function dockerfileOf(
  analysis: ImageAnalysis,
  paths: Iterable<string>,
  factsOf: (path: string) => Promise<Facts | undefined>,
  folders: readonly string[],
): Promise<FoundDockerfile | undefined> {
  let best: FoundDockerfile | undefined;
  let bestFit = leastFit - 1;
  for (const path of paths) {
    const facts = await factsOf(path);
    const fit = facts === undefined ? 0 : linkHistory(facts, analysis.history).fit;
    if (facts === undefined || fit === 0) continue;
    if (await isNamedFor(path, analysis.image.reference, folders))
      return foundDockerfile(path, facts, analysis);
    if (fit <= bestFit) continue;
    best = foundDockerfile(path, facts, analysis);
    bestFit = fit;
  }
  return best;
}

export const foundDockerfile = (path: string, facts: Facts, { history }: ImageAnalysis): FoundDockerfile => ({
  path,
  facts,
  changed: linkHistory(facts, history).changed,
});

/** `shown`: how the Dockerfile is called. */
export const changedNotice = (shown: string): string =>
  `${shown} has changed since this image was built, or it is not what built it: lines that no layer fits have no measured size.`;

async function isNamedFor(path: string, reference: string, folders: readonly string[]): Promise<boolean> {
  const tops = folders.filter((it) => path.startsWith(`${it}${sep}`));
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const plans = await (await FolderPlans.of(folder)).for(path);
    if (
      plans.some(
        (it) =>
          it.dockerfile === path && it.image !== undefined && fullName(it.image) === fullName(reference),
      )
    )
      return true;
    if (tops.length === 0 || tops.includes(folder)) return false;
  }
}
