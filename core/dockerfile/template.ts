/** Template: what an instruction's text says by itself, wherever it stands. Read when asked for, kept by its text. */
import { LogicalText, type TextPiece } from "./logical-text.ts";
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
  if (read.strings !== undefined) return execBody(logical, read, shell);
  const own = logical.text.slice(read.bodyStart);
  const [heredoc] = heredocs;
  if (heredoc === undefined) return { text: logical.from(read.bodyStart), script: shell.read(own) };
  // Without the openings, which the shell sees as its input; blanks keep all places.
  const line = own.replace(/(?<=^|\s)\d*<<-?(?:"[^"\s]*"|'[^'\s]*'|[^\s"'<]+)/g, (it) =>
    " ".repeat(it.length),
  );
  const isShell = line.trim() === "" || shellCommand.test(line.trim());
  if (!isShell || heredocs.length > 1) {
    const script = shell.read(line);
    return { text: logical.from(read.bodyStart), script: { ...script, hasHeredoc: true } };
  }
  const script = source.slice(heredoc.body.start, heredoc.body.end);
  // Another interpreter's script: nothing is known of what it does.
  if (!isShellScript(script)) return undefined;
  return {
    text: new LogicalText([{ text: script, start: heredoc.body.start }]),
    script: shell.read(script),
  };
}

/** A shell that reads its script from the here-document. */
const shellCommand = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k)?sh(?:\s+-[a-z]+|\s+pipefail)*(?:\s+-)?$/;

function isShellScript(script: string): boolean {
  const interpreter = /^\s*#!\s*([^\r\n]*)/.exec(script)?.[1];
  if (interpreter === undefined) return true;
  const program = interpreter.split(/\s+/).find((it) => !/(?:^|\/)env$|^-/.test(it));
  return /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(program ?? "");
}

/** The script of `["sh", "-c", "…"]`; of other programs in exec form there is none. */
function execBody(
  logical: LogicalText,
  { strings = [] }: ReadInstruction,
  shell: ShellReader,
): Body | undefined {
  const [program, ...rest] = strings;
  const flag = rest.findIndex(({ value }) => /^-[a-z]*c$/.test(value));
  const isPlain = rest.slice(0, flag).every(({ value }) => /^-|^pipefail$/.test(value));
  const script = flag === -1 || !isPlain ? undefined : rest[flag + 1];
  if (script === undefined || !/(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(program?.value ?? "")) return undefined;
  const written = logical.text.slice(script.at.start, script.at.end);
  // Escapes of JSON stand for one character each; others than these two are rare in scripts.
  const pieces: TextPiece[] = [];
  let from = 1;
  const add = (end: number): void => {
    const start = logical.offsetInSource(script.at.start + from);
    pieces.push({ text: written.slice(from, end), start, lead: from === 1 ? 0 : 1 });
  };
  for (const escaped of written.slice(0, -1).matchAll(/\\["\\/]/g)) {
    add(escaped.index);
    from = escaped.index + 1;
  }
  add(written.length - 1);
  const text = new LogicalText(pieces);
  return text.text === script.value ? { text, script: shell.read(text.text) } : undefined;
}
