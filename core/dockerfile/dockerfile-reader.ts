/**
 * Turns text into facts. With the facts of an earlier version at hand it reads again only what an edit touches.
 *
 * Invariant: total; the same text gives the same facts, whatever was read before.
 */
import type { Span } from "../text/span.ts";
import { Chains } from "./chain.ts";
import type { Content } from "./content.ts";
import type { Facts, Instruction, Stage } from "./facts.ts";
import { Library } from "./library.ts";
import type { NamedImages } from "./named-contexts.ts";
import { placed } from "./placed.ts";
import type { ShellReader } from "./shell.ts";
import { SiteIndex } from "./sites.ts";
import { type Chunk, type SplitDockerfile, splitDockerfile } from "./split.ts";
import {
  type BuildArguments,
  isSameMap,
  isSamePlace,
  isTrigger,
  openStage,
  type Place,
  placeAfter,
  type StageHead,
  stageNamed,
  topOfFile,
  triggered,
} from "./surroundings.ts";
import type { Template } from "./template.ts";

/** What is built of a Dockerfile, and with what. */
export interface Build {
  /** Names or indexes of stages that get built; none: the last stage. */
  readonly targets: readonly string[];
  /** Values given for ARGs from outside. */
  readonly buildArguments?: BuildArguments;
  /** Contexts given by name, with the image that each of them is. */
  readonly namedContexts?: NamedImages;
}

/** One instruction of facts, with what it was made from. */
interface Entry {
  readonly at: Span;
  readonly content: Content;
  /** The place in front of it. */
  readonly before: Place;
  readonly instruction: Instruction;
}

/** How facts came about; kept beside them for the next version. */
interface Trace {
  readonly split: SplitDockerfile;
  readonly entries: readonly Entry[];
  readonly heads: readonly StageHead[];
  /** What ONBUILD lines do in the stages that trigger them. */
  readonly triggered: readonly Instruction[];
  /** The place behind the last one. */
  readonly end: Place;
  readonly buildArguments: BuildArguments;
  readonly contexts: NamedImages;
}

const noArguments: BuildArguments = new Map();
const noContexts: NamedImages = new Map();

export class DockerfileReader {
  readonly #library: Library;
  readonly #traces = new WeakMap<Facts, Trace>();

  constructor(shell: ShellReader) {
    this.#library = new Library(shell);
  }

  /** `past`: facts of an earlier version of the text, or of the same for another build. */
  factsOf(
    text: string,
    { targets, buildArguments = noArguments, namedContexts = noContexts }: Build,
    past?: Facts,
  ): Facts {
    const known = past === undefined ? undefined : this.#traces.get(past);
    const trace = new Reading(this.#library, text, buildArguments, namedContexts, known).read();
    const facts = factsFrom(trace, targets);
    this.#traces.set(facts, trace);
    return facts;
  }
}

/** One pass over a text. */
class Reading {
  readonly #library: Library;
  readonly #split: SplitDockerfile;
  readonly #arguments: BuildArguments;
  readonly #contexts: NamedImages;
  readonly #past: Trace | undefined;
  readonly #entries: Entry[] = [];
  readonly #heads: StageHead[] = [];
  #place: Place;

  constructor(
    library: Library,
    text: string,
    buildArguments: BuildArguments,
    contexts: NamedImages,
    past: Trace | undefined,
  ) {
    this.#library = library;
    this.#split = splitDockerfile(text, past?.split);
    this.#arguments = buildArguments;
    this.#contexts = contexts;
    this.#past = past;
    this.#place = topOfFile(contexts);
  }

  read(): Trace {
    const { chunks, kept, escape: escapeCharacter } = this.#split;
    const past = this.#past;
    const sameArguments =
      past !== undefined &&
      isSameMap(past.buildArguments, this.#arguments) &&
      isSameMap(past.contexts, this.#contexts);
    let index = 0;
    if (past !== undefined && sameArguments) {
      for (const entry of past.entries.slice(0, kept.before)) this.#take(entry);
      index = kept.before;
      this.#place = past.entries[index]?.before ?? this.#placeAfterLast();
    }
    const firstKept = chunks.length - kept.after;
    for (; index < chunks.length; index += 1) {
      const chunk = chunks[index];
      if (chunk === undefined) break;
      const old =
        index < kept.before
          ? past?.entries[index]
          : index >= firstKept
            ? past?.entries.at(index - chunks.length)
            : undefined;
      if (old !== undefined && sameArguments && isSamePlace(old.before, this.#place)) {
        this.#takeRest(index, old);
        break;
      }
      this.#add(chunk, old?.content.template ?? this.#library.template(chunk.text, escapeCharacter));
    }
    return {
      split: this.#split,
      entries: this.#entries,
      heads: this.#heads,
      triggered: this.#triggered(),
      end: this.#placeAfterLast(),
      buildArguments: this.#arguments,
      contexts: this.#contexts,
    };
  }

  #triggered(): readonly Instruction[] {
    const triggers = this.#entries.filter(({ instruction }) => instruction.onbuild);
    if (triggers.length === 0) return [];
    return this.#entries.flatMap((it) =>
      isFrom(it.content.template) ? this.#triggeredBy(it, triggers) : [],
    );
  }

  #triggeredBy({ content, before, instruction }: Entry, triggers: readonly Entry[]): readonly Instruction[] {
    const { read, escape: escapeCharacter } = content.template;
    const parent = this.#heads[instruction.stage]?.parent;
    const own = triggers.filter((it) => it.instruction.stage === parent);
    if (!read.ok || parent === undefined || own.length === 0) return [];
    let place = openStage(before, read.instruction, escapeCharacter);
    return own.flatMap(({ at, content: { template } }, count) => {
      if (!template.read.ok || !isTrigger(template.read.instruction)) return [];
      const there = this.#library.content(template, place);
      place = placeAfter(place, triggered(template.read.instruction), escapeCharacter, this.#arguments);
      const index = instruction.index + (count + 1) / (own.length + 1);
      return [placed(there, at, index, instruction.stage, true)];
    });
  }

  #placeAfterLast(): Place {
    const last = this.#entries.at(-1);
    return last === undefined ? topOfFile(this.#contexts) : this.#after(last.before, last.content.template);
  }

  #after(place: Place, { read, escape: escapeCharacter }: Template): Place {
    return read.ok ? placeAfter(place, read.instruction, escapeCharacter, this.#arguments) : place;
  }

  /** An instruction as it was. */
  #take(entry: Entry): void {
    this.#entries.push(entry);
    if (isFrom(entry.content.template)) {
      const head = this.#past?.heads[entry.instruction.stage];
      if (head !== undefined) this.#heads.push(head);
    }
  }

