/** Environment markers (PEP 508). Invariant: total; a text that is no marker is undefined and holds nowhere. */
import { normalised } from "./names.ts";
import { compareVersions, isVersion, satisfies } from "./versions.ts";

/** Values of the marker variables; `extras` are the names that `extra == "…"` holds for. */
export interface MarkerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly extras: ReadonlySet<string>;
}

export type Marker =
  | { readonly kind: "and" | "or"; readonly parts: readonly Marker[] }
  | {
      readonly kind: "compare";
      readonly left: MarkerValue;
      readonly operator: string;
      readonly right: MarkerValue;
    };

interface MarkerValue {
  readonly variable: boolean;
  readonly text: string;
}

const tokens = /\s*(?:(\(|\))|(<=|>=|==|!=|~=|===|<|>)|"([^"]*)"|'([^']*)'|([A-Za-z_][A-Za-z0-9_.]*))/y;
/** Spellings from before PEP 508 that installers still read. */
const oldNames: Readonly<Record<string, string>> = {
  "os.name": "os_name",
  "sys.platform": "sys_platform",
  "platform.version": "platform_version",
  "platform.machine": "platform_machine",
  "platform.python_implementation": "platform_python_implementation",
  python_implementation: "platform_python_implementation",
};

export function readMarker(text: string): Marker | undefined {
  const words = wordsOf(text);
  if (words === undefined) return undefined;
  const reader = { words, at: 0 };
  const res = readOr(reader, 0);
  return reader.at === words.length ? res : undefined;
}

interface WordToken {
  readonly kind: "mark" | "text" | "name";
  readonly text: string;
}

function wordsOf(text: string): readonly WordToken[] | undefined {
  const res: WordToken[] = [];
  const end = text.trimEnd().length;
  tokens.lastIndex = 0;
  while (tokens.lastIndex < end) {
    const match = tokens.exec(text);
    if (match === null) return undefined;
    const [, bracket, operator, double, single, name] = match;
    if (bracket !== undefined || operator !== undefined)
      res.push({ kind: "mark", text: bracket ?? operator ?? "" });
    else if (name !== undefined) res.push({ kind: "name", text: name });
    else res.push({ kind: "text", text: double ?? single ?? "" });
  }
  return res;
}

interface WordReader {
  readonly words: readonly WordToken[];
  at: number;
}

function readOr(reader: WordReader, depth: number): Marker | undefined {
  return readList(reader, "or", () => readList(reader, "and", () => readTerm(reader, depth)));
}

function readList(
  reader: WordReader,
  kind: "and" | "or",
  part: () => Marker | undefined,
): Marker | undefined {
  const parts: Marker[] = [];
  for (;;) {
    const next = part();
    if (next === undefined) return undefined;
    parts.push(next);
    const word = reader.words[reader.at];
    if (word?.kind !== "name" || word.text !== kind) break;
    reader.at += 1;
  }
  return parts.length === 1 ? parts[0] : { kind, parts };
}

function readTerm(reader: WordReader, depth: number): Marker | undefined {
  // Nobody nests deeper; a hostile text must not end the stack.
  if (depth > 100) return undefined;
  const word = reader.words[reader.at];
  if (word?.kind === "mark" && word.text === "(") {
    reader.at += 1;
    const inside = readOr(reader, depth + 1);
    const close = reader.words[reader.at];
    if (inside === undefined || close?.kind !== "mark" || close.text !== ")") return undefined;
    reader.at += 1;
    return inside;
  }
  const left = readValue(reader);
  const operator = readOperator(reader);
  const right = readValue(reader);
  if (left === undefined || operator === undefined || right === undefined) return undefined;
  return { kind: "compare", left, operator, right };
}

function readValue(reader: WordReader): MarkerValue | undefined {
  const word = reader.words[reader.at];
  if (word === undefined || word.kind === "mark") return undefined;
  reader.at += 1;
  return word.kind === "text"
    ? { variable: false, text: word.text }
    : { variable: true, text: oldNames[word.text] ?? word.text };
}

function readOperator(reader: WordReader): string | undefined {
  const word = reader.words[reader.at];
  if (word === undefined || word.kind === "text") return undefined;
  if (word.kind === "mark") {
    if (word.text === "(" || word.text === ")") return undefined;
    reader.at += 1;
    return word.text;
  }
  const next = reader.words[reader.at + 1];
  if (word.text === "in") {
    reader.at += 1;
    return "in";
  }
  if (word.text === "not" && next?.kind === "name" && next.text === "in") {
    reader.at += 2;
    return "not in";
  }
  return undefined;
}

/** Whether a marker holds; no marker holds everywhere. */
export function holds(marker: Marker | undefined, environment: MarkerEnvironment): boolean {
  if (marker === undefined) return true;
  switch (marker.kind) {
    case "and":
      return marker.parts.every((it) => holds(it, environment));
    case "or":
      return marker.parts.some((it) => holds(it, environment));
    case "compare":
      return compareHolds(marker, environment);
  }
}

/** Whether a marker asks for an extra by name. */
export function namesExtra(marker: Marker | undefined): boolean {
  if (marker === undefined) return false;
  return marker.kind === "compare"
    ? [marker.left, marker.right].some((it) => it.variable && it.text === "extra")
    : marker.parts.some(namesExtra);
}

/** The marker where every extra is asked for: what is left decides by interpreter and platform. */
export function withoutExtras(marker: Marker): Marker {
  if (marker.kind === "compare") return namesExtra(marker) ? { kind: "and", parts: [] } : marker;
  return { kind: marker.kind, parts: marker.parts.map(withoutExtras) };
}

function compareHolds(
  { left, operator, right }: Extract<Marker, { kind: "compare" }>,
  { variables, extras }: MarkerEnvironment,
): boolean {
  const extraSide =
    left.variable && left.text === "extra" ? right : right.text === "extra" ? left : undefined;
  if (extraSide !== undefined && (left.variable || right.variable)) {
    const asked = extras.has(extraSide.text) || extras.has(normalised(extraSide.text));
    return operator === "!=" ? !asked : asked;
  }
  // PEP 751: `"name" in extras` and `"name" in dependency_groups`.
  if (right.variable && (right.text === "extras" || right.text === "dependency_groups")) {
    const asked = extras.has(normalised(left.text));
    return operator === "not in" ? !asked : asked;
  }
  const a = left.variable ? variables[left.text] : left.text;
  const b = right.variable ? variables[right.text] : right.text;
  // A variable that we do not know decides nothing for us, so its part of the marker does not hold.
  if (a === undefined || b === undefined) return false;
  const named = left.variable ? left.text : right.text;
  const versions = /version$/.test(named) && named !== "platform_version";
  switch (operator) {
    case "in":
      return versions && /[,\s]/.test(b) ? b.split(/[,\s]+/).includes(a) : b.includes(a);
    case "not in":
      return versions && /[,\s]/.test(b) ? !b.split(/[,\s]+/).includes(a) : !b.includes(a);
  }
  if (versions && (isVersion(left.variable ? a : b) || operator === "===")) {
    return left.variable ? satisfies(a, `${operator}${b}`) : satisfies(b, `${mirrored(operator)}${a}`);
  }
  const order = isVersion(a) && isVersion(b) ? compareVersions(a, b) : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case "==":
    case "===":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return false;
  }
}

const mirrored = (operator: string): string => operator.replace(/[<>]/, (it) => (it === "<" ? ">" : "<"));
