/**
 * The one door to the TOML parsers: toml-eslint-parser where positions matter, smol-toml where only values do.
 *
 * Invariant: total. A text that is no TOML, as while somebody types, gives what its unbroken parts say, at their places.
 */
import { parse as parseValues, TomlError as ValueError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import { BoundedCache } from "../text/bounded-cache.ts";
import type { Span } from "../text/span.ts";

export type TomlNode = TomlText | TomlList | TomlTable | TomlOther;

export interface TomlText {
  readonly kind: "text";
  readonly value: string;
  /** With its quotes. */
  readonly at: Span;
  /** How many of the value's first characters the source spells as they are, from `at.start + 1` on. */
  readonly plain: number;
}

export interface TomlList {
  readonly kind: "list";
  readonly items: readonly TomlNode[];
  readonly at: Span;
}

export interface TomlTable {
  readonly kind: "table";
  readonly entries: ReadonlyMap<string, TomlEntry>;
  /** An inline table with its braces, or the header's line, or empty where only dotted keys imply it. */
  readonly at: Span;
}

export interface TomlOther {
  readonly kind: "other";
  readonly value: number | boolean | string;
  readonly at: Span;
}

export interface TomlEntry {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: TomlNode;
}

/** `[a.b]` or `[[a.b]]` with what stands below it. */
export interface TomlSection {
  readonly path: readonly string[];
  readonly headerAt: Span;
  /** From the header to the end of its last entry. */
  readonly at: Span;
}

export interface TomlDocument {
  readonly root: TomlTable;
  readonly sections: readonly TomlSection[];
  /** Some part could not be read: nothing may be concluded from what is missing. */
  readonly broken: boolean;
}

/** Offsets of the `#` of every comment. */
export function tomlComments(text: string): readonly number[] {
  try {
    return parseTOML(text).comments.map((it) => it.range[0]);
  } catch {
    return [];
  }
}

/** Values without positions, for files that machines write; the parser's message where the text is no TOML. */
export function tomlValues(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: parseValues(text) };
  } catch (cause) {
    const [first = "it is not TOML"] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    const line = cause instanceof ValueError ? ` in line ${cause.line}` : "";
    return { ok: false, why: `${first.replace(/^Invalid TOML document: /, "")}${line}` };
  }
}

/** Parsed statements of one part of a text, offsets counted from the part's start. */
interface Part {
  readonly text: string;
  readonly statements: readonly AST.TOMLKeyValue[];
  readonly header: AST.TOMLTable | undefined;
}

/** A text that was parsed and where it begins in the document. */
interface Place {
  readonly text: string;
  readonly offset: number;
}

interface Built {
  readonly kind: "table";
  readonly entries: Map<string, TomlEntry>;
  at: Span;
}

/** Reads TOML with positions. Parts between table headers are kept, so that a keystroke reads one part again. */
export class TomlReader {
  readonly #parts = new BoundedCache<string, Part | "broken">(2_000);

  read(text: string): TomlDocument {
    const root: Built = { kind: "table", entries: new Map(), at: { start: 0, end: 0 } };
    const sections: TomlSection[] = [];
    const chunks = chunksOf(text);
    const parts = chunks.map((it) => this.#partOf(text.slice(it.start, it.end)));
    if (parts.every((it) => it !== undefined)) {
      chunks.forEach(({ start }, index) => {
        const part = parts[index];
        if (part !== undefined) addPart(root, sections, part, start);
      });
      return { root, sections, broken: false };
    }
    // A line that looks like a header inside a long string splits wrongly; the whole text is the judge.
    const whole = partsOf(text);
    if (whole !== undefined) {
      for (const part of whole) addPart(root, sections, part, 0);
      return { root, sections, broken: false };
    }
    chunks.forEach((chunk, index) => {
      const part = parts[index];
      if (part !== undefined) addPart(root, sections, part, chunk.start);
      else addBroken(root, sections, text, chunk);
    });
    return { root, sections, broken: true };
  }

  #partOf(text: string): Part | undefined {
    const known = this.#parts.get(text);
    if (known !== undefined) return known === "broken" ? undefined : known;
    const parts = partsOf(text);
    const only = parts?.length === 1 ? parts[0] : undefined;
    this.#parts.set(text, only ?? "broken");
    return only;
  }
}

