/** An image's analysis for people at a terminal. */
import type { ImageAnalysis } from "../image/analysis.ts";
import type { WasteByKind } from "../image/merged-view.ts";
import type { BaseLayers } from "../link/base.ts";
import { plainCommand } from "../link/plain-command.ts";
import { addBytes, type Bytes, bytesLabel, noBytes, sumOf } from "../size/bytes.ts";
import type { InstructionOf } from "./image-json.ts";
import { readFromText } from "./read-from.ts";

const widestCommand = 60;
const mostRows = 10;

export function imageText(
  it: ImageAnalysis,
  instructionOf: InstructionOf,
  base: BaseLayers | undefined,
): string {
  const { image, bytes, layers } = it;
  const lines = [
    `${image.reference}  ${image.platform}  ${layers.length} layers, ${bytesLabel(bytes.layers)} measured${readFromText(image.readFrom)}`,
    "",
    row("layer", "size", "hidden", "made by"),
    ...layers.map(({ index, bytes: size, wasted, createdBy }) => {
      const from = instructionOf(index);
      const command = shortened(plainCommand(createdBy));
      const hidden = totalOf(wasted);
      return row(
        String(index),
        bytesLabel(size),
        hidden === 0 ? "" : bytesLabel(hidden),
        from === null ? command : `${command}  (${from.path}:${from.line + 1})`,
      );
    }),
    "",
    ...baseLines(it, base),
    `Visible in a container: ${bytesLabel(bytes.visible)}. ${wasteText(bytes.wasted)}`,
    ...(bytes.duplicated > 0
      ? [`Stored more than once with equal content: ${bytesLabel(bytes.duplicated)}.`]
      : []),
    ...packageLines(it),
    ...it.troubles
      .slice(0, mostRows)
      .map(({ path, why }) => `trouble: ${path === "" ? "" : `${path}: `}${why}`),
  ];
  return `${lines.join("\n")}\n`;
}

function baseLines({ layers }: ImageAnalysis, base: BaseLayers | undefined): string[] {
  if (base === undefined) return [];
  const size = bytesLabel(sumOf(layers.slice(0, base.count).map(({ bytes }) => bytes)));
  const which = base.count === 1 ? "the lowest layer" : `the lowest ${base.count} layers`;
  return [
    base.count === 0
      ? `No layer is a base image's (known from ${base.from}).`
      : `Of the base image: ${size}, ${which} (known from ${base.from}).`,
  ];
}

function wasteText(wasted: WasteByKind): string {
  const total = totalOf(wasted);
  if (total === 0) return "Nothing is hidden by later layers.";
  const parts = [
    ...(wasted.deleted > 0 ? [`${bytesLabel(wasted.deleted)} deleted`] : []),
    ...(wasted.overwritten > 0 ? [`${bytesLabel(wasted.overwritten)} overwritten`] : []),
    ...(wasted.metadataOnly > 0
      ? [`${bytesLabel(wasted.metadataOnly)} stored again with only mode, owner or time changed`]
      : []),
  ];
  return `Hidden by later layers: ${bytesLabel(total)} (${parts.join(", ")}).`;
}

function packageLines({ packages }: ImageAnalysis): string[] {
  const named = packages.filter(({ name }) => !name.startsWith("("));
  if (named.length === 0) return [];
  return [
    "",
    "Largest packages:",
    ...named
      .slice(0, mostRows)
      .map(({ bytes, name, version, ecosystem, layer }) =>
        row("", bytesLabel(bytes), ecosystem, `${name} ${version}  layer ${layer}`),
      ),
  ];
}

const totalOf = ({ deleted, overwritten, metadataOnly }: WasteByKind): Bytes =>
  [deleted, overwritten, metadataOnly].reduce(addBytes, noBytes);

const row = (index: string, size: string, hidden: string, rest: string): string =>
  `${index.padStart(5)}  ${size.padStart(8)}  ${hidden.padStart(8)}  ${rest}`.trimEnd();

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= widestCommand ? line : `${line.slice(0, widestCommand - 1)}…`;
}
