/**
 * The rules of a .dockerignore file as Docker applies them: in order, the last one that matches a path or one of
 * its parents decides, `!` lets through again. Held against real builds by test/engine/ignore-file.test.ts.
 */
import { nextLine } from "../text/lines.ts";
import type { Span } from "../text/span.ts";
import { ignoreTest, type PathTest } from "./ignore-pattern.ts";

export interface IgnoreRule {
  /** Its line, without white space around it. */
  readonly at: Span;
  /** As Docker cleans it: without `!`, leading slash, `./`, `..` inside and trailing slashes. */
  readonly pattern: string;
  readonly exception: boolean;
  readonly matches: PathTest;
}

/** For each rule, whether it matched a directory or one of its parents. */
export type Matched = readonly boolean[];

export class IgnoreRules {
  readonly rules: readonly IgnoreRule[];
  /** Lines that Docker refuses; they match nothing here. */
  readonly invalid: readonly Span[];
  readonly #exceptions: readonly string[];

  constructor(text: string) {
    const rules: IgnoreRule[] = [];
    const invalid: Span[] = [];
    for (const at of patternLines(text)) {
      const line = text.slice(at.start, at.end);
      const exception = line.startsWith("!");
      const pattern = cleaned(exception ? trimmed(line.slice(1)) : line);
      const matches = pattern === "" ? undefined : ignoreTest(pattern);
      if (matches === undefined) invalid.push(at);
      else rules.push({ at, pattern, exception, matches });
    }
    this.rules = rules;
    this.invalid = invalid;
    this.#exceptions = rules
      .filter((it) => it.exception)
      .map((it) => it.pattern.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
  }

  get empty(): boolean {
    return this.rules.length === 0;
  }

  /**
   * `parent` is the answer for the directory above; undefined at the root. A rule that could change nothing is not
   * asked, and what it would have said of a directory is not known below it: so the builders do it.
   */
  match(path: string, parent: Matched | undefined): Matched {
    let ignored = false;
    return this.rules.map(({ exception, matches }, index) => {
      const matched = parent?.[index] === true || (exception === ignored && matches(path));
      if (matched) ignored = !exception;
      return matched;
    });
  }

  ignores(matched: Matched): boolean {
    const last = matched.lastIndexOf(true);
    return last !== -1 && this.rules[last]?.exception === false;
  }

  /** Whether an exception may let something below an ignored directory through. */
  mayLetThroughBelow(directory: string): boolean {
    if (this.#exceptions.some((it) => /[*[\]?^\\]/.test(it))) return true;
    const inside = `${directory}/`;
    return this.#exceptions.some((it) => `${it}/`.startsWith(inside));
  }
}

/** What Go calls white space. */
const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const leadingSpace = new RegExp(`^${space}+`);
const trailingSpace = new RegExp(`${space}+$`);

const trimmed = (text: string): string => text.replace(leadingSpace, "").replace(trailingSpace, "");

/** A `#` is a comment at the very beginning of a line only. */
function* patternLines(text: string): Generator<Span> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = nextLine(text, start);
    const from = start === 0 && text.startsWith("\uFEFF") ? 1 : start;
    const line = text.slice(from, end);
    if (line.startsWith("#")) continue;
    const inner = line.replace(leadingSpace, "");
    const pattern = inner.replace(trailingSpace, "");
    const at = from + line.length - inner.length;
    if (pattern !== "") yield { start: at, end: at + pattern.length };
  }
}

/** Go's filepath.Clean, then without a leading slash; "" for no pattern at all. */
function cleaned(pattern: string): string {
  if (pattern === "") return "";
  const rooted = pattern.startsWith("/");
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push(part);
  }
  return parts.join("/") || (rooted ? "/" : ".");
}
