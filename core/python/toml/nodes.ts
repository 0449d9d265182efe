/** A TOML document as a tree of nodes with their places. */
import type { Span } from "../../text/span.ts";

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

/** The entry itself, for the place of its key. */
export function entryAt(from: TomlNode, ...path: readonly string[]): TomlEntry | undefined {
  const parent = tomlAt(from, ...path.slice(0, -1));
  return parent?.kind === "table" ? parent.entries.get(path.at(-1) ?? "") : undefined;
}
