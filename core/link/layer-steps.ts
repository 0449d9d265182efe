/** Which entries of a history made layers, where the history itself does not say (an engine's answer has sizes alone). */
import { plainCommand } from "./plain-command.ts";

export interface HistoryStep {
  readonly createdBy: string;
  readonly bytes: number;
}

/** Instructions that change the image's settings and no file. */
const settings =
  /^(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

/**
 * Indexes of the steps that made the `layers`, lowest first. A step that brought no bytes may have made a layer of
 * folders or none at all; `sizes`, those of the layers, tell it where they are known. Undefined: it cannot be told.
 */
export function layerSteps(
  steps: readonly HistoryStep[],
  layers: number,
  sizes?: readonly number[],
): readonly number[] | undefined {
  const heavy = steps.flatMap(({ bytes }, index) => (bytes > 0 ? [index] : []));
  if (heavy.length === layers) return heavy;
  const possible = steps.flatMap(({ bytes, createdBy }, index) =>
    bytes > 0 || !settings.test(plainCommand(createdBy)) ? [index] : [],
  );
  if (possible.length === layers) return possible;
  return sizes === undefined ? undefined : between(possible, new Set(heavy), sizes);
}

/** Layers with bytes are the heavy steps in their order; between two of them all possible steps made layers, or none. */
function between(
  possible: readonly number[],
  heavy: ReadonlySet<number>,
  sizes: readonly number[],
): readonly number[] | undefined {
  const res: number[] = [];
  const waiting = [...possible];
  for (let layer = 0; ; ) {
    let light = 0;
    for (; sizes[layer] === 0; layer += 1) light += 1;
    const next = waiting.findIndex((it) => heavy.has(it));
    const skipped = waiting.splice(0, next === -1 ? waiting.length : next);
    if (light !== 0 && light !== skipped.length) return undefined;
    if (light !== 0) res.push(...skipped);
    const step = waiting.shift();
    if (step === undefined || layer === sizes.length)
      return step === undefined && layer === sizes.length ? res : undefined;
    res.push(step);
    layer += 1;
  }
}
