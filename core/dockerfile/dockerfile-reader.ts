/**
 * Turns text into facts. Instructions are kept by their text, so that an edit reads again only what it touches.
 *
 * Invariant: total; the same text gives the same facts, whatever was read before.
 */

import { BoundedCache } from "../text/bounded-cache.ts";
import type { Span } from "../text/span.ts";
import { effectsOf } from "../tools/effects-of.ts";
import { type EvaluatedCommand, type EvaluatedWord, evaluateScript } from "./evaluate.ts";
import type {
  Command,
  CopyInstruction,
  Facts,
  Flag,
  Instruction,
  Mount,
  OtherInstruction,
  RunInstruction,
  Stage,
  Word,
} from "./facts.ts";
import { LogicalText } from "./logical-text.ts";
import { posixJoin } from "./paths.ts";
import { type ReadInstruction, type ReadResult, readInstruction } from "./read.ts";
import type { Script, Statement } from "./script.ts";
import type { ShellReader } from "./shell.ts";
import { type Chunk, type EscapeCharacter, splitDockerfile } from "./split.ts";
import { expandWord, Values } from "./values.ts";

/** What an instruction's text says by itself; offsets are relative to the instruction. */
interface Template {
  readonly logical: LogicalText;
  readonly read: ReadResult;
  readonly body: Body | undefined;
}

/** A shell body. `text` maps the script's offsets to the instruction's. */
interface Body {
  readonly text: LogicalText;
  readonly script: Script;
}

/** What holds at one place of a stage. */
interface Surroundings {
  /** Replaced, never changed: instructions that were read keep the values of their place. */
  values: Values;
  workdir: string | undefined;
  posixShell: boolean;
}

interface OpenStage {
  readonly index: number;
  readonly name: string | undefined;
  readonly from: OtherInstruction;
  readonly parent: number | undefined;
  readonly baseImage: string | undefined;
  readonly instructions: Instruction[];
  readonly surroundings: Surroundings;
  /** Names set by ARG, which a stage does not hand on. */
  readonly buildArguments: Set<string>;
}

/** Several thousand instructions: some large files at once. */
const keptInstructions = 8_000;

export class DockerfileReader {
  readonly #shell: ShellReader;
  readonly #templates = new BoundedCache<string, Template>(keptInstructions);

  constructor(shell: ShellReader) {
    this.#shell = shell;
  }

  /** `targets`: names or indexes of stages that get built; none: the last stage. */
  factsOf(text: string, targets: readonly string[]): Facts {
    const split = splitDockerfile(text);
    const globals = new Values();
    const stages: OpenStage[] = [];
    const instructions: Instruction[] = [];
    for (const chunk of split.chunks) {
      const template = this.#template(chunk, split.escape);
      const builder = new InstructionBuilder(chunk, template, instructions.length, split.escape);
      const { read } = template;
      const current = stages.at(-1);
      if (read.ok && read.instruction.keyword === "FROM" && !read.instruction.onbuild) {
        const from = builder.other(stages.length, globals);
        stages.push(openStage(from, stages, read.instruction));
        instructions.push(from);
        stages.at(-1)?.instructions.push(from);
        continue;
      }
      const instruction = builder.build(current, stages, globals);
      instructions.push(instruction);
      current?.instructions.push(instruction);
      if (read.ok && !read.instruction.onbuild)
        applyToStage(read.instruction, current, globals, split.escape);
    }
    const shippedStages = chainsOf(stages, targets);
    const closed = stages.map(
      (it): Stage => ({
        index: it.index,
        name: it.name,
        from: it.from,
        parent: it.parent,
        baseImage: it.baseImage,
        instructions: it.instructions,
        shipped: shippedStages.has(it.index),
      }),
    );
    return {
      text,
      escape: split.escape,
      stages: closed,
      instructions,
      shipped: instructions.filter((it) => shippedStages.has(it.stage) && !it.onbuild),
      comments: split.comments,
      foreign: closed.some((it) => it.shipped && isWindows(it)),
    };
  }

