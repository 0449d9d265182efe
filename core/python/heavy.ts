/** Requirements that ship, weigh much and may be unused: what is worth looking for in the sources. */
import { middleOf, type Size } from "../size/size.ts";
import type { GraphNode } from "./graph.ts";
import { knownModules, modulesOfNode } from "./module-names.ts";
import { groupsWith, type PythonProject, type Requirement, withNamedFiles } from "./project.ts";
import { shippedGroups } from "./python-facts.ts";
import { scalesFor } from "./scales-for.ts";
import { mentionNames } from "./source-use.ts";
import { decidingImage, type PythonSurroundings, pathInside, targetFor } from "./surroundings.ts";
import { mayBeUsedUnseen } from "./used-unseen.ts";
import type { Scales } from "./weigh.ts";

/** Less is not worth a doubt. */
const leastBytes = 20_000_000;

export interface HeavyRequirement {
  readonly requirement: Requirement;
  readonly gone: readonly GraphNode[];
  readonly saving: Size;
  /** Keys of what a source would mention (source-use.ts). */
  readonly names: readonly string[];
}

/** Of these requirements, which are lines of one document. */
export function heavyRequirements(
  own: readonly Requirement[],
  whole: PythonProject,
  scales: Scales,
  surroundings: PythonSurroundings,
): readonly HeavyRequirement[] {
  const target = targetFor(whole, surroundings);
  const installed = [...scales.installed()];
  // What needs nobody knows what may need any of these.
  const { graph } = scales;
  if (!installed.every((it) => graph.tellsNeeds(it) && graph.untoldExtras(it).length === 0)) return [];
  const names = installed.map((it) => it.name);
  return own.flatMap((requirement) => {
    const node = requirement.url === undefined ? graph.nodeOf(requirement) : undefined;
    if (node === undefined) return [];
    const gone = [...scales.dominatedBy([requirement])];
    const saving = scales.totalOf(gone);
    if ((middleOf(saving) ?? 0) < leastBytes) return [];
    const modules = modulesOfNode(node, surroundings, target);
    if (modules === undefined) return [];
    if (mayBeUsedUnseen(node.name, names)) return [];
    return [{ requirement, gone, saving, names: mentionNames(node.name, modules) }];
  });
}

/** What is looked for in the project's files; undefined: nothing heavy may be unused. */
export function namesToLookFor(
  path: string,
  project: PythonProject,
  surroundings: PythonSurroundings,
): ReadonlySet<string> | undefined {
  if (surroundings.lock === undefined && surroundings.catalogue === undefined) return undefined;
  const whole = withNamedFiles(project, (it) => surroundings.files.get(it));
  const image = decidingImage(surroundings);
  const groups = shippedGroups(whole, image, pathInside(surroundings, path));
  const shipped = groupsWith(whole.inclusions, groups);
  const own = project.requirements.filter((it) => shipped.has(it.group));
  const scales = scalesFor(whole, surroundings, { groups, bytecode: image?.bytecode === true });
  const heavy = heavyRequirements(own, whole, scales, surroundings);
  return heavy.length === 0
    ? undefined
    : new Set([...heavy, ...companionsOf(own, heavy)].flatMap((it) => it.names));
}

/**
 * Other requirements that a whole program would mention. Where most of them are not mentioned either, the sources are
 * elsewhere, and say nothing.
 */
export function companionsOf(
  own: readonly Requirement[],
  heavy: readonly HeavyRequirement[],
): readonly { readonly names: readonly string[] }[] {
  const names = new Set(own.map((it) => it.name));
  for (const it of heavy) names.delete(it.requirement.name);
  return [...names]
    .filter((it) => !mayBeUsedUnseen(it, names))
    .map((it) => ({
      names: mentionNames(it, [...knownModules(it), it.replace(/^python-|^py|-python$/g, "")]),
    }));
}
