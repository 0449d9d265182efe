/**
 * Docker's two kinds of patterns as regular expressions.
 *
 * The ignore file follows moby's patternmatcher (`**` included), COPY sources follow Go's filepath.Match, one path
 * element at a time. Undefined: the pattern is not valid, which Docker refuses.
 */

/** Over a whole path, without a leading slash. https://pkg.go.dev/github.com/moby/patternmatcher */
export const ignoreExpression = (pattern: string): RegExp | undefined => expression(pattern, true);

/** Over one name. https://pkg.go.dev/path/filepath#Match */
export const nameExpression = (pattern: string): RegExp | undefined => expression(pattern, false);

function expression(pattern: string, acrossFolders: boolean): RegExp | undefined {
  let source = "^";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    if (acrossFolders && pattern.startsWith("**", at)) {
      at += pattern.charAt(at + 2) === "/" ? 2 : 1;
      source += at === pattern.length - 1 ? ".*" : "(?:.*/)?";
    } else if (char === "[") {
      const set = characterSet(pattern, at);
      if (set === undefined) return undefined;
      source += set.source;
      at = set.end - 1;
    } else {
      source += plainSource(pattern, at);
      if (char === "\\") at += 1;
    }
  }
  try {
    return new RegExp(`${source}$`, "su");
  } catch {
    return undefined; // A range that runs backwards, `[z-a]`: Docker refuses it too.
  }
}

export const hasWildcards = (pattern: string): boolean => /[*?[\\]/.test(pattern);

function plainSource(pattern: string, at: number): string {
  const char = pattern.charAt(at);
  if (char === "*") return "[^/]*";
  if (char === "?") return "[^/]";
  return escaped(char === "\\" ? pattern.charAt(at + 1) || "\\" : char);
}

/** `[a-z]`, `[^a]`; a `]` needs at least one character before it. */
function characterSet(
  pattern: string,
  start: number,
): { readonly source: string; readonly end: number } | undefined {
  let at = start + 1;
  const negated = pattern.charAt(at) === "^";
  if (negated) at += 1;
  let source = "";
  for (; at < pattern.length; at += 1) {
    let char = pattern.charAt(at);
    if (char === "]") {
      if (source === "") return undefined;
      return { source: `[${negated ? "^/" : ""}${source}]`, end: at + 1 };
    }
    if (char === "\\") {
      at += 1;
      char = pattern.charAt(at);
      if (char === "") return undefined;
      source += escapedInSet(char);
    } else
      source += char === "-" && source !== "" && pattern.charAt(at + 1) !== "]" ? "-" : escapedInSet(char);
  }
  return undefined;
}

const escaped = (char: string): string => (/[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);

/** A dash needs its backslash inside brackets only; outside, the `u` flag refuses it. */
const escapedInSet = (char: string): string => (char === "-" ? "\\-" : escaped(char));
