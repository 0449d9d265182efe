/** Comments by which hadolint is told to be silent: who wrote one has decided, and is not asked again by us. */
import { lineBelowComment } from "../text/lines.ts";
import type { Span } from "../text/span.ts";
import type { Facts } from "./facts.ts";

export interface PeerIgnore {
  /** As hadolint names its rules: "DL3009". */
  readonly code: string;
  readonly scope: "file" | Span;
}

const pattern = /^#\s*hadolint\s+(global\s+)?ignore\s*=\s*([A-Z]{2}\d+(?:\s*,\s*[A-Z]{2}\d+)*)/;

/** `# hadolint ignore=DL3009,DL3042` above an instruction, `# hadolint global ignore=…` for the file. */
export function hadolintIgnores(facts: Facts): readonly PeerIgnore[] {
  if (!facts.text.includes("hadolint")) return [];
  return facts.comments.flatMap(({ at }) => {
    const [, global, codes = ""] = pattern.exec(facts.text.slice(at.start, at.end)) ?? [];
    const below = lineBelowComment(facts.text, at.end);
    const scope =
      global !== undefined
        ? "file"
        : below && facts.instructions.find((it) => below.start <= it.at.start && it.at.start < below.end)?.at;
    return scope === undefined ? [] : [...codes.matchAll(/[A-Z]{2}\d+/g)].map(([code]) => ({ code, scope }));
  });
}
