/** What words of a script come to, as far as the file's own values decide it. */
import type { Span } from "../text/span.ts";
import type { Part, Redirect, ScriptWord } from "./script.ts";
import { matchesGlob, trimmed, trimOperators, type Values } from "./values.ts";

/** A word after evaluation; `at` in the joined text. */
export interface EvaluatedWord {
  readonly text: string | undefined;
  readonly at: Span;
}

export function evaluatedWord(word: ScriptWord, values: Values): EvaluatedWord[] {
  const text = textOf(word.parts, values);
  const [only] = word.parts;
  // An unquoted variable is split into words; each of them stands where the variable does.
  if (word.parts.length === 1 && only?.kind === "variable" && text !== undefined && /\s/.test(text)) {
    return text
      .split(/\s+/)
      .filter((it) => it !== "")
      .map((it) => ({ text: it, at: word.at }));
  }
  return [{ text, at: word.at }];
}

export const evaluatedRedirect = (it: Redirect, values: Values) => ({
  operator: it.operator,
  target: { text: textOf(it.target.parts, values), at: it.target.at },
});

export function textOf(parts: readonly Part[], values: Values): string | undefined {
  let res = "";
  for (const part of parts) {
    const text =
      part.kind === "text" ? part.text : part.kind === "variable" ? variableText(part, values) : undefined;
    if (text === undefined) return undefined;
    res += text;
  }
  return res;
}

function variableText(part: Extract<Part, { kind: "variable" }>, values: Values): string | undefined {
  const value = values.get(part.name);
  if (value === undefined || part.operator === "") return value;
  const trim = trimOperators.find((it) => it === part.operator);
  if (trim !== undefined) {
    const pattern = textOf(part.operand, values);
    return pattern === undefined ? undefined : trimmed(value, trim, pattern);
  }
  const filled = part.operator.startsWith(":") ? value !== "" : true;
  if (part.operator.endsWith("-")) return filled ? value : textOf(part.operand, values);
  return filled ? textOf(part.operand, values) : "";
}

/** `*` matches also what is not known. */
export const patternMatches = (
  subject: string | undefined,
  pattern: string | undefined,
): boolean | undefined => {
  if (pattern === "*") return true;
  return subject === undefined || pattern === undefined ? undefined : matchesGlob(subject, pattern);
};

export type Status = "success" | "failure" | "unknown";

/** `[ a = b ]`, `-n`, `-z`, `!`; anything else is unknown. */
export function testStatus(words: readonly EvaluatedWord[]): Status {
  const texts = words.map((it) => it.text);
  const inner = texts[0] === "test" ? texts.slice(1) : texts.slice(1, -1);
  const [a, b, c] = inner;
  const answer = (yes: boolean): Status => (yes ? "success" : "failure");
  if (inner.length === 3 && a !== undefined && c !== undefined) {
    // Patterns on the right side of [[ … ]] are not modelled.
    if ((b === "=" || b === "==") && !/[*?[]/.test(c)) return answer(a === c);
    if (b === "!=" && !/[*?[]/.test(c)) return answer(a !== c);
    if (b === "-eq") return answer(Number(a) === Number(c));
    if (b === "-ne") return answer(Number(a) !== Number(c));
  }
  if (inner.length === 2 && b !== undefined) {
    if (a === "-n") return answer(b !== "");
    if (a === "-z") return answer(b === "");
  }
  if (inner.length === 1 && a !== undefined) return answer(a !== "");
  return "unknown";
}
