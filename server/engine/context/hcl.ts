/**
 * Reads the part of HCL that bake files are written in: blocks, attributes, texts with `${NAME}`, lists, maps.
 *
 * Never throws: what it does not know (functions, conditions, loops) becomes "unknown", and a broken file ends where
 * it breaks.
 */
export type HclExpression =
  | { readonly kind: "text"; readonly parts: readonly HclExpression[] }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly HclExpression[] }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, HclExpression> }
  | { readonly kind: "unknown" };

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: ReadonlyMap<string, HclExpression>;
}

const unknown: HclExpression = { kind: "unknown" };
/** Deeper than any file that a person wrote. */
const deepest = 50;

/** The blocks at the top of a file; attributes at the top are left out. `stoppedAt`: the line (from 1) where it breaks. */
export function hclBlocks(text: string): {
  readonly blocks: readonly HclBlock[];
  readonly stoppedAt: number | undefined;
} {
  const reader = new HclReader(text);
  return { blocks: reader.blocks(), stoppedAt: reader.stoppedAt };
}

/** A JSON value as the expression that it stands for: bake files in JSON have `${NAME}` too. */
export function expressionOf(value: unknown): HclExpression {
  if (typeof value === "string") return textExpression(value);
  if (value === null || typeof value === "number" || typeof value === "boolean")
    return { kind: "literal", value };
  if (Array.isArray(value)) return { kind: "list", items: value.map(expressionOf) };
  if (typeof value !== "object") return unknown;
  return {
    kind: "map",
    entries: new Map(Object.entries(value).map(([key, it]) => [key, expressionOf(it)])),
  };
}

function textExpression(text: string): HclExpression {
  const parts: HclExpression[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^{}]*)\}/g)) {
    parts.push({ kind: "literal", value: text.slice(from, match.index) });
    const inner = match[1]?.trim();
    if (inner === undefined) parts.push({ kind: "literal", value: "${" });
    else parts.push(/^[A-Za-z_][\w-]*$/.test(inner) ? { kind: "name", name: inner } : unknown);
    from = match.index + match[0].length;
  }
  if (parts.length === 0) return { kind: "literal", value: text };
  parts.push({ kind: "literal", value: text.slice(from) });
  return { kind: "text", parts };
}

class HclReader {
  readonly #text: string;
  #at = 0;
  /** A block has no end. */
  #isOpen = false;

  constructor(text: string) {
    this.#text = text;
  }

  get stoppedAt(): number | undefined {
    const isWhole = this.#at >= this.#text.length && !this.#isOpen;
    return isWhole ? undefined : this.#text.slice(0, this.#at).split("\n").length;
  }

  blocks(): HclBlock[] {
    const res: HclBlock[] = [];
    for (;;) {
      this.#skip(true);
      const type = this.#take(/[A-Za-z_][\w-]*/y);
      if (type === undefined) return res;
      const labels: string[] = [];
      for (;;) {
        this.#skip(false);
        const label = this.#take(/"[^"\n]*"|[A-Za-z_][\w-]*/y);
        if (label === undefined) break;
        labels.push(label.replaceAll('"', ""));
      }
      if (this.#take(/\{/y) !== undefined) res.push({ type, labels, attributes: this.#body(0) });
      else if (this.#take(/=/y) !== undefined) this.#expression(0);
      else return res;
    }
  }

  #body(depth: number): ReadonlyMap<string, HclExpression> {
    const attributes = new Map<string, HclExpression>();
    for (;;) {
      this.#skip(true);
      if (this.#take(/\}/y) !== undefined || depth > deepest) return attributes;
      const name = this.#take(/[A-Za-z_][\w-]*/y);
      if (name === undefined) {
        this.#isOpen = true;
        return attributes;
      }
      this.#skip(false);
      if (this.#take(/=/y) !== undefined) attributes.set(name, this.#expression(depth + 1));
      else {
        // A block inside a block is passed over.
        while (this.#take(/[ \t]*(?:"[^"\n]*"|[A-Za-z_][\w-]*)/y) !== undefined);
        this.#skip(false);
        if (this.#take(/\{/y) === undefined) return attributes;
        this.#body(depth + 1);
      }
    }
  }

  #expression(depth: number): HclExpression {
    this.#skip(true);
    const value = depth > deepest ? unknown : this.#primary(depth);
    this.#skip(false);
    if (this.#at >= this.#text.length || /[\n\r,\]})]/.test(this.#text.charAt(this.#at))) return value;
    this.#passOver();
    return unknown;
  }

  #primary(depth: number): HclExpression {
    const text = this.#take(/"(?:[^"\\\n]|\\.)*"/y);
    if (text !== undefined) return textExpression(unescaped(text.slice(1, -1)));
    const number = this.#take(/-?\d+(?:\.\d+)?/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#take(/[A-Za-z_][\w-]*/y);
    if (name === "true" || name === "false") return { kind: "literal", value: name === "true" };
    if (name === "null") return { kind: "literal", value: null };
    if (name !== undefined) return { kind: "name", name };
    if (this.#take(/\[/y) !== undefined) return this.#list(depth);
    return this.#take(/\{/y) === undefined ? unknown : this.#map(depth);
  }

  #list(depth: number): HclExpression {
    const items: HclExpression[] = [];
    for (;;) {
      this.#skip(true);
      if (this.#take(/\]/y) !== undefined || this.#at >= this.#text.length) return { kind: "list", items };
      const before = this.#at;
      items.push(this.#expression(depth + 1));
      this.#skip(true);
      this.#take(/,/y);
      if (this.#at === before) return unknown;
    }
  }

  #map(depth: number): HclExpression {
    const entries = new Map<string, HclExpression>();
    for (;;) {
      this.#skip(true);
      if (this.#take(/\}/y) !== undefined) return { kind: "map", entries };
      const key = this.#take(/"[^"\n]*"|[A-Za-z_][\w.-]*/y);
      this.#skip(false);
      if (key === undefined || this.#take(/[=:]/y) === undefined) return unknown;
      entries.set(key.replaceAll('"', ""), this.#expression(depth + 1));
      this.#skip(true);
      this.#take(/,/y);
    }
  }

  /** To the end of an expression that is not known, brackets and texts in it respected. */
  #passOver(): void {
    for (let depth = 0; this.#at < this.#text.length; this.#at += 1) {
      const text = this.#take(/"(?:[^"\\\n]|\\.)*"/y);
      if (text !== undefined) {
        this.#at -= 1;
        continue;
      }
      const char = this.#text.charAt(this.#at);
      if (/[([{]/.test(char)) depth += 1;
      else if (/[)\]}]/.test(char)) {
        if (depth === 0) return;
        depth -= 1;
      } else if (depth === 0 && /[\n,]/.test(char)) return;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  /** White space and comments; with `lines` also line breaks. */
  #skip(lines: boolean): void {
    const space = lines ? /\s+/y : /[ \t]+/y;
    while (
      this.#take(space) !== undefined ||
      this.#take(/#[^\n]*|\/\/[^\n]*/y) !== undefined ||
      this.#take(/\/\*[\s\S]*?\*\//y) !== undefined
    );
  }
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, it: string) => (it === "n" ? "\n" : it === "t" ? "\t" : it));
