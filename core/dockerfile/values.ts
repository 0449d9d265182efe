/**
 * Values: what the variables of a Dockerfile are known to hold at one place.
 *
 * Invariant: undefined means "cannot be decided", never "empty".
 */
export interface ReadonlyValues {
  /** Undefined also for names that the file never sets: the base image may. */
  get(name: string): string | undefined;
  has(name: string): boolean;
}

export class Values implements ReadonlyValues {
  #known: Map<string, string | undefined>;
  /** Copies hold the same map until one of them is changed. */
  #isShared = false;

  constructor(known: Iterable<readonly [string, string | undefined]> = []) {
    this.#known = new Map(known);
  }

  get(name: string): string | undefined {
    return this.#known.get(name);
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  set(name: string, value: string | undefined): void {
    if (this.#isShared) {
      this.#known = new Map(this.#known);
      this.#isShared = false;
    }
    this.#known.set(name, value);
  }

  entries(): Iterable<readonly [string, string | undefined]> {
    return this.#known;
  }

  copy(): Values {
    const res = new Values();
    res.#known = this.#known;
    res.#isShared = true;
    this.#isShared = true;
    return res;
  }

  /** After something that may set any of them. */
  forgotten(): Values {
    return new Values([...this.#known.keys()].map((name) => [name, undefined] as const));
  }

  equals(other: Values): boolean {
    if (this.#known === other.#known) return true;
    if (this.#known.size !== other.#known.size) return false;
    for (const [name, value] of this.#known) {
      if (!other.#known.has(name) || other.#known.get(name) !== value) return false;
    }
    return true;
  }

  /** After one of several branches ran: what they disagree on is undecided. */
  static merge(branches: readonly Values[]): Values {
    const [first, ...rest] = branches;
    if (first === undefined) return new Values();
    const res = first.copy();
    for (const other of rest) {
      for (const name of new Set([...res.#known.keys(), ...other.#known.keys()])) {
        if (res.#known.get(name) !== other.#known.get(name) || !other.#known.has(name))
          res.#known.set(name, undefined);
      }
    }
    return res;
  }
}

/** Operators that cut a value: from its start or end, the shortest or the longest match; or replace in it. */
export const trimOperators = ["##", "#", "%%", "%", "//", "/"] as const;
export type TrimOperator = (typeof trimOperators)[number];

/** `${NAME#pattern}` and its kin, with the shell's wildcards; for `/` the operand is `pattern/replacement`. */
export function trimmed(value: string, operator: TrimOperator, operand: string): string | undefined {
  const [pattern = "", replacement = ""] = operator.startsWith("/")
    ? [operand.split("/")[0], operand.split("/").slice(1).join("/")]
    : [operand];
  const longest = operator.length === 2 || operator === "/";
  const source = globSource(pattern, longest);
  if (source === undefined || (pattern === "" && operator.startsWith("/"))) return undefined;
  switch (operator) {
    case "#":
    case "##":
      return value.replace(new RegExp(`^${source}`, "s"), "");
    case "%":
    case "%%": {
      // The match ends at the end, so its beginning is what is looked for.
      const expression = new RegExp(`^${globSource(pattern, true)}$`, "s");
      for (let length = 0; length <= value.length; length += 1) {
        const start = longest ? length : value.length - length;
        if (expression.test(value.slice(start))) return value.slice(0, start);
      }
      return value;
    }
    case "/":
      return value.replace(new RegExp(source, "s"), () => replacement);
    case "//":
      return value.replace(new RegExp(source, "gs"), () => replacement);
  }
}

/** Undefined for what is not modelled: character sets and escapes. */
function globSource(pattern: string, longest: boolean): string | undefined {
  if (/[[\\]/.test(pattern)) return undefined;
  return pattern
    .replace(/[.+^${}()|\]]/g, "\\$&")
    .replaceAll("*", longest ? ".*" : ".*?")
    .replaceAll("?", ".");
}

/** Whether a text matches a pattern of `case` or `[[ … ]]`; undefined: that is not modelled. */
export function matchesGlob(text: string, pattern: string): boolean | undefined {
  const source = globSource(pattern, true);
  return source === undefined ? undefined : new RegExp(`^${source}$`, "s").test(text);
}

/**
 * A word of an instruction other than RUN as Docker expands it: quotes, the escape character, `$NAME`, `${NAME}`,
 * `${NAME:-word}`, `${NAME:+word}` and their forms without a colon, `${NAME#pattern}` and its kin, `${NAME:?word}`.
 * Undefined when a part cannot be decided.
 */
export function expandWord(raw: string, values: Values, escapeCharacter: string): string | undefined {
  if (!/["'$\\`]/.test(raw)) return raw;
  let res = "";
  let quote = "";
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = "";
      else res += char;
    } else if (char === escapeCharacter && at + 1 < raw.length) {
      const next = raw.charAt(at + 1);
      res += quote === '"' && next !== '"' && next !== "$" && next !== escapeCharacter ? char + next : next;
      at += 1;
    } else if (char === '"') quote = quote === '"' ? "" : '"';
    else if (char === "'" && quote === "") quote = "'";
    else if (char === "$") {
      const expansion = expansionAt(raw, at);
      if (expansion === undefined) return undefined;
      const value = expansionValue(expansion, values, escapeCharacter);
      if (value === undefined) return undefined;
      res += value;
      at = expansion.end - 1;
    } else res += char;
  }
  return res;
}

interface Expansion {
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
  readonly end: number;
}

function expansionAt(raw: string, at: number): Expansion | undefined {
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(raw.slice(at));
  if (plain?.[1] !== undefined)
    return { name: plain[1], operator: "", operand: "", end: at + plain[0].length };
  const head = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-+?]|##?|%%?|\/\/?)?/.exec(raw.slice(at));
  if (head?.[1] === undefined) return undefined;
  const operandStart = at + head[0].length;
  let depth = 1;
  for (let end = operandStart; end < raw.length; end += 1) {
    if (raw.startsWith("${", end)) depth += 1;
    if (raw.charAt(end) === "}") depth -= 1;
    if (depth === 0) {
      const operand = raw.slice(operandStart, end);
      if (head[2] === undefined && operand !== "") return undefined;
      return { name: head[1], operator: head[2] ?? "", operand, end: end + 1 };
    }
  }
  return undefined;
}

function expansionValue(it: Expansion, values: Values, escapeCharacter: string): string | undefined {
  const value = values.get(it.name);
  const operand = (): string | undefined => expandWord(it.operand, values, escapeCharacter);
  // `?` ends the build where there is no value, so there is one.
  if (it.operator === "" || it.operator.endsWith("?")) return value;
  const trim = trimOperators.find((one) => one === it.operator);
  if (trim !== undefined) {
    const pattern = operand();
    return value === undefined || pattern === undefined ? undefined : trimmed(value, trim, pattern);
  }
  // An undeclared name is unset for Docker; a declared but undecided one could be anything.
  if (value === undefined && values.has(it.name)) return undefined;
  const filled = value !== undefined && (it.operator.startsWith(":") ? value !== "" : true);
  if (it.operator.endsWith("-")) return filled ? value : operand();
  return filled ? operand() : "";
}