  #template(chunk: Chunk, escapeCharacter: EscapeCharacter): Template {
    const key = escapeCharacter + chunk.source;
    const kept = this.#templates.get(key);
    if (kept !== undefined) return kept;
    const read = readInstruction(chunk.logical.text);
    const body =
      read.ok && read.instruction.keyword === "RUN" ? this.#body(chunk, read.instruction) : undefined;
    const template = { logical: chunk.logical, read, body };
    this.#templates.set(key, template);
    return template;
  }

  #body(chunk: Chunk, read: ReadInstruction): Body | undefined {
    if (read.strings !== undefined) return undefined;
    const own = chunk.logical.text.slice(read.bodyStart);
    const [heredoc] = chunk.heredocs;
    if (heredoc === undefined) {
      return { text: chunk.logical.from(read.bodyStart), script: this.#shell.read(own) };
    }
    // Only a here-document that stands alone is the script itself.
    if (chunk.heredocs.length > 1 || !/^<<-?\S+\s*$/.test(own)) return undefined;
    const script = chunk.source.slice(heredoc.body.start, heredoc.body.end);
    const interpreter = /^\s*#!\s*(\S+)(?:\s+(\S+))?/.exec(script);
    if (interpreter !== null && !/(?:^|\/)(?:ba|da|a|z)?sh$/.test(interpreter[2] ?? interpreter[1] ?? ""))
      return undefined;
    return {
      text: new LogicalText([{ text: script, start: heredoc.body.start }]),
      script: this.#shell.read(script),
    };
  }
}

class InstructionBuilder {
  readonly #chunk: Chunk;
  readonly #template: Template;
  readonly #index: number;
  readonly #escape: EscapeCharacter;

  constructor(chunk: Chunk, template: Template, index: number, escapeCharacter: EscapeCharacter) {
    this.#chunk = chunk;
    this.#template = template;
    this.#index = index;
    this.#escape = escapeCharacter;
  }

  build(stage: OpenStage | undefined, stages: readonly OpenStage[], globals: Values): Instruction {
    const { read } = this.#template;
    const values = stage?.surroundings.values ?? globals;
    if (!read.ok) return this.other(stage?.index ?? -1, values);
    switch (read.instruction.keyword) {
      case "RUN":
        return this.run(read.instruction, stage);
      case "COPY":
      case "ADD":
        return this.copy(read.instruction, stage, stages);
      default:
        return this.other(stage?.index ?? -1, values);
    }
  }

