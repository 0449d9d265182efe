import { resolve } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import { linkLayers } from "../../core/link/link.ts";
import type { InstructionOf } from "../../core/report/image-json.ts";
import type { Console } from "./console.ts";
import { shownPath } from "./inputs.ts";
import { Workbench } from "./workbench.ts";

/** The Dockerfile that made an image, and which of its instructions made which layer. */
interface OpenDockerfile {
  readonly facts: Facts;
  readonly instructionsOf: (analysis: ImageAnalysis) => InstructionOf;
}

/** A text instead: why the Dockerfile could not be read. Undefined: nothing is known of its instructions. */
export async function openDockerfile(
  dockerfile: string,
  context: string | undefined,
  console: Console,
): Promise<OpenDockerfile | string | undefined> {
  const path = resolve(console.directory, dockerfile);
  const shown = shownPath(console.directory, path);
  const bench = await Workbench.open(console);
  const opened = await bench.read(
    { path, shown, kind: "dockerfile", folder: console.directory },
    { target: "", context: context === undefined ? "" : resolve(console.directory, context) },
  );
  if (typeof opened === "string") return opened;
  const facts = bench.judge.factsOf(opened.reading, opened.world);
  if (facts === undefined) return undefined;
  const { lines } = opened.reading;
  return {
    facts,
    instructionsOf: (analysis) => {
      const links = linkLayers(facts, analysis);
      return (layer) => {
        const instruction = links[layer];
        return instruction === undefined ? null : { path: shown, line: lines.lineAt(instruction.at.start) };
      };
    },
  };
}
