import { delimiter, dirname, resolve } from "node:path";
import { regularText } from "../regular-file.ts";
import { troubleText } from "../trouble-text.ts";
import { type BuildPlan, isRecord, largestPlanFile, planFrom, type TellTrouble } from "./build-plan.ts";
import { envFileOf } from "./env-file.ts";
import type { FolderNames } from "./folder-names.ts";
import { interpolated, type Variables } from "./interpolate.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One service, with what its file and those it extends say. Paths are relative to `folder`. */
interface Service {
  readonly fields: Fields;
  readonly file: string;
  readonly folder: string;
  readonly variables: Variables;
}

/** What holds while the files of one folder are read. */
interface Reading {
  readonly variables: Variables;
  readonly tell: TellTrouble;
  /** `extends` and `include` that are still followed. */
  readonly steps: number;
}

/** Those that `docker compose` finds by itself; the first that is there is taken. */
const standardNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const overrideNames = standardNames.map((it) => it.replace(/\.(ya?ml)$/, ".override.$1"));
const otherNames = /^(?:docker-)?compose[.\-_].*\.ya?ml$/i;
/** `extends` and `include` that lead further are a circle. */
const mostSteps = 8;
/** Other compose files of one folder that are read. */
const mostOthers = 20;

type Services = ReadonlyMap<string, Service>;

/**
 * What `docker compose` builds with the files of one folder, each read once. Files that must be named with `-f` are asked
 * only where the standard ones build nothing: then nobody else says how the Dockerfile is built.
 */
export class ComposePlans {
  readonly #there: FolderNames;
  readonly #tell: TellTrouble;
  #reading: Promise<Reading> | undefined;
  #base: Promise<Services> | undefined;
  #others: Promise<readonly (readonly BuildPlan[])[]> | undefined;

  constructor(there: FolderNames, tell: TellTrouble) {
    this.#there = there;
    this.#tell = tell;
  }

