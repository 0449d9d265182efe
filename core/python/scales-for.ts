import type { GroupId, PythonProject } from "./project.ts";
import { decidingImage, type PythonSurroundings, targetFor } from "./surroundings.ts";
import { Scales } from "./weigh.ts";

/** The scales of a project, named files taken in, among what is known around it. `bytecode`: what installs writes it. */
export function scalesFor(
  project: PythonProject,
  surroundings: PythonSurroundings,
  { groups, bytecode }: { readonly groups: readonly GroupId[]; readonly bytecode: boolean },
): Scales {
  const { lock, catalogue, environment, index } = surroundings;
  const image = decidingImage(surroundings);
  return new Scales({
    project,
    target: targetFor(project, surroundings),
    lock,
    catalogue,
    groups,
    lockIgnoredBy: image?.ignoresLock,
    sources: {
      ...(image?.installed && { image: image.installed }),
      ...(environment && { environment }),
      ...(index && { index }),
      ...(bytecode && { bytecode }),
    },
  });
}
