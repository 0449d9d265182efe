/** The one door to the TOML parsers: toml-eslint-parser where positions matter, smol-toml where only values do. */
import { parse as parseValues, TomlError as ValueError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";

export type TomlStatement = AST.TOMLKeyValue;
export type TomlKeyPath = AST.TOMLKey;
export type TomlHeader = AST.TOMLTable;
export type TomlContent = AST.TOMLContentNode;

/** Parsed statements of one part of a text, offsets counted from the part's start. */
export interface Part {
  readonly text: string;
  readonly statements: readonly TomlStatement[];
  readonly header: TomlHeader | undefined;
}

/** Parts of a text in order; undefined where it is no TOML. */
export function partsOf(text: string): readonly Part[] | undefined {
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

export function onlyPart(text: string): Part | undefined {
  const parts = partsOf(text);
  return parts?.length === 1 && parts[0]?.header === undefined ? parts[0] : undefined;
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
