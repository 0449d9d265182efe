/**
 * Surroundings: what holds at one place of a Dockerfile, and what each instruction changes for those after it.
 *
 * Invariant: values are replaced, never changed, so places that nothing separates share one.
 */
import { workdirOfBase } from "./base-workdir.ts";
import { contextOf, type NamedImages } from "./named-contexts.ts";
import { posixJoin } from "./paths.ts";
import type { ReadInstruction } from "./read.ts";
import { expandWord, Values } from "./values.ts";

/** What holds inside a stage. */
export interface Surroundings {
  readonly values: Values;
  readonly workdir: string | undefined;
  readonly posixShell: boolean;
  /** Names set by ARG, which a stage does not hand on. */
  readonly buildArguments: ReadonlySet<string>;
  /** ONBUILD so far: they run where a stage starts from this one, and in no stage above that. */
  readonly triggers: readonly ReadInstruction[];
}

export interface StageHead {
  readonly index: number;
  readonly name: string | undefined;
  readonly parent: number | undefined;
  readonly baseImage: string | undefined;
  /** A named context stands in for it: it is not built, and none of its words mean anything. */
  readonly replaced: boolean;
}

/** A stage and what holds at its end. */
interface ClosedStage {
  readonly head: StageHead;
  readonly end: Surroundings;
}

/** All that an instruction's meaning depends on besides its text. */
export interface Place {
  readonly globals: Values;
  readonly contexts: NamedImages;
  /** Complete stages, in order. */
  readonly closed: readonly ClosedStage[];
  /** The stage that the place lies in; undefined before the first FROM. */
  readonly stage: StageHead | undefined;
  readonly here: Surroundings;
}

/** Values given from outside: `build.args` of a compose file. Undefined: given, but not known. */
export type BuildArguments = ReadonlyMap<string, string | undefined>;

const bare: Surroundings = {
  values: new Values(),
  workdir: undefined,
  posixShell: true,
  buildArguments: new Set(),
  triggers: [],
};

/** Docker declares these for every file; what they hold depends on the build. */
const platformArguments = ["PLATFORM", "OS", "ARCH", "VARIANT"].flatMap((it) => [
  `TARGET${it}`,
  `BUILD${it}`,
]);

export const topOfFile = (contexts: NamedImages): Place => ({
  contexts,
  globals: new Values([...platformArguments, "TARGETSTAGE"].map((name) => [name, undefined] as const)),
  closed: [],
  stage: undefined,
  here: bare,
});

/** The variables that an instruction sees. */
export const valuesAt = ({ stage, globals, here }: Place): Values =>
  stage === undefined ? globals : here.values;

export function isSamePlace(a: Place, b: Place): boolean {
  if (a === b) return true;
  return (
    isSameHead(a.stage, b.stage) &&
    isSameSurroundings(a.here, b.here) &&
    a.globals.equals(b.globals) &&
    isSameMap(a.contexts, b.contexts) &&
    (a.closed === b.closed ||
      (a.closed.length === b.closed.length &&
        a.closed.every((it, index) => {
          const other = b.closed[index];
          return (
            it === other ||
            (other !== undefined && isSameHead(it.head, other.head) && isSameSurroundings(it.end, other.end))
          );
        })))
  );
}

export const isSameMap = (a: NamedImages, b: NamedImages): boolean =>
  a === b || (a.size === b.size && [...a].every(([name, value]) => b.has(name) && b.get(name) === value));

const isSameHead = (a: StageHead | undefined, b: StageHead | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.index === b.index &&
    a.name === b.name &&
    a.parent === b.parent &&
    a.replaced === b.replaced &&
    a.baseImage === b.baseImage);

const isSameSurroundings = (a: Surroundings, b: Surroundings): boolean =>
  a === b ||
  (a.workdir === b.workdir &&
    a.posixShell === b.posixShell &&
    a.values.equals(b.values) &&
    a.triggers.length === b.triggers.length &&
    a.triggers.every((it, index) => it === b.triggers[index]) &&
    a.buildArguments.size === b.buildArguments.size &&
    [...a.buildArguments].every((it) => b.buildArguments.has(it)));

