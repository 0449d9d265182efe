import { tomlValues } from "../../core/python/toml/parse.ts";

/** Why a text is no TOML, in brackets for the middle of a sentence; empty where it is. */
export function whyBroken(text: string): string {
  const read = tomlValues(text);
  return read.ok ? "" : ` (${read.why})`;
}
