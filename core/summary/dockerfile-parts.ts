/** The parts of a Dockerfile: the whole image, and each stage. */
import type { Facts, Instruction, Stage } from "../dockerfile/facts.ts";
import { instructionSizes } from "../hints.ts";
import { savingsLabel } from "../report/savings.ts";
import type { RatedFinding } from "../rules/check.ts";
import { middleOf, type Size, unknownSize } from "../size/size.ts";
import type { World } from "../world.ts";
import { isAboutBytes, largestFirst, type Part, type Row } from "./part.ts";

/** Longest text of an instruction in a list. */
const longestName = 80;

export function dockerfileParts(
  facts: Facts,
  world: World,
  findings: readonly RatedFinding[],
): readonly Part[] {
  if (facts.foreign || facts.stages.length === 0) return [];
  const sizes = instructionSizes(facts, world);
  const about = findings.filter(isAboutBytes);
  const layers = facts.shipped.filter((it) => makesLayer(facts, it));
  const file: Part = {
    id: "file",
    name: "Image",
    at: { start: 0, end: 0 },
    weight: `Image: ${weightOf(layers, sizes)}`,
    rows: () => rowsOf(facts, layers, sizes),
    findings: about,
  };
  // The only stage would say the same again.
  if (facts.stages.length === 1) return [file];
  return [
    file,
    ...facts.stages.map((stage): Part => {
      const name = stage.name ?? `stage ${stage.index}`;
      const own = layers.filter((it) => it.stage === stage.index);
      const next = facts.stages[stage.index + 1]?.from.at.start ?? facts.text.length;
      return {
        id: `stage:${stage.index}`,
        name,
        at: stage.from.keywordAt,
        weight: stage.shipped
          ? `${name}: ${weightOf(own, sizes)}`
          : `${name}: ${whyNotShipped(facts, stage)}`,
        rows: () => rowsOf(facts, own, sizes),
        findings: about.filter(({ at }) => stage.from.at.start <= at.start && at.start < next),
      };
    }),
  ];
}

/** The image at the bottom, and what writes files; the others write none. */
const makesLayer = (facts: Facts, it: Instruction): boolean =>
  it.kind !== "other" ||
  (it.keyword === "FROM" && facts.stages[it.stage]?.parent === undefined && !isScratch(facts, it));

const isScratch = (facts: Facts, { stage }: Instruction): boolean =>
  facts.stages[stage]?.baseImage === "scratch";

function weightOf(layers: readonly Instruction[], sizes: ReadonlyMap<Instruction, Size>): string {
  if (layers.length === 0) return "nothing of its own";
  const known = layers.flatMap((it) => sizes.get(it) ?? []);
  const unknown = layers.length - known.length;
  if (known.length === 0) return "size unknown before the image is analyzed";
  const rest = unknown === 0 ? "" : `, ${unknown} unknown`;
  return `${savingsLabel(known)}${rest}`;
}

function whyNotShipped(facts: Facts, { index }: Stage): string {
  const copied = facts.shipped.some((it) => it.kind === "copy" && it.fromStage === index);
  return copied ? "does not ship, but files are copied from it" : "does not ship";
}

function rowsOf(
  facts: Facts,
  layers: readonly Instruction[],
  sizes: ReadonlyMap<Instruction, Size>,
): readonly Row[] {
  return largestFirst(
    layers.map((it) => ({
      name: nameOf(it),
      size: sizes.get(it) ?? unknownSize(whyUnknown(it)),
      note: facts.stages.length === 1 ? "" : (facts.stages[it.stage]?.name ?? `stage ${it.stage}`),
      at: it.keywordAt,
    })),
  ).filter((it) => it.size.kind === "unknown" || middleOf(it.size) !== 0);
}

function nameOf({ source }: Instruction): string {
  const line = source.replace(/[\\`]?[ \t]*\r?\n\s*/g, " ").trim();
  return line.length <= longestName ? line : `${line.slice(0, longestName - 1)}…`;
}

function whyUnknown(it: Instruction): string {
  if (it.kind === "run") return "what the commands write shows in an analyzed image";
  if (it.kind === "other") return "the base image is in no catalogue; an analyzed image shows it";
  return it.from === undefined
    ? "the files are not in a known build context"
    : "files of another stage or image; an analyzed image shows them";
}