  other(stage: number, values: Values): OtherInstruction {
    const { read } = this.#template;
    const base = this.#base(read.ok ? read.instruction : undefined, stage, values);
    if (!read.ok) return { ...base, kind: "other", words: [], opaque: read.why };
    return { ...base, kind: "other", words: this.#words(read.instruction, values), opaque: undefined };
  }

  run(read: ReadInstruction, stage: OpenStage | undefined): RunInstruction {
    const values = stage?.surroundings.values ?? new Values();
    const base = this.#base(read, stage?.index ?? -1, values);
    const mounts = base.flags
      .filter((it) => it.name === "mount")
      .map((it) => mountOf(it, values, this.#escape));
    const flagAt = this.#span({ start: read.bodyStart, end: read.bodyStart }).start;
    const shared = { ...base, kind: "run" as const, mounts, flagAt };
    if (read.strings !== undefined) {
      const words = read.strings.map((it) => ({ text: it.value, at: this.#span(it.at) }));
      return {
        ...shared,
        form: "exec",
        commands: this.#execCommand(words, stage),
        opaque: undefined,
        appendAt: undefined,
      };
    }
    const { body } = this.#template;
    const opaque =
      stage !== undefined && !stage.surroundings.posixShell
        ? "the shell is not a POSIX shell"
        : body === undefined
          ? "a here-document for another program"
          : body.script.broken
            ? "the shell script could not be read"
            : undefined;
    if (opaque !== undefined || body === undefined) {
      return {
        ...shared,
        form: "shell",
        commands: [],
        opaque: opaque ?? "no shell body",
        appendAt: undefined,
      };
    }
    const offset = this.#chunk.at.start;
    const inSource = (at: Span): Span => {
      const span = body.text.spanInSource(at);
      return { start: span.start + offset, end: span.end + offset };
    };
    const directory = stage?.surroundings.workdir;
    let commands: readonly Command[] | undefined;
    const appendAt = appendOffset(body.script);
    return {
      ...shared,
      form: "shell",
      opaque: undefined,
      // Evaluated when a rule asks: most instructions of a large file are never asked.
      get commands() {
        commands ??= evaluateScript(body.script.body, values, directory).map((it) => commandOf(it, inSource));
        return commands;
      },
      appendAt: appendAt === undefined ? undefined : inSource({ start: appendAt - 1, end: appendAt }).end,
    };
  }

  copy(read: ReadInstruction, stage: OpenStage | undefined, stages: readonly OpenStage[]): CopyInstruction {
    const values = stage?.surroundings.values ?? new Values();
    const base = this.#base(read, stage?.index ?? -1, values);
    const fromFlag = base.flags.find((it) => it.name === "from");
    const from: Word | undefined = fromFlag && {
      text: fromFlag.value === undefined ? undefined : expandWord(fromFlag.value, values, this.#escape),
      at: fromFlag.at,
    };
    const words = this.#words(read, values);
    const heredoc = this.#chunk.heredocs.length > 0;
    const destination = words.at(-1);
    const path = posixJoin(stage?.surroundings.workdir, destination?.text);
    const isDirectory = words.length > 2 || /\/$|\/\.$|^\.\.?$/.test(destination?.text ?? "");
    return {
      ...base,
      kind: "copy",
      from,
      fromStage:
        from?.text === undefined ? undefined : stageNamed(from.text, stages, stage?.index ?? stages.length),
      sources: words.slice(0, -1).filter((it) => !it.text?.startsWith("<<")),
      destination,
      destinationPath: path === undefined || !isDirectory || path.endsWith("/") ? path : `${path}/`,
      heredoc,
    };
  }

  #execCommand(words: readonly Word[], stage: OpenStage | undefined): readonly Command[] {
    const [first, last] = [words[0], words.at(-1)];
    if (first === undefined || last === undefined) return [];
    const command = {
      at: { start: first.at.start, end: last.at.end },
      words,
      runs: "always" as const,
      directory: stage?.surroundings.workdir,
      redirects: [],
      piped: false,
      removeAt: undefined,
      environment: stage?.surroundings.values ?? new Values(),
    };
    return [{ ...command, effects: effectsOf(command) }];
  }

  #base(read: ReadInstruction | undefined, stage: number, values: Values) {
    const { at, source } = this.#chunk;
    const keywordAt = read?.keywordAt ?? { start: 0, end: source.search(/\s|$/) };
    return {
      keyword: read?.keyword ?? source.slice(0, keywordAt.end).toUpperCase(),
      at,
      keywordAt: this.#span(keywordAt),
      source,
      index: this.#index,
      stage,
      onbuild: read?.onbuild ?? false,
      flags: (read?.flags ?? []).map((it): Flag => {
        const value = it.value === undefined ? undefined : expandWord(it.value, values, this.#escape);
        return { name: it.name, value, at: this.#span(it.at) };
      }),
    };
  }

  #words(read: ReadInstruction, values: Values): Word[] {
    if (read.strings !== undefined) {
      return read.strings.map((it) => ({ text: expandWord(it.value, values, ""), at: this.#span(it.at) }));
    }
    return read.arguments.map((it) => ({
      text: expandWord(it.raw, values, this.#escape),
      at: this.#span(it.at),
    }));
  }

  #span(at: Span): Span {
    const span = this.#template.logical.spanInSource(at);
    return { start: span.start + this.#chunk.at.start, end: span.end + this.#chunk.at.start };
  }
}

function commandOf(it: EvaluatedCommand, inSource: (at: Span) => Span): Command {
  const wordOf = (word: EvaluatedWord): Word => ({ text: word.text, at: inSource(word.at) });
  const command = {
    at: inSource(it.at),
    words: it.words.map(wordOf),
    runs: it.runs,
    directory: it.directory,
    redirects: it.redirects.map(({ operator, target }) => ({ operator, target: wordOf(target) })),
    piped: it.piped,
    removeAt: it.removeAt && inSource(it.removeAt),
    environment: it.environment,
  };
  return { ...command, effects: effectsOf(command) };
}

/** After the last statement, unless it stays in the background, ends the shell, or carries a here-document. */
function appendOffset(script: Script): number | undefined {
  if (script.hasHeredoc || script.broken) return undefined;
  let last: Statement | undefined = script.body;
  if (last.kind === "sequence") {
    const item = last.items.at(-1);
    last = item?.background ? undefined : item?.statement;
  }
  if (last === undefined || last.kind === "opaque" || endsShell(last) || last.at.end === 0) return undefined;
  return last.at.end;
}

function endsShell(it: Statement): boolean {
  if (it.kind === "chain") return it.items.some(endsShell);
  const part = it.kind === "command" ? it.words[0]?.parts[0] : undefined;
  return part?.kind === "text" && (part.text === "exec" || part.text === "exit");
}

function mountOf(flag: Flag, values: Values, escapeCharacter: string): Mount {
  const options = new Map<string, string>();
  for (const option of (flag.value ?? "").split(",")) {
    const [name = "", ...value] = option.split("=");
    options.set(name.toLowerCase(), value.join("="));
  }
  const option = (...names: readonly string[]): string | undefined => {
    const raw = names.map((it) => options.get(it)).find((it) => it !== undefined);
    return raw === undefined ? undefined : expandWord(raw, values, escapeCharacter);
  };
  return {
    type: option("type") ?? "bind",
    target: option("target", "dst", "destination"),
    from: option("from"),
  };
}

function openStage(from: OtherInstruction, stages: readonly OpenStage[], read: ReadInstruction): OpenStage {
  const image = from.words[0]?.text;
  const isNamed = read.arguments[1]?.raw.toUpperCase() === "AS";
  const parent = image === undefined ? undefined : stageNamed(image, stages, stages.length, true);
  const base = parent === undefined ? undefined : stages[parent];
  const inherited = new Values();
  if (base !== undefined) copyEnvironment(base, inherited);
  return {
    index: stages.length,
    name: isNamed ? read.arguments[2]?.raw : undefined,
    from,
    parent,
    baseImage: base === undefined ? image || undefined : base.baseImage,
    instructions: [],
    surroundings: {
      values: inherited,
      workdir: base === undefined ? (image === "scratch" ? "/" : undefined) : base.surroundings.workdir,
      posixShell: base?.surroundings.posixShell ?? true,
    },
    buildArguments: new Set(),
  };
}

function copyEnvironment(base: OpenStage, into: Values): void {
  for (const [name, value] of base.surroundings.values.entries()) {
    if (!base.buildArguments.has(name)) into.set(name, value);
  }
}

function stageNamed(
  name: string,
  stages: readonly OpenStage[],
  before: number,
  namesOnly = false,
): number | undefined {
  const earlier = stages.slice(0, before);
  const found = earlier.findLast((it) => it.name?.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.index;
  if (namesOnly || !/^\d+$/.test(name)) return undefined;
  return earlier[Number(name)]?.index;
}

/** What an instruction changes for those after it. */
function applyToStage(
  read: ReadInstruction,
  stage: OpenStage | undefined,
  globals: Values,
  escapeCharacter: EscapeCharacter,
): void {
  const before = stage?.surroundings.values ?? globals;
  const expanded = (raw: string): string | undefined => expandWord(raw, before, escapeCharacter);
  switch (read.keyword) {
    case "ARG": {
      const values = stage === undefined ? globals : before.copy();
      for (const { name, raw } of read.properties) {
        if (stage === undefined) values.set(name, raw === undefined ? undefined : expanded(raw));
        // An ENV of the same name wins over an ARG.
        else if (!values.has(name) || stage.buildArguments.has(name)) {
          stage.buildArguments.add(name);
          values.set(name, raw === undefined ? globals.get(name) : expanded(raw));
        }
      }
      if (stage !== undefined) stage.surroundings.values = values;
      break;
    }
    case "ENV": {
      if (stage === undefined) break;
      // All values of one ENV see the values from before it.
      const values = before.copy();
      for (const { name, raw } of read.properties) {
        values.set(name, raw === undefined ? "" : expanded(raw));
        stage.buildArguments.delete(name);
      }
      stage.surroundings.values = values;
      break;
    }
    case "WORKDIR": {
      if (stage === undefined) break;
      const raw = read.arguments.map((it) => it.raw).join(" ");
      stage.surroundings.workdir = posixJoin(stage.surroundings.workdir, expanded(raw));
      break;
    }
    case "SHELL": {
      if (stage === undefined || read.strings === undefined) break;
      stage.surroundings.posixShell = /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(read.strings[0]?.value ?? "");
      break;
    }
    default:
  }
}

/** Indexes of all stages in the chains of the targets; unknown targets count as none. */
function chainsOf(stages: readonly OpenStage[], targets: readonly string[]): ReadonlySet<number> {
  const built = targets.flatMap((it) => stageNamed(it, stages, stages.length) ?? []);
  const res = new Set<number>();
  for (const target of built.length > 0 ? built : [stages.length - 1]) {
    for (let at: number | undefined = target; at !== undefined && !res.has(at); at = stages[at]?.parent) {
      if (stages[at] !== undefined) res.add(at);
    }
  }
  return res;
}

const windowsImage = /(?:^|\/)windows(?:[/:@]|$)|nanoserver|servercore|windowsservercore/i;

const isWindows = (stage: Stage): boolean =>
  windowsImage.test(stage.baseImage ?? "") ||
  stage.from.flags.some((it) => it.name === "platform" && (it.value?.startsWith("windows") ?? false));
