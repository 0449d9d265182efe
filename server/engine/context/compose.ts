import { readdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type BuildPlan, isRecord, largestPlanFile, planFrom } from "./build-plan.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One service, with what its file and those it extends say. Paths are relative to `folder`. */
interface Service {
  readonly fields: Fields;
  readonly file: string;
  readonly folder: string;
}

/** Those that `docker compose` finds by itself; the first that is there is taken. */
const standardNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const overrideNames = standardNames.map((it) => it.replace(/\.(ya?ml)$/, ".override.$1"));
const otherNames = /^(?:docker-)?compose[.\-_].*\.ya?ml$/i;
/** `extends` and `include` that lead further are a circle. */
const mostSteps = 8;
/** Other compose files of one folder that are read. */
const mostOthers = 20;

/**
 * What `docker compose` builds with the files of one folder. Files that must be named with `-f` are asked only where
 * the standard ones build nothing: then nobody else says how the Dockerfile is built.
 */
export async function composePlans(folder: string, dockerfile: string): Promise<readonly BuildPlan[]> {
  const base = await firstServices(folder, standardNames);
  const over = await firstServices(folder, overrideNames);
  const standard = plansOf(joined(base, over)).filter((it) => it.dockerfile === dockerfile);
  if (standard.length > 0) return standard;
  const names = await readdir(folder).catch(() => []);
  const others = names
    .filter((it) => otherNames.test(it) && !standardNames.includes(it) && !overrideNames.includes(it))
    .sort()
    .slice(0, mostOthers);
  const res: BuildPlan[] = [];
  for (const name of others) {
    const services = joined(base, await servicesIn(resolve(folder, name), mostSteps));
    res.push(...plansOf(services).filter((it) => it.dockerfile === dockerfile));
  }
  return res;
}

async function firstServices(
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Service>> {
  for (const name of names) {
    const services = await servicesIn(resolve(folder, name), mostSteps);
    if (services.size > 0) return services;
  }
  return new Map();
}

async function servicesIn(file: string, steps: number): Promise<ReadonlyMap<string, Service>> {
  const content = steps === 0 ? undefined : await yamlOf(file);
  if (!isRecord(content)) return new Map();
  const folder = dirname(file);
  const res = new Map<string, Service>();
  const includes = Array.isArray(content["include"]) ? content["include"] : [];
  for (const it of includes) {
    const path = textOf(isRecord(it) ? it["path"] : it);
    if (path === undefined) continue;
    for (const [name, one] of await servicesIn(resolve(folder, path), steps - 1)) res.set(name, one);
  }
  const own = isRecord(content["services"]) ? content["services"] : {};
  for (const [name, fields] of Object.entries(own)) {
    if (isRecord(fields)) res.set(name, await extended({ fields, file, folder }, own, steps));
  }
  return res;
}

/** With what `extends` names below it. */
async function extended(it: Service, siblings: Fields, steps: number): Promise<Service> {
  const asked = it.fields["extends"];
  const name = textOf(isRecord(asked) ? asked["service"] : asked);
  if (name === undefined || steps === 0) return it;
  const file = isRecord(asked) ? textOf(asked["file"]) : undefined;
  if (file !== undefined) {
    const parent = (await servicesIn(resolve(it.folder, file), steps - 1)).get(name);
    return parent === undefined ? it : join(parent, it);
  }
  const fields = siblings[name];
  if (!isRecord(fields) || fields === it.fields) return it;
  return join(await extended({ ...it, fields }, siblings, steps - 1), it);
}

function joined(
  base: ReadonlyMap<string, Service>,
  over: ReadonlyMap<string, Service>,
): ReadonlyMap<string, Service> {
  const res = new Map(base);
  for (const [name, it] of over) {
    const before = res.get(name);
    res.set(name, before === undefined ? it : join(before, it));
  }
  return res;
}

/** Maps are joined, everything else is replaced; paths stay relative to where they were written. */
function join(base: Service, over: Service): Service {
  const [before, after] = [buildOf(base.fields), buildOf(over.fields)];
  const args = { ...mapOf(before?.["args"]), ...mapOf(after?.["args"]) };
  const build = before === undefined && after === undefined ? undefined : { ...before, ...after, args };
  const place = after?.["context"] === undefined && before !== undefined ? base : over;
  return {
    fields: { ...base.fields, ...over.fields, build },
    file: place.file,
    folder: place.folder,
  };
}

const buildOf = ({ build }: Fields): Fields | undefined =>
  typeof build === "string" ? { context: build } : isRecord(build) ? build : undefined;

function plansOf(services: ReadonlyMap<string, Service>): readonly BuildPlan[] {
  return [...services.values()].flatMap(({ fields, file, folder }) => {
    const build = buildOf(fields);
    if (build === undefined || build["dockerfile_inline"] !== undefined) return [];
    const plan = planFrom(file, folder, {
      context: textOf(build["context"] ?? "."),
      dockerfile: textOf(build["dockerfile"] ?? "Dockerfile"),
      target: textOf(build["target"] ?? ""),
      image: textOf(fields["image"]),
      buildArguments: new Map(
        Object.entries(mapOf(build["args"])).map(([name, it]) => [name, textOf(it)] as const),
      ),
      gpu: wantsGpu(fields),
    });
    return plan ?? [];
  });
}

/** `gpus`, `runtime: nvidia`, reserved devices, or the variable that the NVIDIA runtime reads. */
function wantsGpu({ gpus, runtime, deploy, environment }: Fields): boolean {
  if (gpus !== undefined || runtime === "nvidia") return true;
  const resources = isRecord(deploy) ? deploy["resources"] : undefined;
  const reservations = isRecord(resources) ? resources["reservations"] : undefined;
  const devices = isRecord(reservations) ? reservations["devices"] : undefined;
  const isGpu = (it: unknown): boolean => isRecord(it) && /gpu|nvidia/.test(JSON.stringify(it));
  if (Array.isArray(devices) && devices.some(isGpu)) return true;
  const visible = mapOf(environment)["NVIDIA_VISIBLE_DEVICES"];
  return visible !== undefined && visible !== "none" && visible !== "void";
}

/** Maps are also written as lists of `NAME=value`; a name alone takes its value from outside. */
function mapOf(value: unknown): Fields {
  if (isRecord(value)) return value;
  if (!Array.isArray(value)) return {};
  return Object.fromEntries(
    value.flatMap((it) => {
      if (typeof it !== "string") return [];
      const equals = it.indexOf("=");
      return [equals === -1 ? [it, undefined] : [it.slice(0, equals), it.slice(equals + 1)]];
    }),
  );
}

/** Variables have their defaults; one without a default cannot be known. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return undefined;
  const res = value.replace(/\$\{\w+:?-([^${}]*)\}/g, "$1").replaceAll("$$", "\0");
  return res.includes("$") ? undefined : res.replaceAll("\0", "$");
}

async function yamlOf(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || text.length > largestPlanFile) return undefined;
  try {
    const { parseDocument } = await import("yaml");
    // Merge keys are common in compose files; the bound stops aliases that multiply.
    return parseDocument(text, { merge: true, logLevel: "silent" }).toJS({ maxAliasCount: 200 });
  } catch {
    return undefined;
  }
}
