import { resolve } from "node:path";
import type { Facts } from "../../core/dockerfile/facts.ts";
import type { ImageAnalysis } from "../../core/image/analysis.ts";
import { baseLayersOf } from "../../core/link/base.ts";
import { linkLayers } from "../../core/link/link.ts";
import { type InstructionOf, imageJson } from "../../core/report/image-json.ts";
import { imageText } from "../../core/report/image-text.ts";
import { noChoice } from "../engine/daemon/choose-engine.ts";
import type { AnalysisTarget } from "../engine/image/messages.ts";
import { referenceOf } from "../engine/registry/reference.ts";
import type { Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { exists, shownPath } from "./inputs.ts";
import { readImage } from "./read-image.ts";
import { Workbench } from "./workbench.ts";

export async function analyze(
  command: Extract<Command, { kind: "analyze" }>,
  console: Console,
): Promise<Exit> {
  const start = performance.now();
  const target = await targetOf(command, console);
  if (typeof target === "string") {
    console.trouble(target);
    return exits.trouble;
  }
  const result = await readImage(target, command.target, console);
  if (result === undefined) return exits.interrupted;
  if (!result.ok) {
    console.trouble(result.problem.message);
    return exits.trouble;
  }
  const opened = await dockerfileOf(command, console);
  if (typeof opened === "string") {
    console.trouble(opened);
    return exits.trouble;
  }
  const { analysis, relatives } = result;
  const instructionOf = opened?.instructionsOf(analysis) ?? (() => null);
  const base = baseLayersOf(analysis, { ...relatives, facts: opened?.facts });
  await console.out(
    command.format === "json"
      ? `${JSON.stringify(imageJson(analysis, instructionOf, base, performance.now() - start), undefined, 2)}\n`
      : imageText(analysis, instructionOf, base),
  );
  return exits.fine;
}

async function targetOf(
  { target, registry, platform }: Extract<Command, { kind: "analyze" }>,
  console: Console,
): Promise<AnalysisTarget | string> {
  if (registry !== undefined) {
    const { plainHttp } = registry;
    const host = referenceOf(target)?.address;
    return {
      kind: "registry",
      reference: target,
      platform,
      insecure: plainHttp && host !== undefined ? [host] : [],
    };
  }
  const path = resolve(console.directory, target);
  if (await exists(path)) return { kind: "archive", path, platform };
  return platform === ""
    ? { kind: "image", reference: target, engine: noChoice }
    : "--platform chooses in archives, layouts and registries; an engine's image is for the platform it was built for";
}

interface OpenDockerfile {
  readonly facts: Facts;
  readonly instructionsOf: (analysis: ImageAnalysis) => InstructionOf;
}

/** A text instead: why the Dockerfile could not be read. Undefined: none was named. */
async function dockerfileOf(
  { dockerfile, context }: Extract<Command, { kind: "analyze" }>,
  console: Console,
): Promise<OpenDockerfile | string | undefined> {
  if (dockerfile === undefined) return undefined;
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
