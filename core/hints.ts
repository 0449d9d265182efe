/**
 * Hints: what instructions and package words weigh, for the ends of their lines.
 *
 * Invariant (promise 2): a measured number stands only on the text that it was measured for; what stands below a
 * changed instruction is marked stale.
 */
import { packageBaseAt } from "./dockerfile/chain.ts";
import { copiedSize } from "./dockerfile/copied.ts";
import type { Command, Facts, Instruction, RunInstruction } from "./dockerfile/facts.ts";
import type { Knowledge } from "./link/knowledge.ts";
import { layerLabel, type Measurement, measuredBase, measurementsOf } from "./link/measurements.ts";
import { bytesLabel } from "./size/bytes.ts";
import { howKnown, measured, middleOf, type Size, sizeLabel } from "./size/size.ts";
import type { Span } from "./text/span.ts";
import type { World } from "./world.ts";

export interface Hint {
  /** Where it is shown. */
  readonly at: number;
  /** Where a hover tells about it. */
  readonly covers: Span;
  readonly size: Size;
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
  /** It is about a whole instruction. */
  readonly ofInstruction?: true;
  /** Measured, but something below this layer has changed since. */
  readonly stale: boolean;
}

export function hintsOf(facts: Facts, world: World): readonly Hint[] {
  if (facts.foreign) return [];
  const measurements = measurementsOf(facts, world.knowledge);
  const hints: Hint[] = [];
  for (const it of facts.shipped) {
    const known = measurements.get(it);
    if (known !== undefined && world.knowledge !== undefined) {
      if (known.layer.bytes > 0) hints.push(measuredHint(it, known, world.knowledge));
    } else {
      const size = measuredBase(facts, world, it) ?? estimatedSize(facts, world, it);
      if (size !== undefined)
        hints.push({ ...hintAt(it.at.end, instructionHead(it), size), ofInstruction: true });
    }
    if (it.kind === "run") hints.push(...wordHints(facts, world, it));
  }
  return hints;
}

/** What is known of the layers of shipped instructions: measured where the text is as it was built, else estimated. */
export function instructionSizes(facts: Facts, world: World): ReadonlyMap<Instruction, Size> {
  const measurements = measurementsOf(facts, world.knowledge);
  const res = new Map<Instruction, Size>();
  for (const it of facts.shipped) {
    const known = measurements.get(it);
    const size =
      known === undefined
        ? (measuredBase(facts, world, it) ?? estimatedSize(facts, world, it))
        : measured(known.layer.bytes, layerLabel(world, known));
    if (size !== undefined) res.set(it, size);
  }
  return res;
}

function measuredHint(it: Instruction, { layer, stale }: Measurement, { image }: Knowledge): Hint {
  const size = measured(layer.bytes, `layer ${layer.layer} of image ${image}`);
  const notes = [
    ...(layer.wasted > 0 ? [`${bytesLabel(layer.wasted)} of it are hidden by later layers.`] : []),
    ...(layer.hides > 0 ? [`It hides ${bytesLabel(layer.hides)} of earlier layers.`] : []),
    ...(stale ? ["An instruction above has changed since that build."] : []),
  ];
  const base = hintAt(it.at.end, instructionHead(it), size);
  return {
    ...base,
    label: stale ? `${base.label} (before the change)` : base.label,
    tooltip: [base.tooltip, ...notes].join(" "),
    ofInstruction: true,
    stale,
  };
}

/** Undefined: nothing worth saying is known. */
function estimatedSize(facts: Facts, world: World, it: Instruction): Size | undefined {
  switch (it.kind) {
    case "copy":
      return copiedSize(world, it);
    case "run":
      return installedSize(facts, world, it);
    case "other":
      return it.keyword === "FROM" && facts.stages[it.stage]?.parent === undefined
        ? shown(world.packageSizes?.baseImage?.(facts.stages[it.stage]?.baseImage))
        : undefined;
  }
}

function installedSize(facts: Facts, world: World, run: RunInstruction): Size | undefined {
  const installs = installsOf(run);
  const all = installs.flatMap(({ effect }) => effect.packages.flatMap(({ name }) => name ?? []));
  if (all.length === 0) return undefined;
  const recommends = installs.some(({ effect }) => effect.recommends);
  const [manager] = installs.map(({ effect }) => effect.manager);
  if (manager === undefined || installs.some(({ effect }) => effect.manager !== manager)) return undefined;
  return shown(world.packageSizes?.closure({ all, recommends, base: packageBaseAt(facts, run, manager) }));
}

/** Package words that stand alone on their lines get their own part: what goes if only they go. */
function* wordHints(facts: Facts, world: World, run: RunInstruction): Generator<Hint> {
  const { packageSizes } = world;
  if (packageSizes === undefined) return;
  for (const { effect } of installsOf(run)) {
    const names = effect.packages.flatMap(({ name }) => name ?? []);
    if (effect.packages.length < 2) continue;
    for (const { name, word } of effect.packages) {
      if (name === undefined || !isAloneOnLine(facts.text, word.at)) continue;
      const size = shown(
        packageSizes.dominated({
          all: names,
          removed: [name],
          recommends: effect.recommends,
          base: packageBaseAt(facts, run, effect.manager),
        }),
      );
      if (size !== undefined) yield hintAt(word.at.end, word.at, size, "What goes if this package goes");
    }
  }
}

export const installsOf = (run: RunInstruction) =>
  run.commands.flatMap((command: Command) =>
    command.runs === "never"
      ? []
      : (command.effects ?? []).flatMap((effect) => (effect.kind === "install" ? [{ command, effect }] : [])),
  );

function isAloneOnLine(text: string, at: Span): boolean {
  const line = text.slice(text.lastIndexOf("\n", at.start) + 1, at.start);
  return line.trim() === "" && /^[ \t]*[\\`]?[ \t]*\r?(?:\n|$)/.test(text.slice(at.end, at.end + 200));
}

const shown = (size: Size | undefined): Size | undefined =>
  size === undefined || (middleOf(size) ?? 0) === 0 ? undefined : size;

function hintAt(at: number, covers: Span, size: Size, lead = "Size of this layer"): Hint {
  const label = sizeLabel(size);
  return { at, covers, size, label, tooltip: `${lead}: **${label}**. ${howKnown(size)}`, stale: false };
}

const instructionHead = ({ keywordAt }: Instruction): Span => keywordAt;
