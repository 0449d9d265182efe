/**
 * One pattern of an ignore file as BuildKit and the classic builder match it, oddities included: they turn it into a Go
 * regular expression (https://pkg.go.dev/github.com/moby/patternmatcher), so `^` is an anchor there, `\d` a digit, and a
 * negated set also matches `/`.
 *
 * Invariant: building a test never throws. Undefined: the pattern is not valid, and Docker refuses to build.
 */
import { characterSet, escaped, isInOrder, nameExpression, setSource } from "./wildcards.ts";

/** Whether a pattern matches a path, relative to the context, without a leading slash. */
export type PathTest = (path: string) => boolean;

/** Before the pattern's meaning is looked at, it has to be a valid one. */
export function ignoreTest(pattern: string): PathTest | undefined {
  if (nameExpression(pattern) === undefined) return undefined;
  const deep = /^(.*?)\*\*\/?$/s.exec(pattern);
  // In this order: what starts with `**` is matched by the end of a path, what only ends with it by the beginning.
  if (pattern.startsWith("**") && isPlain(pattern.slice(2).replace(/^\//, "")))
    return endTest(pattern.slice(2));
  if (deep?.[1] !== undefined && isPlain(deep[1])) {
    const start = deep[1];
    return (path) => path.startsWith(start);
  }
  if (isPlain(pattern)) return (path) => path === pattern;
  const source = sourceOf(pattern);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^${source}$`, "u");
  return (path) => expression.test(path);
}

const isPlain = (pattern: string): boolean => !/[*?[\]\\]/.test(pattern);

/** `**foo` also matches `afoo`; `**` + `/foo` matches `foo` and `a/foo`. */
const endTest =
  (end: string): PathTest =>
  (path) =>
    path.endsWith(end) || (end.startsWith("/") && path === end.slice(1));

/** Undefined: Go refuses the expression that comes of it. */
function sourceOf(pattern: string): string | undefined {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (pattern.startsWith("**", at)) {
      at += pattern.charAt(at + 2) === "/" ? 2 : 1;
      source += at === pattern.length - 1 ? "[^\\n]*" : "(?:[^\\n]*/)?";
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "^") source += "^";
    else if (char === "\\") {
      at += 1;
      const next = pattern.charAt(at);
      const literal = escapeSource(next);
      if (literal === undefined) return undefined;
      source += literal;
    } else if (char === "[") {
      const set = characterSet(pattern, at);
      if (set === undefined || !set.ranges.every(isInOrder)) return undefined;
      // Wildcards are replaced inside brackets too, which then close early: such a set matches nothing of use.
      source += /[*?]/.test(pattern.slice(at, set.end)) ? "(?!)" : setSource(set, set.ranges);
      at = set.end - 1;
    } else source += escaped(char);
  }
  return source;
}

function escapeSource(char: string): string | undefined {
  if (/[dDsSwW]/.test(char)) return `\\${char}`;
  return /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e ]/.test(char) ? escaped(char) : undefined;
}
