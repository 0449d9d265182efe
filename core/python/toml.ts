/** The one door to toml-eslint-parser. Invariant: total; a text that is no TOML has no comments. */
import { parseTOML } from "toml-eslint-parser";

/** Offsets of the `#` of every comment. */
export function tomlComments(text: string): readonly number[] {
  try {
    return parseTOML(text).comments.map((it) => it.range[0]);
  } catch {
    return [];
  }
}
