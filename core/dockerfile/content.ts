/**
 * Content: what an instruction says at its place of a stage, with offsets relative to the instruction.
 *
 * Invariant: depends on the text and the place alone, never on where in the file they are, so that versions of a
 * document share it. Worked out when a rule asks: most instructions of a large file are never asked.
 */
import type { Span } from "../text/span.ts";
import { type EvaluatedCommand, evaluateScript } from "./evaluate.ts";
import type { Mount } from "./facts.ts";
import { posixJoin } from "./paths.ts";
import type { Script, Statement } from "./script.ts";
import { type Place, stageSeenFrom, valuesAt } from "./surroundings.ts";
import type { Body, Template } from "./template.ts";
import { expandWord } from "./values.ts";

export interface RelativeWord {
  readonly text: string | undefined;
  readonly at: Span;
}

export interface RelativeFlag {
  readonly name: string;
  readonly value: string | undefined;
  /** The value as it stands in the text. */
  readonly raw: string | undefined;
  readonly at: Span;
}

export class Content {
  readonly template: Template;
  readonly place: Place;
  #flags: readonly RelativeFlag[] | undefined;
  #words: readonly RelativeWord[] | undefined;
  #commands: readonly EvaluatedCommand[] | undefined;
  #mounts: readonly Mount[] | undefined;
  #fromStage: number | undefined | "unknown" = "unknown";

  constructor(template: Template, place: Place) {
    this.template = template;
    this.place = place;
  }

  get keyword(): string {
    const { read, text } = this.template;
    return read.ok ? read.instruction.keyword : text.source.slice(0, firstWord(text.source)).toUpperCase();
  }

  get keywordAt(): Span {
    const { read, text } = this.template;
    return this.#inSource(read.ok ? read.instruction.keywordAt : { start: 0, end: firstWord(text.source) });
  }

  get flags(): readonly RelativeFlag[] {
    const { read, escape: escapeCharacter } = this.template;
    this.#flags ??= (read.ok ? read.instruction.flags : []).map(({ name, value, at }) => ({
      name,
      value: value === undefined ? undefined : expandWord(value, valuesAt(this.place), escapeCharacter),
      raw: value,
      at: this.#inSource(at),
    }));
    return this.#flags;
  }

  /** The arguments; those of the exec form without quotes. */
  get words(): readonly RelativeWord[] {
    this.#words ??= this.#wordsNow();
    return this.#words;
  }

  get mounts(): readonly Mount[] {
    const { template, place } = this;
    this.#mounts ??= this.flags
      .filter((it) => it.name === "mount")
      .map((it) => mountOf(it.raw ?? "", place, template.escape));
    return this.#mounts;
  }

  get commands(): readonly EvaluatedCommand[] {
    this.#commands ??= this.#commandsNow();
    return this.#commands;
  }

  /** Why nothing is said about the body of a RUN. */
  get opaque(): string | undefined {
    const { read, body } = this.template;
    if (!read.ok) return read.why;
    if (read.instruction.keyword !== "RUN" || this.isExec) return undefined;
    if (!this.place.here.posixShell) return "the shell is not a POSIX shell";
    if (body === undefined) return "a here-document for another program";
    return body.script.broken ? "the shell script could not be read" : undefined;
  }

  get isUnfinished(): boolean {
    const { read, body } = this.template;
    const isRun = read.ok && read.instruction.keyword === "RUN";
    return isRun && this.opaque === undefined && body?.script.unfinished === true;
  }

  get isExec(): boolean {
    const { read } = this.template;
    return read.ok && read.instruction.strings !== undefined;
  }

  /** Where the body begins, after the flags. */
  get bodyStart(): number {
    const { read } = this.template;
    const start = read.ok ? read.instruction.bodyStart : 0;
    return this.#inSource({ start, end: start }).start;
  }

  get appendAt(): number | undefined {
    const { body } = this.template;
    if (body === undefined || this.isExec || this.opaque !== undefined) return undefined;
    const end = appendOffset(body.script);
    return end === undefined ? undefined : body.text.spanInSource({ start: end - 1, end }).end;
  }

  /** Index of the stage that `--from` of a COPY means. */
  get fromStage(): number | undefined {
    if (this.#fromStage === "unknown") {
      const name = this.flags.find((it) => it.name === "from")?.value;
      this.#fromStage = name === undefined ? undefined : stageSeenFrom(this.place, name);
    }
    return this.#fromStage;
  }

  #wordsNow(): readonly RelativeWord[] {
    const { read, escape: escapeCharacter } = this.template;
    if (!read.ok) return [];
    const { strings, arguments: args } = read.instruction;
    const values = valuesAt(this.place);
    if (strings !== undefined) {
      // A RUN's strings are given to the kernel as they stand.
      const isRun = read.instruction.keyword === "RUN";
      return strings.map((it) => ({
        text: isRun ? it.value : expandWord(it.value, values, ""),
        at: this.#inSource(it.at),
      }));
    }
    return args.map((it) => ({
      text: expandWord(it.raw, values, escapeCharacter),
      at: this.#inSource(it.at),
    }));
  }

  #commandsNow(): readonly EvaluatedCommand[] {
    const { body } = this.template;
    if (this.isExec && (body === undefined || body.script.broken)) return this.#execCommand();
    if (body === undefined || this.opaque !== undefined) return [];
    const { values, workdir } = this.place.here;
    return evaluateScript(body.script.body, values, workdir).map((it) => commandInSource(it, body));
  }

  #execCommand(): readonly EvaluatedCommand[] {
    const { words } = this;
    const [first, last] = [words[0], words.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { workdir, values } = this.place.here;
    return [
      {
        at: { start: first.at.start, end: last.at.end },
        words,
        runs: "always",
        directory: workdir,
        redirects: [],
        piped: false,
        removeAt: undefined,
        environment: values,
      },
    ];
  }

  #inSource(at: Span): Span {
    return this.template.text.logical.spanInSource(at);
  }
}

const firstWord = (source: string): number => source.search(/\s|$/);

function commandInSource(it: EvaluatedCommand, { text }: Body): EvaluatedCommand {
  const word = (one: RelativeWord): RelativeWord => ({ text: one.text, at: text.spanInSource(one.at) });
  return {
    at: text.spanInSource(it.at),
    words: it.words.map(word),
    redirects: it.redirects.map(({ operator, target }) => ({ operator, target: word(target) })),
    runs: it.runs,
    directory: it.directory,
    piped: it.piped,
    removeAt: it.removeAt && text.spanInSource(it.removeAt),
    environment: it.environment,
  };
}

/** After the last statement, unless it stays in the background, ends the shell, carries a here-document, or another is to come. */
function appendOffset(script: Script): number | undefined {
  if (script.hasHeredoc || script.broken || script.unfinished) return undefined;
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

function mountOf(raw: string, place: Place, escapeCharacter: string): Mount {
  const values = valuesAt(place);
  const options = new Map<string, string>();
  for (const option of raw.split(",")) {
    const [name = "", ...value] = option.split("=");
    options.set(name.toLowerCase(), value.join("="));
  }
  const option = (...names: readonly string[]): string | undefined => {
    const found = names.map((it) => options.get(it)).find((it) => it !== undefined);
    return found === undefined ? undefined : expandWord(found, values, escapeCharacter);
  };
  const from = option("from");
  return {
    type: option("type") ?? "bind",
    target: posixJoin(place.here.workdir, option("target", "dst", "destination")),
    from,
    fromStage: from === undefined ? undefined : stageSeenFrom(place, from),
  };
}
