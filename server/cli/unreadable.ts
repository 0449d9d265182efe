import { tomlValues } from "../../core/python/toml/parse.ts";

/** Why a text is no TOML, in brackets for the middle of a sentence; empty where it is. */
export function whyBroken(text: string): string {
  const read = tomlValues(text);
  return read.ok ? "" : ` (${read.why})`;
}

/** Read as UTF-8, nothing of such a file would be left to judge. */
export const isUtf16 = (content: Uint8Array): boolean =>
  (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
