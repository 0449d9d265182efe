import { resolve } from "node:path";
import { baseLayersOf } from "../../core/link/base.ts";
import { imageJson } from "../../core/report/image-json.ts";
import { imageText } from "../../core/report/image-text.ts";
import { noSettings } from "../engine/daemon/choose-engine.ts";
import { noProxySettings } from "../engine/http/proxy.ts";
import type { AnalysisTarget } from "../engine/image/messages.ts";
import { referenceOf } from "../engine/registry/reference.ts";
import type { Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { exists, shownPath } from "./inputs.ts";
import { readImage } from "./read-image.ts";

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
  const { dockerfile, context } = command;
  const opened =
    dockerfile === undefined
      ? undefined
      : await (await import("./documents.ts")).openDockerfile(dockerfile, context, console);
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

/** What no reference of an image looks like. */
const isPath = (target: string): boolean => /^[./~\\]|\.(?:tar|tgz|zip|tar\.\w+)$/i.test(target);

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
      proxy: noProxySettings,
      insecure: plainHttp && host !== undefined ? [host] : [],
    };
  }
  const path = resolve(console.directory, target);
  if (await exists(path)) return { kind: "archive", path: shownPath(console.directory, path), platform };
  if (isPath(target)) return `cannot read ${target}: no such file or folder`;
  return platform === ""
    ? { kind: "image", reference: target, engine: noSettings }
    : "--platform chooses in archives, layouts and registries; an engine's image is for the platform it was built for";
}
