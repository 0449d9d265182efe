/**
 * Ties layers to the instructions that made them, through the image's history.
 *
 * Invariant: a link is made only where the instruction's own words are in the history entry, or where it follows from
 * the links above it; what cannot be proved is undefined.
 */

import type { Facts, Instruction } from "../dockerfile/facts.ts";
import type { AnalysedLayer, ImageAnalysis } from "../image/analysis.ts";
import type { HistoryEntry } from "../image/layer.ts";
import { addBytes, noBytes, sumOf } from "../size/bytes.ts";
import { type Fit, fitOfEntry } from "./fits.ts";
import type { Knowledge, KnownLayer } from "./knowledge.ts";
import { plainCommand } from "./plain-command.ts";

/** How one Dockerfile accounts for an image's history. */
export interface HistoryLink {
  /** For each history entry, oldest first, the instruction that made it. */
  readonly instructions: readonly (Instruction | undefined)[];
  /** History entries below the first instruction: the base image's. Undefined: not known. */
  readonly baseEntries: number | undefined;
  /** An instruction or an own entry is without its counterpart: the file is not as it was when the image was built. */
  readonly changed: boolean;
  /** How much speaks for this file having made the image. */
  readonly fit: number;
}

const weights: Readonly<Record<Fit, number>> = { no: 0, keyword: 1, words: 8 };
/** Longer histories are of no image that anybody builds. */
const longest = 1_000;

/** The stage that accounts for most; an image may have been built from any. */
export function linkHistory(facts: Facts, history: readonly HistoryEntry[]): HistoryLink {
  let best: HistoryLink | undefined;
  for (const stage of facts.stages.toReversed()) {
    const link = linkChain(chainOf(facts, stage.index), history);
    if (best === undefined || link.fit > best.fit) best = link;
  }
  return (
    best ?? { instructions: history.map(() => undefined), baseEntries: undefined, changed: false, fit: 0 }
  );
}

/** Instructions that a stage's image consists of, lowest first; FROM leaves no entry. */
function chainOf(facts: Facts, stage: number): readonly Instruction[] {
  const res: Instruction[] = [];
  const seen = new Set<number>();
  for (let at: number | undefined = stage; at !== undefined && !seen.has(at); at = facts.stages[at]?.parent) {
    seen.add(at);
    res.unshift(
      ...(facts.stages[at]?.instructions ?? []).filter((it) => !it.onbuild && it.keyword !== "FROM"),
    );
  }
  return res;
}

function linkChain(chain: readonly Instruction[], history: readonly HistoryEntry[]): HistoryLink {
  const matches = anchored(chain, history, aligned(chain, history));
  const instructions: (Instruction | undefined)[] = history.map(() => undefined);
  for (const { instruction, entry } of matches) instructions[entry] = chain[instruction];
  const linked = new Set(matches.map((it) => it.instruction));
  const first = matches[0]?.entry ?? history.length;
  const isWhole =
    chain.every((it, index) => linked.has(index) || !leavesEntry(it)) &&
    history.every((it, index) => index < first || instructions[index] !== undefined || isIncidental(it));
  return {
    instructions,
    baseEntries: baseEntriesOf(chain, matches, isWhole),
    changed: !isWhole,
    fit: fitOf(chain, matches),
  };
}

/** ARG may leave an entry or none, depending on the builder. */
const leavesEntry = (it: Instruction): boolean => it.keyword !== "ARG";

/** What no instruction need account for: build arguments, labels given on the command line, triggers that are only noted. */
const isIncidental = ({ createdBy }: HistoryEntry): boolean =>
  /^(?:ARG|LABEL|ONBUILD)\s/.test(plainCommand(createdBy));

interface Match {
  readonly instruction: number;
  readonly entry: number;
  readonly fit: Fit;
}

