/**
 * The rules of a .dockerignore file as Docker applies them: in order, the last one that matches a path or one of
 * its parents decides, `!` lets through again.
 */
import { ignoreExpression } from "./wildcards.ts";

interface IgnoreRule {
  readonly expression: RegExp;
  readonly exception: boolean;
  /** The pattern before its first wildcard, to tell what it can never reach. */
  readonly literal: string;
}

/** For each rule, whether it matched a directory or one of its parents. */
export type Matched = readonly boolean[];

export class IgnoreRules {
  readonly #rules: readonly IgnoreRule[];
  /** Patterns that Docker would refuse; they match nothing here. */
  readonly invalid: readonly string[];

  constructor(text: string) {
    const rules: IgnoreRule[] = [];
    const invalid: string[] = [];
    for (const pattern of patternsOf(text)) {
      const exception = pattern.startsWith("!");
      const path = cleaned(exception ? pattern.slice(1).trim() : pattern);
      const expression = path === "" ? undefined : ignoreExpression(path);
      if (expression === undefined) invalid.push(pattern);
      else rules.push({ expression, exception, literal: /^[^*?[\\]*/.exec(path)?.[0] ?? "" });
    }
    this.#rules = rules;
    this.invalid = invalid;
  }

  get empty(): boolean {
    return this.#rules.length === 0;
  }

  /** `parent` is the answer for the directory above; undefined at the root. */
  match(path: string, parent: Matched | undefined): Matched {
    return this.#rules.map((it, index) => parent?.[index] === true || it.expression.test(path));
  }

  ignores(matched: Matched): boolean {
    let res = false;
    this.#rules.forEach((it, index) => {
      if (matched[index] === true) res = !it.exception;
    });
    return res;
  }

  /** Whether an exception may let something below an ignored directory through. */
  mayLetThroughBelow(directory: string): boolean {
    const inside = `${directory}/`;
    return this.#rules.some(
      (it) => it.exception && (it.literal.startsWith(inside) || inside.startsWith(it.literal)),
    );
  }
}

function patternsOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Go's filepath.Clean, then without a leading slash; "" for a pattern that names nothing. */
function cleaned(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !pattern.startsWith("/")) parts.push(part);
  }
  return parts.join("/");
}
