import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";

/** A service or bake target that builds a given Dockerfile. */
export interface BuildPlan {
  /** The file that says so. */
  readonly file: string;
  readonly context: string;
  /** Empty: the last stage. */
  readonly target: string;
  /** Name of the image that it builds, when the file gives one. */
  readonly image: string | undefined;
}

const composeNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const overrideNames = composeNames.map((it) => it.replace(/\.(ya?ml)$/, ".override.$1"));
const bakeNames = ["docker-bake.json", "docker-bake.override.json"];
/** Larger files are not written by hand. */
const largest = 1_000_000;

/** Everything in one folder's compose and bake files that builds the Dockerfile. */
export async function buildPlans(folder: string, dockerfile: string): Promise<readonly BuildPlan[]> {
  const res: BuildPlan[] = [];
  for (const name of [...composeNames, ...overrideNames, ...bakeNames]) {
    const file = resolve(folder, name);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined || text.length > largest) continue;
    const content = name.endsWith(".json") ? jsonOf(text) : await yamlOf(text);
    const entries = isRecord(content) ? (content[name.includes("bake") ? "target" : "services"] ?? {}) : {};
    if (!isRecord(entries)) continue;
    for (const entry of Object.values(entries)) {
      const plan = name.includes("bake") ? bakePlan(file, entry) : composePlan(file, entry);
      if (plan?.dockerfile === dockerfile) res.push(plan.plan);
    }
  }
  return res;
}

interface Named {
  readonly dockerfile: string;
  readonly plan: BuildPlan;
}

function composePlan(file: string, service: unknown): Named | undefined {
  if (!isRecord(service)) return undefined;
  const { build, image } = service;
  const written = typeof build === "string" ? { context: build } : build;
  return isRecord(written) ? planOf(file, written, textOf(image)) : undefined;
}

function bakePlan(file: string, target: unknown): Named | undefined {
  if (!isRecord(target)) return undefined;
  const { tags } = target;
  return planOf(file, target, Array.isArray(tags) ? textOf(tags[0]) : undefined);
}

function planOf(file: string, build: Record<string, unknown>, image: string | undefined): Named | undefined {
  const context = textOf(build["context"] ?? ".");
  const name = textOf(build["dockerfile"] ?? "Dockerfile");
  const target = textOf(build["target"] ?? "");
  if (
    context === undefined ||
    name === undefined ||
    target === undefined ||
    /^(?:https?|git|ssh):|^git@/.test(context)
  ) {
    return undefined;
  }
  const folder = resolve(dirname(file), context);
  return {
    dockerfile: resolve(folder, name),
    plan: { file: basename(file), context: folder, target, image },
  };
}

/** Variables have their defaults; one without a default cannot be known. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const res = value.replace(/\$\{\w+:?-([^${}]*)\}/g, "$1").replaceAll("$$", "\0");
  return res.includes("$") ? undefined : res.replaceAll("\0", "$");
}

/** The parser is loaded for the first compose file: most folders have none. */
async function yamlOf(text: string): Promise<unknown> {
  try {
    const { parseDocument } = await import("yaml");
    // Merge keys are common in compose files; the bound stops aliases that multiply.
    return parseDocument(text, { merge: true, logLevel: "silent" }).toJS({ maxAliasCount: 200 });
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (it: unknown): it is Record<string, unknown> =>
  typeof it === "object" && it !== null && !Array.isArray(it);
