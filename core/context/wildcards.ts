/**
 * Names with wildcards as COPY sources and the parts of an ignore file's patterns have them: Go's filepath.Match, one
 * path element at a time. Undefined: the pattern is not valid, which Docker refuses.
 */

/** Over one name. https://pkg.go.dev/path/filepath#Match */
export function nameExpression(pattern: string): RegExp | undefined {
  let source = "^";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (char === "[") {
      const set = characterSet(pattern, at);
      if (set === undefined) return undefined;
      source += setSource(set, set.ranges.filter(isInOrder), "/");
      at = set.end - 1;
    } else if (char === "\\") {
      at += 1;
      if (at === pattern.length) return undefined;
      source += escaped(pattern.charAt(at));
    } else source += char === "*" ? "[^/]*" : char === "?" ? "[^/]" : escaped(char);
  }
  return new RegExp(`${source}$`, "su");
}

export const hasWildcards = (pattern: string): boolean => /[*?[\\]/.test(pattern);

/** `[a-z]`, `[^a]` */
export interface CharacterSet {
  readonly negated: boolean;
  /** First and last character; the same for a single one. */
  readonly ranges: readonly CharacterRange[];
  /** Behind the closing bracket. */
  readonly end: number;
}

type CharacterRange = readonly [string, string];

/** `start` is at the bracket. A set holds at least one character; `-` and `]` need a backslash there. */
export function characterSet(pattern: string, start: number): CharacterSet | undefined {
  let at = start + 1;
  const negated = pattern.charAt(at) === "^";
  if (negated) at += 1;
  const ranges: CharacterRange[] = [];
  const next = (): string | undefined => {
    if (pattern.charAt(at) === "-" || pattern.charAt(at) === "]") return undefined;
    if (pattern.charAt(at) === "\\") at += 1;
    const code = pattern.codePointAt(at);
    if (code === undefined) return undefined;
    const char = String.fromCodePoint(code);
    at += char.length;
    return char;
  };
  while (pattern.charAt(at) !== "]" || ranges.length === 0) {
    const low = next();
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (pattern.charAt(at) === "-") {
      at += 1;
      high = next();
    }
    if (high === undefined || at >= pattern.length) return undefined;
    ranges.push([low, high]);
  }
  return { negated, ranges, end: at + 1 };
}

export const isInOrder = ([low, high]: CharacterRange): boolean =>
  (low.codePointAt(0) ?? 0) <= (high.codePointAt(0) ?? 0);

/** As a regular expression's; `never` is what a negated set does not match either. */
export function setSource({ negated }: CharacterSet, ranges: readonly CharacterRange[], never = ""): string {
  const inside = ranges.map(([low, high]) => (low === high ? inSet(low) : `${inSet(low)}-${inSet(high)}`));
  if (negated) return `[^${[...never].map(inSet).join("")}${inside.join("")}]`;
  return inside.length === 0 ? "(?!)" : `[${inside.join("")}]`;
}

const inSet = (char: string): string => (/[\\\]^[-]/.test(char) ? `\\${char}` : char);

export const escaped = (char: string): string => (/[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);
