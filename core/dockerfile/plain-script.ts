/**
 * Reads the scripts that need no grammar: simple commands, one after another or joined by `&&` and `||`, of plain words,
 * quoted texts and variables. Most bodies of RUN are of this kind, and are read here many times faster.
 *
 * Invariant: what the grammar would say, or undefined; nothing is guessed.
 */
import type { Assignment, Part, Script, ScriptWord, SimpleCommand, Statement } from "./script.ts";

/** Longer chains are nested by the grammar, and longer texts are not read at all. */
const mostCommands = 100;
const longest = 50_000;

export function plainScript(text: string): Script | undefined {
  if (text.length > longest || !onlyPlain.test(text)) return undefined;
  return new PlainReader(text).script();
}

/** Nothing that opens another construct: no redirection, pipe, group, comment, here-document, substitution, escape, line. */
const onlyPlain = /^[\w \t./:@%+,=*?~;&|$'"{}^-]+$/;

/** They begin another construct, or their words are read in another way. */
const unlike = new Set(
  [
    "if then else elif fi for while until do done case esac select function in time coproc",
    "declare typeset export readonly local unset unsetenv test su",
  ].flatMap((it) => it.split(" ")),
);
const shell = /(?:^|\/)(?:ba|da|a|z|k)?sh$/;

class PlainReader {
  readonly #text: string;
  #at = 0;
  #failed = false;

  constructor(text: string) {
    this.#text = text;
  }

  script(): Script | undefined {
    const statements: Statement[] = [];
    let commands = 0;
    this.#skipBlanks();
    while (this.#at < this.#text.length) {
      const items: Statement[] = [];
      const operators: ("&&" | "||")[] = [];
      for (;;) {
        const command = this.#command();
        if (command === undefined || ++commands > mostCommands) return undefined;
        items.push(command);
        const operator = this.#text.slice(this.#at, this.#at + 2);
        if (operator !== "&&" && operator !== "||") break;
        operators.push(operator);
        this.#at += 2;
        this.#skipBlanks();
      }
      const [first] = items;
      const last = items.at(-1);
      if (first === undefined || last === undefined) return undefined;
      statements.push(
        items.length === 1
          ? first
          : { kind: "chain", at: { start: first.at.start, end: last.at.end }, items, operators },
      );
      if (this.#at === this.#text.length) break;
      if (this.#text.charAt(this.#at) !== ";" || this.#text.charAt(this.#at + 1) === ";") return undefined;
      this.#at += 1;
      this.#skipBlanks();
    }
    const [only] = statements;
    if (only === undefined) return undefined;
    const body: Statement =
      statements.length === 1
        ? only
        : {
            kind: "sequence",
            at: { start: only.at.start, end: this.#text.length },
            items: statements.map((statement) => ({ statement, background: false })),
          };
    return { body, broken: false, unfinished: false, hasHeredoc: false };
  }

  #skipBlanks(): void {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  /** Up to the operator behind it, or the end. */
  #command(): SimpleCommand | undefined {
    const start = this.#at;
    let end = start;
    const assignments: Assignment[] = [];
    const words: ScriptWord[] = [];
    while (this.#at < this.#text.length && !isOperator(this.#text.charCodeAt(this.#at))) {
      const name = words.length === 0 ? assigned(this.#text, this.#at) : undefined;
      const from = this.#at;
      if (name !== undefined) this.#at += name.length + 1;
      const word = this.#word();
      if (this.#failed) return undefined;
      end = this.#at;
      if (name !== undefined) {
        const value = word.parts.length === 0 && word.at.start === word.at.end;
        assignments.push({ name, value: value ? { at: { start: from, end }, parts: [] } : word });
      } else {
        const raw = this.#text.slice(from, end);
        if (
          (words.length === 0 && (unlike.has(raw) || raw.includes("+="))) ||
          shell.test(raw) ||
          raw === "su"
        )
          return undefined;
        words.push(word);
      }
      this.#skipBlanks();
    }
    if (end === start) return undefined;
    return { kind: "command", at: { start, end }, assignments, words, redirects: [] };
  }

  #word(): ScriptWord {
    const start = this.#at;
    const parts: Part[] = [];
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code) || isBlank(code) || isOperator(code)) break;
      if (code === quote) this.#raw(parts);
      else if (code === doubleQuote) this.#string(parts);
      else if (code === dollar) this.#variable(parts);
      else if (code === openBrace || code === closeBrace) this.#failed = true;
      else this.#bare(parts);
      if (this.#failed) break;
    }
    return { at: { start, end: this.#at }, parts };
  }

  #bare(parts: Part[]): void {
    const start = this.#at;
    while (isBare(this.#text.charCodeAt(this.#at))) this.#at += 1;
    parts.push({ kind: "text", text: this.#text.slice(start, this.#at) });
  }

  #raw(parts: Part[]): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) {
      this.#failed = true;
      return;
    }
    parts.push({ kind: "text", text: this.#text.slice(this.#at + 1, end) });
    this.#at = end + 1;
  }

  #string(parts: Part[]): void {
    this.#at += 1;
    for (;;) {
      const start = this.#at;
      let code = this.#text.charCodeAt(this.#at);
      while (!Number.isNaN(code) && code !== doubleQuote && code !== dollar) {
        this.#at += 1;
        code = this.#text.charCodeAt(this.#at);
      }
      const text = this.#text.slice(start, this.#at);
      if (text !== "") parts.push({ kind: "text", text });
      if (code === doubleQuote) break;
      // The grammar takes blanks before a variable for a part of it, and then does not know it.
      if (code !== dollar || (text !== "" && text.trim() === "")) this.#failed = true;
      else this.#variable(parts);
      if (this.#failed) return;
    }
    this.#at += 1;
  }

  /** `$NAME` or `${NAME}`. */
  #variable(parts: Part[]): void {
    const braced = this.#text.charCodeAt(this.#at + 1) === openBrace;
    const start = this.#at + (braced ? 2 : 1);
    const end = nameEnd(this.#text, start);
    if (end === start || (braced && this.#text.charCodeAt(end) !== closeBrace)) {
      this.#failed = true;
      return;
    }
    parts.push({ kind: "variable", name: this.#text.slice(start, end), operator: "", operand: [] });
    this.#at = end + (braced ? 1 : 0);
  }
}

const quote = 39;
const doubleQuote = 34;
const dollar = 36;
const openBrace = 123;
const closeBrace = 125;
const ampersand = 38;
const bar = 124;
const semicolon = 59;
const space = 32;
const tab = 9;
const equals = 61;
const underscore = 95;
const isBlank = (code: number): boolean => code === space || code === tab;
const isOperator = (code: number): boolean => code === ampersand || code === bar || code === semicolon;
const isBare = (code: number): boolean =>
  !Number.isNaN(code) &&
  !isBlank(code) &&
  !isOperator(code) &&
  code !== quote &&
  code !== doubleQuote &&
  code !== dollar &&
  code !== openBrace &&
  code !== closeBrace;

const isNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === underscore;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Where the name of a variable that begins at an offset ends; the offset itself where none does. */
function nameEnd(text: string, at: number): number {
  if (!isNameStart(text.charCodeAt(at))) return at;
  let end = at + 1;
  while (isNameStart(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** The name that an assignment at this place sets. */
function assigned(text: string, at: number): string | undefined {
  const end = nameEnd(text, at);
  return end > at && text.charCodeAt(end) === equals ? text.slice(at, end) : undefined;
}
