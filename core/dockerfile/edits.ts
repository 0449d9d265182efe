/**
 * Edits of a Dockerfile that keep the rest as it is: comments, continuations, indentation, line breaks.
 *
 * Each answers undefined where it cannot be done without touching something else.
 */
import { type Edit, insertAt, removeAt } from "../text/edit.ts";
import { lineBreakOf, lineStart, nextLine, previousLine } from "../text/lines.ts";
import type { Command, CopyInstruction, Facts, Instruction, RunInstruction, Word } from "./facts.ts";

/** Adds `&& command` at the end of a RUN, laid out like the commands before it. */
export function appendCommand(facts: Facts, run: RunInstruction, command: string): Edit | undefined {
  if (run.appendAt === undefined) return undefined;
  const before = facts.text.slice(run.at.start, run.appendAt);
  const eol = lineBreakOf(facts.text);
  const layout = /\r?\n([ \t]*)&&([ \t]+)[^\r\n]*$/.exec(before);
  if (layout !== null) {
    return insertAt(run.appendAt, ` ${facts.escape}${eol}${layout[1]}&&${layout[2]}${command}`);
  }
  // `cmd && \` at the ends of lines.
  const trailing = /&&[ \t]*[\\`]\r?\n([ \t]*)[^\r\n]*$/.exec(before);
  if (trailing !== null) return insertAt(run.appendAt, ` && ${facts.escape}${eol}${trailing[1]}${command}`);
  return insertAt(run.appendAt, ` && ${command}`);
}

/** Adds a flag such as `--mount=…` in front of a RUN's body. */
export const addFlag = (run: RunInstruction, flag: string): Edit => insertAt(run.flagAt, `${flag} `);

/** Adds a word after another one of a command, on the same line. */
export const insertWord = (after: Word, word: string): Edit => insertAt(after.at.end, ` ${word}`);

/** Another text for a word; undefined where the source does not say what the word means. */
export const insertReplacement = ({ text }: Facts, word: Word, replacement: string): Edit | undefined =>
  text.slice(word.at.start, word.at.end) === word.text ? { at: word.at, insert: replacement } : undefined;

/** Takes a command out of its script; the whole instruction when nothing else is in it. */
export function removeCommand(facts: Facts, run: RunInstruction, command: Command): Edit | undefined {
  if (command.removeAt !== undefined) return removeAt(command.removeAt);
  return run.commands.length === 1 && run.form === "shell" ? removeInstruction(facts, run) : undefined;
}

/** Takes several commands of one RUN away; the whole RUN where nothing else is in it. */
export function removeCommands(
  facts: Facts,
  run: RunInstruction,
  commands: readonly Command[],
): readonly Edit[] | undefined {
  if (run.form === "shell" && run.commands.every((it) => commands.includes(it)))
    return [removeInstruction(facts, run)];
  const edits = commands.flatMap((it) => removeCommand(facts, run, it) ?? []);
  const inOrder = [...edits].sort((a, b) => a.at.start - b.at.start);
  const areApart = inOrder.every(
    (it, index) => index === 0 || (inOrder[index - 1]?.at.end ?? 0) <= it.at.start,
  );
  return edits.length === commands.length && areApart ? edits : undefined;
}

/** Takes an instruction away with its lines, the comment block that touches it from above, and one empty line. */
export function removeInstruction(facts: Facts, instruction: Instruction): Edit {
  const { text } = facts;
  let start = blockStart(facts, instruction);
  let end = nextLine(text, instruction.at.end);
  // One of two empty lines that would meet goes too.
  const above = previousLine(text, start);
  const isBlankAbove = above === undefined || text.slice(above, start).trim() === "";
  const blankBelow = /^[ \t]*\r?\n/.exec(text.slice(end));
  if (isBlankAbove && blankBelow !== null) end += blankBelow[0].length;
  else if (isBlankAbove && end >= text.length && above !== undefined) start = above;
  return removeAt({ start, end });
}

/**
 * Takes words out of one command or instruction, given with the words that stay. Lines on which nothing but removed words stood go with them; where the last
 * line goes, the continuation before it goes too.
 */
export function removeWords(
  { text }: Facts,
  words: readonly Word[],
  removed: readonly Word[],
): readonly Edit[] | undefined {
  const gone = new Set(removed.map((it) => it.at.start));
  const stays = words.filter((it) => !gone.has(it.at.start));
  if (stays.length === 0 || removed.length === 0) return undefined;
  // Words that stand for the same source text (an expanded variable) cannot be told apart.
  if (removed.some((it) => stays.some((other) => other.at.start < it.at.end && it.at.start < other.at.end))) {
    return undefined;
  }
  const edits: Edit[] = [];
  for (const run of runsOf(words, gone)) {
    const edit = removeRun(text, run);
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  return edits;
}

interface WordRun {
  readonly before: Word;
  readonly words: readonly Word[];
  readonly after: Word | undefined;
}

/** Neighbouring removed words, with the words that stay around them. */
function runsOf(words: readonly Word[], gone: ReadonlySet<number>): WordRun[] {
  const res: WordRun[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const first = words[index];
    const before = words[index - 1];
    if (first === undefined || before === undefined || !gone.has(first.at.start)) continue;
    const run: Word[] = [];
    for (let word = words[index]; word !== undefined && gone.has(word.at.start); word = words[++index])
      run.push(word);
    res.push({ before, words: run, after: words[index] });
  }
  return res;
}

function removeRun(text: string, { before, words, after }: WordRun): Edit | undefined {
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const opensLine = text.slice(lineStart(text, first.at.start), first.at.start).trim() === "";
  const rest = /^[ \t]*([\\`])?[ \t]*\r?\n/.exec(text.slice(last.at.end));
  // Whole lines: from the beginning of the first to the end of the last, its continuation included.
  if (
    opensLine &&
    rest?.[1] !== undefined &&
    after !== undefined &&
    after.at.start >= last.at.end + rest[0].length
  ) {
    return removeAt({ start: lineStart(text, first.at.start), end: last.at.end + rest[0].length });
  }
  // The rest of the command, or of a line: from the word before, whose line's continuation goes as well.
  const gap = text.slice(before.at.end, first.at.start);
  if (/#/.test(gap)) return opensLine ? undefined : removeAt({ start: first.at.start, end: last.at.end });
  if (after !== undefined && !opensLine && text.slice(last.at.end, after.at.start).includes("\n")) {
    return removeAt({ start: before.at.end, end: last.at.end });
  }
  if (after === undefined) return removeAt({ start: before.at.end, end: last.at.end });
  return removeAt({ start: first.at.start, end: after.at.start - gapBefore(text, last, after) });
}

