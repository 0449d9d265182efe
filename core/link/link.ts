/**
 * Ties layers to the instructions that made them, through the image's history, from the end backwards.
 *
 * Invariant: a link is made only where the instruction's own words account for the history entry; one that cannot be
 * proved is undefined, and so are those below it that depend on it.
 */

import type { CopyInstruction, Facts, Instruction } from "../dockerfile/facts.ts";
import type { AnalysedLayer, ImageAnalysis } from "../image/analysis.ts";
import type { HistoryEntry } from "../image/layer.ts";
import { addBytes, noBytes } from "../size/bytes.ts";
import type { Knowledge, KnownLayer } from "./knowledge.ts";
import { plainCommand } from "./plain-command.ts";

/** For each history entry, oldest first, the instruction that made it. */
export function linkHistory(
  facts: Facts,
  history: readonly HistoryEntry[],
): readonly (Instruction | undefined)[] {
  const res: (Instruction | undefined)[] = history.map(() => undefined);
  // FROM leaves no entry; ARG may leave one or none, depending on the builder.
  const chain = facts.shipped.filter((it) => it.keyword !== "FROM");
  let at = history.length - 1;
  for (const instruction of chain.toReversed()) {
    const entry = history[at];
    if (entry === undefined) break;
    if (fits(instruction, entry.createdBy)) {
      res[at] = instruction;
      at -= 1;
    } else if (instruction.keyword !== "ARG" && leavesEntry(instruction)) {
      // The file has changed here since the build: go on from the entry that fits next, if one does.
      const next = chain.indexOf(instruction);
      const found = resume(chain, next, history, at);
      if (found === undefined) break;
      at = found;
    }
  }
  return res;
}

/** After a changed instruction: the entry below is that of the instruction below, or nothing is certain. */
function resume(
  chain: readonly Instruction[],
  changed: number,
  history: readonly HistoryEntry[],
  at: number,
): number | undefined {
  const below = chain.slice(0, changed).findLast(leavesEntry);
  const entry = history[at - 1];
  if (below !== undefined && entry !== undefined && fits(below, entry.createdBy)) return at - 1;
  const same = history[at];
  return below !== undefined && same !== undefined && fits(below, same.createdBy) ? at : undefined;
}

const leavesEntry = (it: Instruction): boolean => it.keyword !== "ARG";

/** For each layer of the image, lowest first. */
export function linkLayers(
  facts: Facts,
  analysis: Pick<ImageAnalysis, "history" | "layers">,
): readonly (Instruction | undefined)[] {
  const links = linkHistory(facts, analysis.history);
  const made = links.filter((_, index) => analysis.history[index]?.emptyLayer === false);
  return made.length === analysis.layers.length ? made : analysis.layers.map(() => undefined);
}

/** How much of a Dockerfile an image's history shows: linked entries, most of all the last ones. */
export const fitOf = (facts: Facts, history: readonly HistoryEntry[]): number =>
  linkHistory(facts, history).filter(
    (it) => it !== undefined && it.keyword !== "CMD" && it.keyword !== "WORKDIR",
  ).length;

export function knowledgeOf(facts: Facts, analysis: ImageAnalysis): Knowledge {
  const links = linkLayers(facts, analysis);
  return {
    image: analysis.image.reference,
    imageId: analysis.image.id,
    layers: analysis.layers.flatMap((layer, index): KnownLayer[] => {
      const instruction = links[index];
      return instruction === undefined ? [] : [knownLayer(layer, instruction.source)];
    }),
  };
}

const knownLayer = ({ index, bytes, wasted, hides }: AnalysedLayer, instruction: string): KnownLayer => ({
  instruction,
  layer: index,
  bytes,
  wasted: [wasted.deleted, wasted.overwritten, wasted.metadataOnly].reduce(addBytes, noBytes),
  hides: [hides.deleted, hides.overwritten, hides.metadataOnly].reduce(addBytes, noBytes),
});

/** Whether an instruction's words account for the text that a builder left. */
function fits(it: Instruction, createdBy: string): boolean {
  const text = plainCommand(createdBy);
  const [keyword = ""] = text.split(/\s/, 1);
  if (keyword.toUpperCase() !== it.keyword) return false;
  const rest = squeezed(text.slice(keyword.length));
  switch (it.kind) {
    case "run":
      return it.form === "exec" ? true : sameWords(rest, squeezed(bodyOf(it.source)));
    case "copy":
      return fitsCopy(it, rest);
    case "other":
      return fitsOther(it, rest);
  }
}

/** BuildKit writes the words after variables, without flags; the classic builder a checksum instead of sources. */
function fitsCopy(it: CopyInstruction, rest: string): boolean {
  if (/^(?:dir|file|multi):[0-9a-f]+/.test(rest)) {
    return it.destination?.text !== undefined && rest.includes(` in ${it.destination.text}`);
  }
  const words = [...it.sources, ...(it.destination === undefined ? [] : [it.destination])];
  // A word that cannot be decided could be any.
  if (it.heredoc || words.some(({ text }) => text === undefined)) return true;
  return squeezed(rest.replace(/^(?:--\S+ )+/, "")) === squeezed(words.map(({ text }) => text).join(" "));
}

function fitsOther(it: Extract<Instruction, { kind: "other" }>, rest: string): boolean {
  if (it.keyword === "WORKDIR") {
    const path = it.words[0]?.text;
    return path === undefined || !path.startsWith("/") || rest === path.replace(/(?<=.)\/+$/, "");
  }
  if (it.keyword === "EXPOSE") return true;
  if (it.keyword === "ENV" || it.keyword === "LABEL") {
    const names = it.words.flatMap(({ text }) => /^([^=]+)=/.exec(text ?? "")?.[1] ?? []);
    return names.every((name) => rest.includes(`${name}=`));
  }
  return true;
}

/** What the shell got: without the keyword, flags, comments and continuations. */
function bodyOf(source: string): string {
  const lines = source.split(/\r?\n/);
  const joined = lines
    .filter((line, index) => index === 0 || !line.trimStart().startsWith("#"))
    .map((line) => line.replace(/[\\`][ \t]*$/, ""))
    .join("");
  return joined.replace(/^\S+\s+/, "").replace(/^(?:--[a-z][a-z0-9-]*(?:=\S*)?\s+)+/, "");
}

const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

/** A here-document shows as `<<EOF (first line…)`; all else as it was given to the shell. */
const sameWords = (entry: string, body: string): boolean =>
  entry === body || (body.startsWith("<<") && entry.startsWith("<<"));