  /** All instructions from one on as they were, at their new offsets. */
  #takeRest(from: number, first: Entry): void {
    const past = this.#past;
    if (past === undefined) return;
    const { chunks } = this.#split;
    const oldFrom = past.entries.indexOf(first);
    for (let index = from; index < chunks.length; index += 1) {
      const chunk = chunks[index];
      const old = past.entries[oldFrom + index - from];
      if (chunk === undefined || old === undefined) break;
      const { content, before, instruction } = old;
      const isSame = chunk.at.start === old.at.start && index === instruction.index;
      this.#take(
        isSame
          ? old
          : {
              at: chunk.at,
              content,
              before,
              instruction: placed(content, chunk.at, index, instruction.stage),
            },
      );
    }
  }

  #add(chunk: Chunk, template: Template): void {
    const before = this.#place;
    this.#place = this.#after(before, template);
    const opensStage = isFrom(template);
    // FROM sees the global values only, and belongs to the stage that it opens.
    const content = this.#library.content(template, opensStage ? { ...before, stage: undefined } : before);
    const stage = (opensStage ? this.#place : before).stage;
    if (opensStage && stage !== undefined) this.#heads.push(stage);
    const instruction = placed(content, chunk.at, this.#entries.length, stage?.index ?? -1);
    this.#entries.push({ at: chunk.at, content, before, instruction });
  }
}

const isFrom = ({ read }: Template): boolean =>
  read.ok && read.instruction.keyword === "FROM" && !read.instruction.onbuild;

function factsFrom(
  { split, entries, heads, triggered: replayed, end }: Trace,
  targets: readonly string[],
): Facts {
  const instructions = entries.map((it) => it.instruction);
  const shippedStages = chainsOf(heads, targets);
  const run =
    replayed.length === 0 ? instructions : [...instructions, ...replayed].sort((a, b) => a.index - b.index);
  const ofStage: Instruction[][] = heads.map(() => []);
  for (const it of run) ofStage[it.stage]?.push(it);
  const stages = heads.flatMap((it): Stage[] => {
    const own = ofStage[it.index] ?? [];
    const [from] = own;
    if (from?.kind !== "other") return [];
    return [
      {
        index: it.index,
        name: it.name,
        from,
        parent: it.parent,
        baseImage: it.baseImage,
        instructions: own,
        environment: (end.closed[it.index]?.end ?? end.here).values,
        shipped: shippedStages.has(it.index),
      },
    ];
  });
  const shipped = run.filter((it) => shippedStages.has(it.stage) && !it.onbuild);
  return {
    text: split.text,
    escape: split.escape,
    stages,
    instructions,
    shipped,
    comments: split.comments,
    foreign: stages.some((it) => it.shipped && isWindows(it)) || hasOtherSyntax(split),
    chains: new Chains(stages, run, shipped),
    sites: new SiteIndex(run),
    shippedSites: new SiteIndex(shipped),
  };
}

/** Indexes of all stages in the chains of the targets; unknown targets count as none. */
function chainsOf(heads: readonly StageHead[], targets: readonly string[]): ReadonlySet<number> {
  const last = heads.length - 1;
  const built = targets.flatMap((it) => (it === "" ? last : (stageNamed(it, heads, heads.length) ?? [])));
  const res = new Set<number>();
  for (const target of built.length > 0 ? built : [last]) {
    for (let at: number | undefined = target; at !== undefined && !res.has(at); at = heads[at]?.parent) {
      if (heads[at]?.replaced === false) res.add(at);
    }
  }
  return res;
}

/** `# syntax=` may name a frontend with a language of its own. */
function hasOtherSyntax({ text, comments, chunks }: SplitDockerfile): boolean {
  const [first] = chunks;
  for (const { at } of comments) {
    if (first !== undefined && at.start > first.at.start) return false;
    const syntax = /^#\s*syntax\s*=\s*(\S+)/i.exec(text.slice(at.start, at.end))?.[1];
    if (syntax !== undefined) return !/dockerfile|buildkit/i.test(syntax) || /dockerfile-?x/i.test(syntax);
  }
  return false;
}

const windowsImage = /(?:^|\/)windows(?:[/:@]|$)|nanoserver|servercore|windowsservercore/i;

const isWindows = (stage: Stage): boolean =>
  windowsImage.test(stage.baseImage ?? "") ||
  stage.from.flags.some((it) => it.name === "platform" && (it.value?.startsWith("windows") ?? false));