/** Parts of a text in order; undefined where it is no TOML. */
function partsOf(text: string): readonly Part[] | undefined {
  try {
    const [top] = parseTOML(text).body;
    const loose = top.body.flatMap((it) => (it.type === "TOMLKeyValue" ? [it] : []));
    const tables = top.body.flatMap((it) =>
      it.type === "TOMLTable" ? [{ text, header: it, statements: it.body }] : [],
    );
    return loose.length > 0 || tables.length === 0
      ? [{ text, header: undefined, statements: loose }, ...tables]
      : tables;
  } catch {
    return undefined;
  }
}

/** Lines that begin with `[name]` begin a chunk; what stands before the first is one too. */
function chunksOf(text: string): readonly Span[] {
  const starts = [0];
  for (const match of text.matchAll(/^[ \t]*\[\[?[ \t]*[A-Za-z0-9_"'-][^\n]*$/gm)) {
    if (match.index > 0 && isHeader(match[0])) starts.push(match.index);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

const headerLine =
  /^[ \t]*\[\[?[ \t]*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*[ \t]*\]\]?[ \t]*(?:#.*)?\r?$/;
const isHeader = (line: string): boolean => headerLine.test(line);

function addPart(root: Built, sections: TomlSection[], part: Part, offset: number): void {
  const table = part.header === undefined ? root : addSection(root, sections, part.header, offset);
  const place = { text: part.text, offset };
  for (const statement of part.statements) addStatement(table, statement, place);
}

function addSection(root: Built, sections: TomlSection[], header: AST.TOMLTable, offset: number): Built {
  const keys = keysOf(header.key, offset);
  const [from, to] = [header.range[0] + offset, header.range[1] + offset];
  const headerAt = { start: from, end: header.key.range[1] + (header.kind === "array" ? 2 : 1) + offset };
  sections.push({ path: keys.map((it) => it.key), headerAt, at: { start: from, end: to } });
  return tableAt(root, keys, headerAt, header.kind === "array");
}

function addStatement(table: Built, statement: AST.TOMLKeyValue, place: Place): void {
  const keys = keysOf(statement.key, place.offset);
  const last = keys.pop();
  if (last === undefined) return;
  const parent = keys.length === 0 ? table : tableAt(table, keys, last.keyAt, false);
  // The first of two equal keys counts; the text is no TOML then.
  if (!parent.entries.has(last.key)) {
    parent.entries.set(last.key, { ...last, value: nodeOf(statement.value, place) });
  }
}

interface Key {
  readonly key: string;
  readonly keyAt: Span;
}

const keysOf = (key: AST.TOMLKey, offset: number): Key[] =>
  key.keys.map((it) => ({
    key: it.type === "TOMLBare" ? it.name : it.value,
    keyAt: { start: it.range[0] + offset, end: it.range[1] + offset },
  }));

/** The table that a path of keys leads to, made on the way; `[[…]]` adds one to its list. */
function tableAt(from: Built, keys: readonly Key[], at: Span, adds: boolean): Built {
  let res = from;
  keys.forEach(({ key, keyAt }, index) => {
    const last = index === keys.length - 1;
    const known = res.entries.get(key)?.value;
    if (last && adds) {
      const made = emptyTable(at);
      const before = known?.kind === "list" ? known.items : [];
      const list: TomlList = { kind: "list", items: [...before, made], at };
      res.entries.set(key, { key, keyAt, value: list });
      res = made;
      return;
    }
    const found = known?.kind === "list" ? known.items.at(-1) : known;
    if (found?.kind === "table" && isBuilt(found)) {
      if (last && found.at.start === found.at.end) found.at = at;
      res = found;
      return;
    }
    const made = emptyTable(last ? at : { start: at.start, end: at.start });
    if (known === undefined) res.entries.set(key, { key, keyAt, value: made });
    res = made;
  });
  return res;
}

const emptyTable = (at: Span): Built => ({ kind: "table", entries: new Map(), at });

const isBuilt = (it: TomlTable): it is TomlTable & Built => it.entries instanceof Map;

function nodeOf(node: AST.TOMLContentNode, place: Place): TomlNode {
  const [from, to] = node.range;
  const at = { start: from + place.offset, end: to + place.offset };
  switch (node.type) {
    case "TOMLArray":
      return { kind: "list", items: node.elements.map((it) => nodeOf(it, place)), at };
    case "TOMLInlineTable": {
      const table = emptyTable(at);
      for (const statement of node.body) addStatement(table, statement, place);
      return table;
    }
    case "TOMLValue":
      switch (node.kind) {
        case "string": {
          const source = place.text.slice(from, to);
          return { kind: "text", value: node.value, at, plain: plainLength(source, node.value) };
        }
        case "boolean":
          return { kind: "other", value: node.value, at };
        case "integer":
        case "float":
          return { kind: "other", value: Number(node.number), at };
        default:
          return { kind: "other", value: String(node.value), at };
      }
  }
}

/** Up to the first escape; nothing of a string of several lines, which may begin with a line break. */
function plainLength(source: string, value: string): number {
  if (/^(?:"""|''')/.test(source)) return 0;
  const escaped = source.startsWith('"') ? source.indexOf("\\") : -1;
  return escaped === -1 ? value.length : escaped - 1;
}

/** Of a chunk that does not parse, the statements and the lines of lists that do. */
function addBroken(root: Built, sections: TomlSection[], text: string, chunk: Span): void {
  const body = text.slice(chunk.start, chunk.end);
  const starts = [...body.matchAll(/^[ \t]*(?:[A-Za-z0-9_.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=/gm)].map(
    (it) => it.index,
  );
  const head = body.slice(0, starts[0] ?? body.length);
  const header = partsOf(head)?.find((it) => it.header !== undefined)?.header;
  const broken = header === undefined && /^[ \t]*\[/m.test(head);
  // Entries below a header that cannot be read belong to nobody knows whom.
  if (broken) return;
  const table = header === undefined ? root : addSection(root, sections, header, chunk.start);
  const end = (index: number): number => starts[index + 1] ?? body.length;
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    // A line inside a list may look like a statement: the longest text that parses counts.
    let read = index;
    let part: Part | undefined;
    for (let last = index; last < Math.min(index + 4, starts.length) && part === undefined; last += 1) {
      part = onlyPart(body.slice(start, end(last)));
      read = last;
    }
    if (part !== undefined) {
      const place = { text: part.text, offset: chunk.start + start };
      for (const statement of part.statements) addStatement(table, statement, place);
      index = read;
    } else addBrokenList(table, body.slice(start, end(index)), chunk.start + start);
  }
}

function onlyPart(text: string): Part | undefined {
  const parts = partsOf(text);
  return parts?.length === 1 && parts[0]?.header === undefined ? parts[0] : undefined;
}

/** `name = [` and lines of which each stands for itself: those that parse are its items. */
function addBrokenList(table: Built, source: string, offset: number): void {
  const opening = /^[ \t]*(?:[A-Za-z0-9_.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=[ \t]*\[/.exec(source)?.[0];
  if (opening === undefined) return;
  const key = onlyPart(`${opening}]`)?.statements[0];
  if (key === undefined) return;
  const items: TomlNode[] = [];
  let at = opening.length;
  for (const line of source.slice(opening.length).split("\n")) {
    const item = /^[ \t]*((?:"[^"\n]*"|'[^'\n]*'|\{.*\})[ \t]*,?[ \t]*(?:#.*)?|)\r?$/.exec(line)?.[1];
    if (item !== undefined && item !== "") {
      const lead = line.indexOf(item);
      const value = onlyPart(`x=[${item}\n]`)?.statements[0]?.value;
      if (value?.type === "TOMLArray") {
        const place = { text: `x=[${item}`, offset: offset + at + lead - 3 };
        for (const it of value.elements) items.push(nodeOf(it, place));
      }
    }
    at += line.length + 1;
  }
  const keys = keysOf(key.key, offset);
  const last = keys.pop();
  if (last === undefined) return;
  const parent = keys.length === 0 ? table : tableAt(table, keys, last.keyAt, false);
  const end = offset + source.trimEnd().length;
  const list: TomlList = { kind: "list", items, at: { start: offset + opening.length - 1, end } };
  if (!parent.entries.has(last.key)) parent.entries.set(last.key, { ...last, value: list });
}

/** The node at a path of keys, tables only on the way. */
export function tomlAt(from: TomlNode | undefined, ...path: readonly string[]): TomlNode | undefined {
  let res = from;
  for (const key of path) res = res?.kind === "table" ? res.entries.get(key)?.value : undefined;
  return res;
}

export const textAt = (from: TomlNode | undefined, ...path: readonly string[]): string | undefined => {
  const found = tomlAt(from, ...path);
  return found?.kind === "text" ? found.value : undefined;
};

export const itemsAt = (from: TomlNode | undefined, ...path: readonly string[]): readonly TomlNode[] => {
  const found = tomlAt(from, ...path);
  return found?.kind === "list" ? found.items : [];
};

export const entriesAt = (from: TomlNode | undefined, ...path: readonly string[]): readonly TomlEntry[] => {
  const found = tomlAt(from, ...path);
  return found?.kind === "table" ? [...found.entries.values()] : [];
};