/** White space that has to stay between the word before and the word after. */
const gapBefore = (text: string, last: Word, after: Word): number =>
  /^[ \t]+$/.test(text.slice(last.at.end, after.at.start)) ? 0 : after.at.start - last.at.end;

/** Parser directives look like comments and are none. */
const isDirective = (facts: Facts, offset: number): boolean =>
  offset < (facts.instructions[0]?.at.start ?? 0) &&
  /^\s*#\s*(?:syntax|escape|check)\s*=/i.test(facts.text.slice(offset, offset + 80));

/** A line directly below an instruction. */
export function addAfter(facts: Facts, instruction: Instruction, line: string): Edit {
  const at = nextLine(facts.text, instruction.at.end);
  const eol = lineBreakOf(facts.text);
  const ended = at > 0 && facts.text.charAt(at - 1) === "\n";
  return insertAt(at, ended ? `${line}${eol}` : `${eol}${line}`);
}

/** Adds a flag such as `--chown=…` to a COPY or ADD. */
export const addCopyFlag = (copy: CopyInstruction, flag: string): Edit =>
  insertAt(copy.keywordAt.end, ` ${flag}`);

/** Lines in front of an instruction and the comment block that touches it from above; `lines` ends its last line. */
export function insertBefore(facts: Facts, instruction: Instruction, lines: string): Edit {
  return insertAt(blockStart(facts, instruction), lines);
}

/** Where an instruction begins with the comment block that touches it from above. */
function blockStart(facts: Facts, instruction: Instruction): number {
  const { text } = facts;
  let start = lineStart(text, instruction.at.start);
  for (let above = previousLine(text, start); above !== undefined; above = previousLine(text, start)) {
    const line = text.slice(above, start).trim();
    if (!line.startsWith("#") || isDirective(facts, above)) break;
    start = above;
  }
  return start;
}

/** A new instruction on a line of its own after another. */
export function insertAfter(facts: Facts, instruction: Instruction, line: string): Edit {
  const at = nextLine(facts.text, instruction.at.end);
  const eol = lineBreakOf(facts.text);
  return at === facts.text.length && !facts.text.endsWith("\n")
    ? insertAt(at, `${eol}${eol}${line}`)
    : insertAt(at, `${eol}${line}${eol}`);
}

/** Takes one source out of a COPY that has others; undefined for the JSON form, whose commas are not words. */
export function removeSource(facts: Facts, copy: CopyInstruction, source: Word): readonly Edit[] | undefined {
  const { destination, sources } = copy;
  const [first] = sources;
  if (destination === undefined || first === undefined || sources.length < 2) return undefined;
  if (isJsonForm(facts, copy)) return undefined;
  const head = [copy.keywordAt, ...copy.flags.map((it) => it.at)].map(
    (at): Word => ({ text: undefined, at }),
  );
  return removeWords(facts, [...head, ...sources, destination], [source]);
}

/** `COPY ["a", "/b"]`: commas and quotes are not words. */
export const isJsonForm = (facts: Facts, copy: CopyInstruction): boolean =>
  facts.text.slice(copy.keywordAt.end, copy.sources[0]?.at.start).includes("[");

/** Writes another text in a word's place. */
export const replaceWord = (word: Word, text: string): readonly Edit[] => [{ at: word.at, insert: text }];

/** Other words in the place of the first of some words of a command; the others go. */
export function replaceWords(
  facts: Facts,
  words: readonly Word[],
  removed: readonly Word[],
  instead: readonly string[],
): readonly Edit[] | undefined {
  const [first, ...others] = removed;
  if (first === undefined || instead.length === 0) return removeWords(facts, words, removed);
  const replacement = insertReplacement(facts, first, instead.join(" "));
  const rest = others.length === 0 ? [] : removeWords(facts, words, others);
  return replacement && rest && [replacement, ...rest];
}
