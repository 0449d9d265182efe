/** The `.env` file beside a compose file, which gives its variables values. */
import { join } from "node:path";
import { regularText } from "../regular-file.ts";
import { largestPlanFile } from "./build-plan.ts";
import { interpolated, type Variables } from "./interpolate.ts";

/** Empty where there is none. */
export async function envFileOf(folder: string): Promise<Variables> {
  const text = await regularText(join(folder, ".env")).catch(() => "");
  return text.length > largestPlanFile ? new Map() : variablesIn(text);
}

/** `NAME=value` and `export NAME=value`, quoted or not, with comments; what cannot be decided is left out. */
export function variablesIn(text: string): Variables {
  const res = new Map<string, string>();
  const assignment =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\r\n]*))/gm;
  for (const [, name = "", literal, quoted, plain = ""] of text.replace(/^\uFEFF/, "").matchAll(assignment)) {
    const value =
      literal ??
      interpolated(
        quoted === undefined ? plain.replace(/(?:^|[ \t])#.*$/, "").trim() : unescaped(quoted),
        res,
      );
    if (value === undefined) res.delete(name);
    else res.set(name, value);
  }
  return res;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

const unescaped = (text: string): string =>
  // An escaped dollar stays one: doubled, as interpolation reads it.
  text.replace(/\\([\s\S])/g, (_, it: string) => (it === "$" ? "$$" : (escapes[it] ?? it)));
