/** Instructions of facts: a content at its offset in the file. Absolute positions are worked out when asked for. */
import type { Span } from "../text/span.ts";
import type { Effect } from "../tools/effect.ts";
import { effectsOf } from "../tools/effects-of.ts";
import type { Content, RelativeWord } from "./content.ts";
import { keptEffectsOf } from "./created.ts";
import type { EvaluatedCommand } from "./evaluate.ts";
import type {
  Command,
  CopyInstruction,
  Flag,
  Instruction,
  Mount,
  OtherInstruction,
  RunInstruction,
  Word,
} from "./facts.ts";
import { posixJoin } from "./paths.ts";
import type { ReadonlyValues } from "./values.ts";

/** The same instruction at another place of another version of the text. */
export function placed(
  content: Content,
  at: Span,
  index: number,
  stage: number,
  triggered = false,
): Instruction {
  const { read } = content.template;
  const keyword = read.ok ? read.instruction.keyword : "";
  if (keyword === "RUN") return new PlacedRun(content, at, index, stage, triggered);
  if (keyword === "COPY" || keyword === "ADD") return new PlacedCopy(content, at, index, stage, triggered);
  return new PlacedOther(content, at, index, stage, triggered);
}

abstract class Placed {
  readonly at: Span;
  readonly index: number;
  readonly stage: number;
  readonly keyword: string;
  readonly triggered: boolean;
  protected readonly content: Content;
  #flags: readonly Flag[] | undefined;
  #words: readonly Word[] | undefined;

  constructor(content: Content, at: Span, index: number, stage: number, triggered: boolean) {
    this.content = content;
    this.triggered = triggered;
    this.at = at;
    this.index = index;
    this.stage = stage;
    this.keyword = content.keyword;
  }

  get said(): object {
    return this.content;
  }

  get source(): string {
    return this.content.template.text.source;
  }

  get onbuild(): boolean {
    const { read } = this.content.template;
    return !this.triggered && read.ok && read.instruction.onbuild;
  }

  get keywordAt(): Span {
    return this.span(this.content.keywordAt);
  }

  get flags(): readonly Flag[] {
    this.#flags ??= this.content.flags.map(({ name, value, at }) => ({ name, value, at: this.span(at) }));
    return this.#flags;
  }

  protected get ownWords(): readonly Word[] {
    this.#words ??= this.content.words.map((it) => this.word(it));
    return this.#words;
  }

  protected span(at: Span): Span {
    return { start: at.start + this.at.start, end: at.end + this.at.start };
  }

  protected word({ text, at }: RelativeWord): Word {
    return { text, at: this.span(at) };
  }
}

class PlacedOther extends Placed implements OtherInstruction {
  readonly kind = "other";

  get words(): readonly Word[] {
    return this.ownWords;
  }

  get opaque(): string | undefined {
    return this.content.opaque;
  }
}

class PlacedCopy extends Placed implements CopyInstruction {
  readonly kind = "copy";
  #sources: readonly Word[] | undefined;
  #destinationPath: string | undefined | "unknown" = "unknown";

  get from(): Word | undefined {
    const flag = this.flags.find((it) => it.name === "from");
    return flag && { text: flag.value, at: flag.at };
  }

  get fromStage(): number | undefined {
    return this.content.fromStage;
  }

  get sources(): readonly Word[] {
    this.#sources ??= this.ownWords.slice(0, -1).filter((it) => !it.text?.startsWith("<<"));
    return this.#sources;
  }

  get destination(): Word | undefined {
    return this.ownWords.at(-1);
  }

  get destinationPath(): string | undefined {
    if (this.#destinationPath === "unknown") this.#destinationPath = this.#destinationPathNow();
    return this.#destinationPath;
  }

  #destinationPathNow(): string | undefined {
    const text = this.destination?.text;
    const path = posixJoin(this.content.place.here.workdir, text);
    const isDirectory = this.ownWords.length > 2 || /\/$|\/\.$|^\.\.?$/.test(text ?? "");
    return path === undefined || !isDirectory || path.endsWith("/") ? path : `${path}/`;
  }

  get heredoc(): boolean {
    return this.content.template.text.heredocs.length > 0;
  }
}

class PlacedRun extends Placed implements RunInstruction {
  readonly kind = "run";
  #commands: readonly Command[] | undefined;
  #keptEffects: readonly Effect[] | undefined;

  get form(): "shell" | "exec" {
    return this.content.isExec ? "exec" : "shell";
  }

  get mounts(): readonly Mount[] {
    return this.content.mounts;
  }

  get commands(): readonly Command[] {
    this.#commands ??= this.content.commands.map((it) => new PlacedCommand(it, this.at.start));
    return this.#commands;
  }

  get opaque(): string | undefined {
    return this.content.opaque;
  }

  get unfinished(): boolean {
    return this.content.isUnfinished;
  }

  get keptEffects(): readonly Effect[] {
    this.#keptEffects ??= keptEffectsOf(this.commands);
    return this.#keptEffects;
  }

  get appendAt(): number | undefined {
    const { appendAt } = this.content;
    return appendAt === undefined ? undefined : appendAt + this.at.start;
  }

  get flagAt(): number {
    return this.content.bodyStart + this.at.start;
  }
}

/** Words get their places when somebody asks for them: most commands of a large file are passed over. */
class PlacedCommand implements Command {
  readonly runs: Command["runs"];
  readonly directory: string | undefined;
  readonly piped: boolean;
  readonly environment: ReadonlyValues;
  readonly #command: EvaluatedCommand;
  readonly #offset: number;
  #words: readonly Word[] | undefined;
  #redirects: Command["redirects"] | undefined;
  #effects: readonly Effect[] | undefined;
  #isKnown = false;

  constructor(it: EvaluatedCommand, offset: number) {
    this.#command = it;
    this.#offset = offset;
    this.runs = it.runs;
    this.directory = it.directory;
    this.piped = it.piped;
    this.environment = it.environment;
  }

  get at(): Span {
    return this.#moved(this.#command.at);
  }

  get words(): readonly Word[] {
    this.#words ??= this.#command.words.map((it) => this.#word(it));
    return this.#words;
  }

  get redirects(): Command["redirects"] {
    this.#redirects ??= this.#command.redirects.map(({ operator, target }) => ({
      operator,
      target: this.#word(target),
    }));
    return this.#redirects;
  }

  get removeAt(): Span | undefined {
    const { removeAt } = this.#command;
    return removeAt && this.#moved(removeAt);
  }

  #moved({ start, end }: Span): Span {
    return { start: start + this.#offset, end: end + this.#offset };
  }

  #word({ text, at }: RelativeWord): Word {
    return { text, at: this.#moved(at) };
  }

  get effects(): readonly Effect[] | undefined {
    if (!this.#isKnown) {
      this.#effects = effectsOf(this);
      this.#isKnown = true;
    }
    return this.#effects;
  }
}
