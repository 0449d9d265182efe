/** Flows: whether what a stage puts at a path reaches an image that is built. */
import { chainBefore } from "./chain.ts";
import type { CopyInstruction, Facts, Instruction } from "./facts.ts";
import { baseName, isWithin, withoutSlash } from "./paths.ts";

/** Longer ways through stages than anybody wrote. */
const mostSteps = 8;

/**
 * How something that an instruction leaves at a path ships: in its own layer ("layer"), through the COPY that the
 * answer names, or not at all as far as the words say (undefined).
 */
export function shipsFrom(
  facts: Facts,
  instruction: Instruction,
  path: string,
): "layer" | CopyInstruction | undefined {
  if (facts.shipped.includes(instruction)) return "layer";
  return carrierOf(facts, instruction, path, mostSteps);
}

function carrierOf(
  facts: Facts,
  instruction: Instruction,
  path: string,
  steps: number,
): CopyInstruction | undefined {
  if (steps === 0) return undefined;
  for (const copy of facts.instructions) {
    if (copy.kind !== "copy" || copy.onbuild || copy.fromStage === undefined) continue;
    if (!isInStage(facts, instruction, copy.fromStage)) continue;
    const place = placeAfter(copy, path);
    if (place === undefined) continue;
    if (facts.shipped.includes(copy)) return copy;
    const next = carrierOf(facts, copy, place, steps - 1);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** Whether the instruction's layer is part of the stage as a whole. */
function isInStage(facts: Facts, instruction: Instruction, stage: number): boolean {
  if (instruction.stage === stage) return true;
  const from = facts.stages[stage]?.from;
  return from !== undefined && chainBefore(facts, from).includes(instruction);
}

/** Where the path, or a part of what lies there, is after the COPY; undefined: it is not taken, or nobody can tell. */
function placeAfter(copy: CopyInstruction, path: string): string | undefined {
  const { destinationPath } = copy;
  if (destinationPath === undefined) return undefined;
  const target = withoutSlash(destinationPath);
  for (const { text } of copy.sources) {
    if (text === undefined || /[*?[]/.test(text)) continue;
    const source = withoutSlash(text.startsWith("/") ? text : `/${text}`);
    // The destination becomes the directory itself, its content lies directly below.
    if (isWithin(path, source)) {
      const inside = withoutSlash(path).slice(source === "/" ? 0 : source.length);
      return `${target === "/" ? "" : target}${inside}` || "/";
    }
    if (isWithin(source, path))
      return destinationPath.endsWith("/") ? `${destinationPath}${baseName(source)}` : target;
  }
  return undefined;
}
