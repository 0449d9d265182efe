/** A tool model: what one program does to the layer it runs in, read from its words. */
import type { Word } from "../dockerfile/facts.ts";
import { posixJoin } from "../dockerfile/paths.ts";
import type { ReadonlyValues } from "../dockerfile/values.ts";
import type { Effect, PathWord } from "./effect.ts";

export interface Invocation {
  /** The program first, wrappers such as sudo removed. */
  readonly words: readonly Word[];
  /** Absolute working directory, when known. */
  readonly directory: string | undefined;
  /** Variables as the program sees them. */
  readonly environment: ReadonlyValues;
}

export interface Tool {
  /** File names of the program. */
  readonly names: readonly string[];
  /** Undefined when the words say something the model does not know. */
  effects(call: Invocation): readonly Effect[] | undefined;
}

export interface Option {
  /** With its dashes. */
  readonly name: string;
  readonly value: Word | undefined;
  /** The word that holds the name. */
  readonly word: Word;
}

/** Arguments after the program, options apart from operands. */
export interface SplitArguments {
  readonly options: readonly Option[];
  readonly operands: readonly Word[];
}

/**
 * Splits arguments by POSIX and GNU habits: `-abc`, `--name`, `--name=value`, `--`. `valued` names the options
 * (with their dashes) that take the next word. A word that cannot be decided counts as an operand.
 */
export function splitArguments(words: readonly Word[], valued: ReadonlySet<string>): SplitArguments {
  const options: Option[] = [];
  const operands: Word[] = [];
  const rest = words.slice(1);
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index];
    if (word === undefined) break;
    const text = word.text ?? "";
    if (text === "--") {
      operands.push(...rest.slice(index + 1));
      break;
    }
    if (text.startsWith("--")) {
      const equals = text.indexOf("=");
      const name = equals === -1 ? text : text.slice(0, equals);
      if (equals !== -1) options.push({ name, value: { text: text.slice(equals + 1), at: word.at }, word });
      else if (valued.has(name)) options.push({ name, value: rest[++index], word });
      else options.push({ name, value: undefined, word });
    } else if (text.startsWith("-") && text.length > 1) {
      for (let at = 1; at < text.length; at += 1) {
        const name = `-${text.charAt(at)}`;
        if (!valued.has(name)) {
          options.push({ name, value: undefined, word });
          continue;
        }
        const attached = text.slice(at + 1);
        options.push({
          name,
          value: attached === "" ? rest[++index] : { text: attached, at: word.at },
          word,
        });
        break;
      }
    } else operands.push(word);
  }
  return { options, operands };
}

export const hasOption = (args: SplitArguments, ...names: readonly string[]): boolean =>
  args.options.some((it) => names.includes(it.name));

export const optionValue = (args: SplitArguments, ...names: readonly string[]): Word | undefined =>
  args.options.findLast((it) => names.includes(it.name))?.value;

/** Words that name paths; one that cannot be decided makes the answer shorter, never wrong. */
export const pathWords = (words: readonly Word[], directory: string | undefined): readonly PathWord[] =>
  words.flatMap((word) => {
    const path = posixJoin(directory, word.text);
    return path === undefined ? [] : [{ path, word }];
  });
