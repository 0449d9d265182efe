/** Template: what an instruction's text says by itself, wherever it stands. Read when asked for, kept by its text. */
import { LogicalText } from "./logical-text.ts";
import { type ReadInstruction, type ReadResult, readInstruction } from "./read.ts";
import type { Script } from "./script.ts";
import type { ShellReader } from "./shell.ts";
import type { ChunkText, EscapeCharacter } from "./split.ts";

/** A shell body. `text` maps the script's offsets to the instruction's. */
export interface Body {
  readonly text: LogicalText;
  readonly script: Script;
}

export class Template {
  readonly text: ChunkText;
  readonly escape: EscapeCharacter;
  readonly read: ReadResult;
  readonly #shell: ShellReader;
  #body: Body | undefined | "unread" = "unread";

  constructor(text: ChunkText, escapeCharacter: EscapeCharacter, shell: ShellReader) {
    this.text = text;
    this.escape = escapeCharacter;
    this.read = readInstruction(text.logical.text);
    this.#shell = shell;
  }

  /** Undefined: there is none, or it is not the shell's. */
  get body(): Body | undefined {
    if (this.#body === "unread") {
      this.#body =
        this.read.ok && this.read.instruction.keyword === "RUN"
          ? bodyOf(this.text, this.read.instruction, this.#shell)
          : undefined;
    }
    return this.#body;
  }
}

function bodyOf(
  { source, logical, heredocs }: ChunkText,
  read: ReadInstruction,
  shell: ShellReader,
): Body | undefined {
  if (read.strings !== undefined) return undefined;
  const own = logical.text.slice(read.bodyStart);
  const [heredoc] = heredocs;
  if (heredoc === undefined) return { text: logical.from(read.bodyStart), script: shell.read(own) };
  // Only a here-document that stands alone is the script itself.
  if (heredocs.length > 1 || !/^<<-?\S+\s*$/.test(own)) return undefined;
  const script = source.slice(heredoc.body.start, heredoc.body.end);
  const interpreter = /^\s*#!\s*(\S+)(?:\s+(\S+))?/.exec(script);
  if (interpreter !== null && !/(?:^|\/)(?:ba|da|a|z)?sh$/.test(interpreter[2] ?? interpreter[1] ?? "")) {
    return undefined;
  }
  return {
    text: new LogicalText([{ text: script, start: heredoc.body.start }]),
    script: shell.read(script),
  };
}