  async of(dockerfile: string): Promise<readonly BuildPlan[]> {
    const plansFor = (plans: readonly BuildPlan[]): readonly BuildPlan[] =>
      builtByDefault(plans.filter((it) => it.dockerfile === dockerfile));
    this.#reading ??= this.#start();
    const reading = await this.#reading;
    this.#base ??= this.#baseServices(reading);
    const base = await this.#base;
    const standard = plansFor(plansOf(base));
    if (standard.length > 0) return standard;
    this.#others ??= this.#otherPlans(reading, base);
    return (await this.#others).flatMap(plansFor);
  }

  async #start(): Promise<Reading> {
    const { folder } = this.#there;
    const variables: Variables = this.#there.mayHave(".env") ? await envFileOf(folder) : new Map();
    return { variables, tell: this.#tell, steps: mostSteps };
  }

  async #baseServices(reading: Reading): Promise<Services> {
    const named = namedFiles(reading.variables);
    if (named !== undefined) return joinedServices(this.#there.folder, named, reading);
    return joined(
      await firstServices(this.#there, standardNames, reading),
      await firstServices(this.#there, overrideNames, reading),
    );
  }

  async #otherPlans(reading: Reading, base: Services): Promise<readonly (readonly BuildPlan[])[]> {
    const { folder, all } = this.#there;
    const others = all
      .filter((it) => otherNames.test(it) && !standardNames.includes(it) && !overrideNames.includes(it))
      .sort()
      .slice(0, mostOthers);
    const res: (readonly BuildPlan[])[] = [];
    for (const name of others) {
      res.push(plansOf(joined(base, await servicesIn(resolve(folder, name), reading))));
    }
    return res;
  }
}

/** Those that a profile must be asked for count where there are no others. */
function builtByDefault(plans: readonly BuildPlan[]): readonly BuildPlan[] {
  const always = plans.filter((it) => !it.optional);
  return always.length > 0 ? always : plans;
}

/** `COMPOSE_FILE` of the `.env` file names the files instead. */
function namedFiles(variables: Variables): readonly string[] | undefined {
  const separator = variables.get("COMPOSE_PATH_SEPARATOR") ?? delimiter;
  const names = (variables.get("COMPOSE_FILE") ?? "").split(separator).filter((it) => it !== "");
  return names.length === 0 ? undefined : names;
}

async function joinedServices(
  folder: string,
  names: readonly string[],
  reading: Reading,
): Promise<ReadonlyMap<string, Service>> {
  let res: ReadonlyMap<string, Service> = new Map();
  for (const name of names) res = joined(res, await servicesIn(resolve(folder, name), reading));
  return res;
}

async function firstServices(
  there: FolderNames,
  names: readonly string[],
  reading: Reading,
): Promise<ReadonlyMap<string, Service>> {
  for (const name of names) {
    if (!there.mayHave(name)) continue;
    const services = await servicesIn(resolve(there.folder, name), reading);
    if (services.size > 0) return services;
  }
  return new Map();
}

async function servicesIn(file: string, reading: Reading): Promise<ReadonlyMap<string, Service>> {
  const { variables, tell, steps } = reading;
  const content = steps === 0 ? undefined : await yamlOf(file, tell);
  if (!isRecord(content)) return new Map();
  const folder = dirname(file);
  const res = new Map<string, Service>();
  const includes = Array.isArray(content["include"]) ? content["include"] : [];
  for (const it of includes) {
    const written = isRecord(it) ? it["path"] : it;
    const paths = (Array.isArray(written) ? written : [written]).flatMap(
      (path) => textOf(path, variables) ?? [],
    );
    const [first] = paths;
    if (first === undefined) continue;
    // A project of its own, whose variables give way to those of this one.
    const theirs = await envFileOf(dirname(resolve(folder, first)));
    const inner = { tell, variables: new Map([...theirs, ...variables]), steps: steps - 1 };
    for (const [name, one] of await joinedServices(folder, paths, inner)) res.set(name, one);
  }
  const own = isRecord(content["services"]) ? content["services"] : {};
  for (const [name, fields] of Object.entries(own)) {
    if (isRecord(fields)) res.set(name, await extended({ fields, file, folder, variables }, own, reading));
  }
  return res;
}

/** With what `extends` names below it. */
async function extended(it: Service, siblings: Fields, reading: Reading): Promise<Service> {
  const { variables, steps } = reading;
  const asked = it.fields["extends"];
  const name = textOf(isRecord(asked) ? asked["service"] : asked, variables);
  if (name === undefined || steps === 0) return it;
  const further = { ...reading, steps: steps - 1 };
  const file = isRecord(asked) ? textOf(asked["file"], variables) : undefined;
  if (file !== undefined) {
    const parent = (await servicesIn(resolve(it.folder, file), further)).get(name);
    return parent === undefined ? it : join(parent, it);
  }
  const fields = siblings[name];
  if (!isRecord(fields) || fields === it.fields) return it;
  return join(await extended({ ...it, fields }, siblings, further), it);
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
  const both = (key: string): Fields => ({ ...mapOf(before?.[key]), ...mapOf(after?.[key]) });
  const maps = { args: both("args"), additional_contexts: both("additional_contexts") };
  const build = before === undefined && after === undefined ? undefined : { ...before, ...after, ...maps };
  const place = after?.["context"] === undefined && before !== undefined ? base : over;
  return {
    fields: { ...base.fields, ...over.fields, build },
    file: place.file,
    folder: place.folder,
    variables: place.variables,
  };
}

const buildOf = ({ build }: Fields): Fields | undefined =>
  typeof build === "string" ? { context: build } : isRecord(build) ? build : undefined;

function plansOf(services: ReadonlyMap<string, Service>): readonly BuildPlan[] {
  return [...services.values()].flatMap(({ fields, file, folder, variables }) => {
    const build = buildOf(fields);
    if (build === undefined || build["dockerfile_inline"] !== undefined) return [];
    const text = (it: unknown): string | undefined => textOf(it, variables);
    const plan = planFrom(file, folder, {
      context: text(build["context"] ?? "."),
      dockerfile: text(build["dockerfile"] ?? "Dockerfile"),
      target: text(build["target"] ?? ""),
      image: text(fields["image"]),
      buildArguments: argumentsOf(build["args"], variables),
      gpu: wantsGpu(fields),
      namedContexts: new Map(
        Object.entries(mapOf(build["additional_contexts"])).map(([name, it]) => [name, text(it)] as const),
      ),
      optional: needsProfile(fields, variables),
    });
    return plan ?? [];
  });
}

/** An ARG without a value takes that of the variable of its name. */
const argumentsOf = (written: unknown, variables: Variables): BuildPlan["buildArguments"] =>
  new Map(
    Object.entries(mapOf(written)).map(([name, it]) => {
      const isNamedOnly = it === undefined || it === null;
      return [name, isNamedOnly ? variables.get(name) : textOf(it, variables)] as const;
    }),
  );

/** It has profiles, and the `.env` file turns none of them on. */
function needsProfile({ profiles }: Fields, variables: Variables): boolean {
  if (!Array.isArray(profiles) || profiles.length === 0) return false;
  const active = (variables.get("COMPOSE_PROFILES") ?? "").split(",").map((it) => it.trim());
  return !active.includes("*") && !profiles.some((it) => active.includes(String(it)));
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

function textOf(value: unknown, variables: Variables): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? interpolated(value, variables) : undefined;
}

/** Of a broken file what can be read. */
async function yamlOf(file: string, tell: TellTrouble): Promise<unknown> {
  const text = await regularText(file).catch(() => undefined);
  if (text === undefined || text.length > largestPlanFile) return undefined;
  try {
    const { parseDocument } = await import("yaml");
    // Merge keys are common in compose files; the bound stops aliases that multiply.
    const document = parseDocument(text, { merge: true, logLevel: "silent" });
    const line = document.errors[0]?.linePos?.[0].line;
    if (line !== undefined) {
      tell(`${file} is no valid YAML (line ${line}): what can be read of it says what is built.`);
    }
    return document.toJS({ maxAliasCount: 200 });
  } catch (cause) {
    tell(`${file} says nothing about what is built: ${troubleText(cause)}.`);
    return undefined;
  }
}
