import { resolve } from "node:path";
import { regularText } from "../regular-file.ts";
import { type BuildPlan, isRecord, largestPlanFile, planFrom, type TellTrouble } from "./build-plan.ts";
import type { FolderNames } from "./folder-names.ts";
import { expressionOf, type HclExpression, hclBlocks } from "./hcl.ts";

const names = [
  "docker-bake.json",
  "docker-bake.hcl",
  "docker-bake.override.json",
  "docker-bake.override.hcl",
];
/** Longer chains of `inherits` and nested groups are a circle. */
const mostSteps = 20;
/** More combinations than a person reads. */
const mostVariants = 100;

type Attributes = ReadonlyMap<string, HclExpression>;
type Scope = ReadonlyMap<string, HclExpression>;

/** Later files add to and replace what earlier ones say. */
interface BakeFile {
  readonly targets: Map<string, Attributes>;
  readonly groups: Map<string, Attributes>;
  readonly variables: Map<string, HclExpression>;
}

/** What `docker buildx bake` builds from the files of one folder: the group or target `default`, else all of them. */
export async function bakePlans(
  there: FolderNames,
  tell: TellTrouble = () => {},
): Promise<readonly BuildPlan[]> {
  const { folder } = there;
  const bake: BakeFile = { targets: new Map(), groups: new Map(), variables: new Map() };
  let file: string | undefined;
  for (const name of names) {
    if (!there.mayHave(name)) continue;
    const text = await regularText(resolve(folder, name)).catch(() => undefined);
    if (text === undefined || text.length > largestPlanFile) continue;
    file ??= name;
    const path = resolve(folder, name);
    if (name.endsWith(".json"))
      addJson(bake, text, () => tell(`${path} is no valid JSON: nothing of it is known.`));
    else {
      addHcl(bake, text, (line) =>
        tell(`${path} cannot be read from line ${line} on: what stands above it says what is built.`),
      );
    }
  }
  if (file === undefined) return [];
  const places = { file: resolve(folder, file), folder };
  return builtTargets(bake).flatMap((name) => plansOf(bake, name, places));
}

function addHcl(bake: BakeFile, text: string, stopped: (line: number) => void): void {
  const { blocks, stoppedAt } = hclBlocks(text);
  if (stoppedAt !== undefined) stopped(stoppedAt);
  for (const { type, labels, attributes } of blocks) {
    const [name] = labels;
    if (name === undefined) continue;
    if (type === "target") merge(bake.targets, name, attributes);
    else if (type === "group") merge(bake.groups, name, attributes);
    else if (type === "variable") bake.variables.set(name, attributes.get("default") ?? { kind: "unknown" });
  }
}

function addJson(bake: BakeFile, text: string, broken: () => void): void {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    broken();
    return;
  }
  const add = (key: string, into: Map<string, Attributes>): void => {
    const entries = isRecord(content) ? expressionOf(content[key]) : undefined;
    if (entries?.kind !== "map") return;
    for (const [name, it] of entries.entries) if (it.kind === "map") merge(into, name, it.entries);
  };
  const variables = new Map<string, Attributes>();
  add("target", bake.targets);
  add("group", bake.groups);
  add("variable", variables);
  for (const [name, it] of variables) bake.variables.set(name, it.get("default") ?? { kind: "unknown" });
}

function merge(into: Map<string, Attributes>, name: string, attributes: Attributes): void {
  into.set(name, merged(into.get(name) ?? new Map(), attributes));
}

/** Maps such as `args` are joined, everything else is replaced. */
function merged(base: Attributes, over: Attributes): Attributes {
  const res = new Map(base);
  for (const [name, it] of over) {
    const before = res.get(name);
    const joins = before?.kind === "map" && it.kind === "map";
    res.set(name, joins ? { kind: "map", entries: new Map([...before.entries, ...it.entries]) } : it);
  }
  return res;
}

function builtTargets(bake: BakeFile): readonly string[] {
  const reach = (name: string, steps: number): string[] => {
    const group = bake.groups.get(name);
    if (group === undefined) return bake.targets.has(name) ? [name] : [];
    if (steps === 0) return [];
    return textsOf(group.get("targets"), bake.variables).flatMap((it) =>
      it === undefined ? [] : reach(it, steps - 1),
    );
  };
  const built = reach("default", mostSteps);
  if (built.length > 0) return [...new Set(built)];
  // Names with an underscore are there to be inherited from.
  return [...bake.targets.keys()].filter((it) => !it.startsWith("_"));
}

function plansOf(bake: BakeFile, name: string, at: { file: string; folder: string }): readonly BuildPlan[] {
  const attributes = inherited(bake, name, mostSteps);
  return variantsOf(attributes.get("matrix"), bake.variables).flatMap((scope) => {
    const text = (key: string, otherwise: string): string | undefined => {
      const it = attributes.get(key);
      return it === undefined ? otherwise : textOf(it, scope);
    };
    if (attributes.has("dockerfile-inline")) return [];
    const texts = (key: string): ReadonlyMap<string, string | undefined> => {
      const map = attributes.get(key);
      return new Map(
        map?.kind === "map"
          ? [...map.entries].flatMap(([name, it]) =>
              it.kind === "literal" && it.value === null ? [] : [[name, textOf(it, scope)] as const],
            )
          : [],
      );
    };
    const plan = planFrom(at.file, at.folder, {
      context: text("context", "."),
      dockerfile: text("dockerfile", "Dockerfile"),
      target: text("target", ""),
      image: textsOf(attributes.get("tags"), scope)[0],
      buildArguments: texts("args"),
      gpu: false,
      namedContexts: texts("contexts"),
      optional: false,
    });
    return plan ?? [];
  });
}

function inherited(bake: BakeFile, name: string, steps: number): Attributes {
  const own: Attributes = bake.targets.get(name) ?? new Map();
  if (steps === 0) return own;
  const parents = textsOf(own.get("inherits"), bake.variables);
  const base = parents.reduce<Attributes>(
    (res, it) => (it === undefined ? res : merged(res, inherited(bake, it, steps - 1))),
    new Map(),
  );
  return merged(base, own);
}

/** One scope for each combination of a matrix. */
function variantsOf(matrix: HclExpression | undefined, variables: Scope): readonly Scope[] {
  let res: readonly Scope[] = [variables];
  if (matrix?.kind !== "map") return res;
  for (const [name, values] of matrix.entries) {
    const items: readonly HclExpression[] = values.kind === "list" ? values.items : [{ kind: "unknown" }];
    res = res.flatMap((scope) => items.map((it) => new Map([...scope, [name, it]]))).slice(0, mostVariants);
  }
  return res;
}

function textOf(it: HclExpression, scope: Scope, steps = mostSteps): string | undefined {
  switch (it.kind) {
    case "literal":
      return it.value === null ? "" : String(it.value);
    case "name": {
      const value = scope.get(it.name);
      return value === undefined || steps === 0 ? undefined : textOf(value, scope, steps - 1);
    }
    case "text": {
      const parts = it.parts.map((part) => textOf(part, scope, steps));
      return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
    }
    default:
      return undefined;
  }
}

const textsOf = (it: HclExpression | undefined, scope: Scope): readonly (string | undefined)[] =>
  it?.kind === "list" ? it.items.map((item) => textOf(item, scope)) : [];
