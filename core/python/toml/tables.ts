/** Puts parsed statements into the tables that they belong to, at their places in the document. */
import type { Span } from "../../text/span.ts";
import type { TomlEntry, TomlList, TomlNode, TomlSection, TomlTable } from "./nodes.ts";
import type { Part, TomlContent, TomlHeader, TomlKeyPath, TomlStatement } from "./parse.ts";

/** A text that was parsed and where it begins in the document. */
interface Place {
  readonly text: string;
  readonly offset: number;
}

export interface Built {
  readonly kind: "table";
  readonly entries: Map<string, TomlEntry>;
  at: Span;
}

export function addPart(root: Built, sections: TomlSection[], part: Part, offset: number): void {
  const table = part.header === undefined ? root : addSection(root, sections, part.header, offset);
  const place = { text: part.text, offset };
  for (const statement of part.statements) addStatement(table, statement, place);
}

export function addSection(root: Built, sections: TomlSection[], header: TomlHeader, offset: number): Built {
  const keys = keysOf(header.key, offset);
  const [from, to] = [header.range[0] + offset, header.range[1] + offset];
  const headerAt = { start: from, end: header.key.range[1] + (header.kind === "array" ? 2 : 1) + offset };
  sections.push({ path: keys.map((it) => it.key), headerAt, at: { start: from, end: to } });
  return tableAt(root, keys, headerAt, header.kind === "array");
}

export function addStatement(table: Built, statement: TomlStatement, place: Place): void {
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

export const keysOf = (key: TomlKeyPath, offset: number): Key[] =>
  key.keys.map((it) => ({
    key: it.type === "TOMLBare" ? it.name : it.value,
    keyAt: { start: it.range[0] + offset, end: it.range[1] + offset },
  }));

/** The table that a path of keys leads to, made on the way; `[[…]]` adds one to its list. */
export function tableAt(from: Built, keys: readonly Key[], at: Span, adds: boolean): Built {
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

export function nodeOf(node: TomlContent, place: Place): TomlNode {
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