/** The place behind an instruction. */
export function placeAfter(
  place: Place,
  read: ReadInstruction,
  escapeCharacter: string,
  given: BuildArguments,
): Place {
  if (read.onbuild) {
    const { stage, here } = place;
    const isKept = stage !== undefined && isTrigger(read);
    return isKept ? { ...place, here: { ...here, triggers: [...here.triggers, read] } } : place;
  }
  const before = valuesAt(place);
  const expanded = (raw: string): string | undefined => expandWord(raw, before, escapeCharacter);
  const { here, stage, globals } = place;
  switch (read.keyword) {
    case "FROM":
      return triggersOf(place, read, escapeCharacter).reduce(
        (at, trigger) => placeAfter(at, triggered(trigger), escapeCharacter, given),
        openStage(place, read, escapeCharacter),
      );
    case "ARG": {
      const values = before.copy();
      const buildArguments = new Set(here.buildArguments);
      for (const { name, raw } of read.properties) {
        const value = given.has(name) ? given.get(name) : raw === undefined ? undefined : expanded(raw);
        if (stage === undefined) values.set(name, value);
        // An ENV of the same name wins over an ARG.
        else if (!values.has(name) || buildArguments.has(name)) {
          buildArguments.add(name);
          values.set(name, raw === undefined && !given.has(name) ? globals.get(name) : value);
        }
      }
      return stage === undefined
        ? { ...place, globals: values }
        : { ...place, here: { ...here, values, buildArguments } };
    }
    case "ENV": {
      if (stage === undefined) return place;
      // All values of one ENV see the values from before it.
      const values = before.copy();
      const buildArguments = new Set(here.buildArguments);
      for (const { name, raw } of read.properties) {
        values.set(name, raw === undefined ? "" : expanded(raw));
        buildArguments.delete(name);
      }
      return { ...place, here: { ...here, values, buildArguments } };
    }
    case "WORKDIR": {
      if (stage === undefined) return place;
      const raw = read.arguments.map((it) => it.raw).join(" ");
      return { ...place, here: { ...here, workdir: posixJoin(here.workdir, expanded(raw)) } };
    }
    case "SHELL": {
      if (stage === undefined || read.strings === undefined) return place;
      // `conda run -n NAME bash -c` ends in a shell too, and micromamba's images have one of their own name.
      const posixShell = read.strings.some((it) =>
        /(?:^|\/)(?:(?:ba|da|a|z|k)?sh|_dockerfile_shell\.sh)$/.test(it.value),
      );
      return { ...place, here: { ...here, posixShell } };
    }
    default:
      return place;
  }
}

/** Docker refuses the others as triggers. */
export const isTrigger = ({ keyword }: ReadInstruction): boolean =>
  !/^(?:FROM|ONBUILD|MAINTAINER)$/.test(keyword);

/** A trigger as the instruction that it is in the stage that runs it. */
export const triggered = (trigger: ReadInstruction): ReadInstruction => ({ ...trigger, onbuild: false });

/** The triggers that a FROM sets off. */
function triggersOf(place: Place, read: ReadInstruction, escapeCharacter: string): Surroundings["triggers"] {
  const { stage, closed } = openStage(place, read, escapeCharacter);
  return stage?.parent === undefined ? [] : (closed[stage.parent]?.end.triggers ?? []);
}

/** The place right behind a FROM, before any trigger has run. */
export function openStage(place: Place, read: ReadInstruction, escapeCharacter: string): Place {
  const closed =
    place.stage === undefined ? place.closed : [...place.closed, { head: place.stage, end: place.here }];
  const raw = read.arguments[0]?.raw;
  const image = raw === undefined ? undefined : expandWord(raw, place.globals, escapeCharacter);
  const isNamed = read.arguments[1]?.raw.toUpperCase() === "AS";
  const heads = closed.map((it) => it.head);
  const given = contextOf(place.contexts, image);
  const parent =
    image === undefined || given !== undefined ? undefined : stageNamed(image, heads, heads.length, true);
  const base = parent === undefined ? undefined : closed[parent];
  const ownImage = given === undefined ? image || undefined : given.context;
  const name = isNamed ? read.arguments[2]?.raw : undefined;
  return {
    globals: place.globals,
    contexts: place.contexts,
    closed,
    stage: {
      index: closed.length,
      name,
      parent,
      baseImage: base === undefined ? ownImage : base.head.baseImage,
      replaced: contextOf(place.contexts, name) !== undefined,
    },
    here: base === undefined ? { ...bare, workdir: workdirOfBase(ownImage) } : inherited(base.end),
  };
}

/** What a stage hands on: everything but its ARGs and its triggers, which a FROM sets off once. */
function inherited(end: Surroundings): Surroundings {
  if (end.buildArguments.size === 0) return end.triggers.length === 0 ? end : { ...end, triggers: [] };
  const values = new Values([...end.values.entries()].filter(([name]) => !end.buildArguments.has(name)));
  return { ...end, values, buildArguments: new Set(), triggers: [] };
}

/** Index of the complete stage that a name or a number means at a place. */
export function stageSeenFrom({ closed, contexts }: Place, name: string): number | undefined {
  if (contextOf(contexts, name) !== undefined) return undefined;
  const heads = closed.map((it) => it.head);
  const index = stageNamed(name, heads, closed.length);
  return index === undefined || heads[index]?.replaced === true ? undefined : index;
}

/** Index of the stage that a name or a number means, among those before `before`. */
export function stageNamed(
  name: string,
  stages: readonly { readonly index: number; readonly name: string | undefined }[],
  before: number,
  namesOnly = false,
): number | undefined {
  const wanted = name.toLowerCase();
  for (let index = Math.min(before, stages.length) - 1; index >= 0; index -= 1) {
    if (stages[index]?.name?.toLowerCase() === wanted) return index;
  }
  if (namesOnly || !/^\d+$/.test(name)) return undefined;
  return Number(name) < before ? stages[Number(name)]?.index : undefined;
}