/** The longest common run of instructions and entries in order, by what proves most; later entries first. */
function aligned(chain: readonly Instruction[], history: readonly HistoryEntry[]): readonly Match[] {
  if (chain.length > longest || history.length > longest) return [];
  const texts = history.map(({ createdBy }) => plainCommand(createdBy));
  const fits = chain.map((it) => texts.map((text) => fitOfEntry(it, text)));
  const width = history.length + 1;
  const best = new Uint32Array((chain.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  const weight = (i: number, j: number): number => weights[fits[i]?.[j] ?? "no"];
  for (let i = 1; i <= chain.length; i += 1) {
    for (let j = 1; j <= history.length; j += 1) {
      const both = weight(i - 1, j - 1);
      const matched = both === 0 ? 0 : at(i - 1, j - 1) + both;
      best[i * width + j] = Math.max(matched, at(i - 1, j), at(i, j - 1));
    }
  }
  const res: Match[] = [];
  let [i, j] = [chain.length, history.length];
  while (i > 0 && j > 0) {
    const fit = fits[i - 1]?.[j - 1] ?? "no";
    if (fit !== "no" && at(i, j) === at(i - 1, j - 1) + weights[fit]) {
      res.unshift({ instruction: i - 1, entry: j - 1, fit });
      i -= 1;
      j -= 1;
    } else if (at(i, j) === at(i - 1, j)) i -= 1;
    else j -= 1;
  }
  return res;
}

/** A match by keyword alone holds where it ends the image or stands right below a match that holds. */
function anchored(
  chain: readonly Instruction[],
  history: readonly HistoryEntry[],
  matches: readonly Match[],
): readonly Match[] {
  const res: Match[] = [];
  let [instruction, entry] = [chain.length, history.length];
  let holds = true;
  for (const it of matches.toReversed()) {
    const isAdjacent: boolean =
      holds &&
      chain.slice(it.instruction + 1, instruction).every((one) => !leavesEntry(one)) &&
      history.slice(it.entry + 1, entry).every(isIncidental);
    holds = isAdjacent || it.fit === "words";
    if (holds) res.unshift(it);
    [instruction, entry] = [it.instruction, it.entry];
  }
  return res;
}

/** The base ends where the first instruction's entry begins, if that one is certain. */
function baseEntriesOf(
  chain: readonly Instruction[],
  matches: readonly Match[],
  isWhole: boolean,
): number | undefined {
  const [lowest] = matches;
  const first = chain.findIndex(leavesEntry);
  if (lowest === undefined || first === -1 || lowest.instruction > first) return undefined;
  const isFile = chain[lowest.instruction]?.kind !== "other" && lowest.fit === "words";
  return isWhole || isFile ? lowest.entry : undefined;
}

/** Every image has a CMD and a WORKDIR: they say nothing. */
const fitOf = (chain: readonly Instruction[], matches: readonly Match[]): number =>
  matches.filter(({ instruction, fit }) => {
    const keyword = chain[instruction]?.keyword;
    return (
      keyword !== "CMD" &&
      keyword !== "WORKDIR" &&
      (fit === "words" || keyword === "RUN" || keyword === "COPY")
    );
  }).length;

/** For each layer of the image, lowest first. */
export function linkLayers(
  facts: Facts,
  analysis: Pick<ImageAnalysis, "history" | "layers">,
): readonly (Instruction | undefined)[] {
  const { history, layers } = analysis;
  const { instructions } = linkHistory(facts, history);
  const none = layers.map(() => undefined);
  const res: (Instruction | undefined)[] = [];
  let squashed = false;
  for (const [index, entry] of history.entries()) {
    const isFile = /^(?:RUN|COPY|ADD)\s/.test(plainCommand(entry.createdBy));
    if (entry.emptyLayer) {
      // Buildah without --layers puts all that ran into the last entry's layer.
      squashed ||= isFile;
      continue;
    }
    const writes =
      isFile || /^WORKDIR\s/.test(plainCommand(entry.createdBy)) || instructions[index]?.kind === "run";
    res.push(squashed || !writes ? undefined : instructions[index]);
    squashed = false;
  }
  return res.length === layers.length ? res : none;
}

/** `baseLayers`: how many of the lowest layers the base image brought, where that is known. */
export function knowledgeOf(facts: Facts, analysis: ImageAnalysis, baseLayers?: number): Knowledge {
  const links = linkLayers(facts, analysis);
  const image = baseImageOf(facts, links);
  return {
    image: analysis.image.reference,
    imageId: analysis.image.id,
    layers: analysis.layers.flatMap((layer, index): KnownLayer[] => {
      const instruction = links[index];
      return instruction === undefined ? [] : [knownLayer(layer, instruction.source)];
    }),
    ...(baseLayers !== undefined &&
      image !== undefined && {
        base: { image, bytes: sumOf(analysis.layers.slice(0, baseLayers).map((it) => it.bytes)) },
      }),
  };
}

/** Of the stage that the image was built from: the one whose instructions stand highest. */
function baseImageOf(facts: Facts, links: readonly (Instruction | undefined)[]): string | undefined {
  const top = links.findLast((it) => it !== undefined);
  return top && facts.stages[top.stage]?.baseImage;
}

const knownLayer = ({ index, bytes, wasted, hides }: AnalysedLayer, instruction: string): KnownLayer => ({
  instruction,
  layer: index,
  bytes,
  wasted: [wasted.deleted, wasted.overwritten, wasted.metadataOnly].reduce(addBytes, noBytes),
  hides: [hides.deleted, hides.overwritten, hides.metadataOnly].reduce(addBytes, noBytes),
});
