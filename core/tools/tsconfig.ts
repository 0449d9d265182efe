/** What a `tsconfig.json` says about its output. https://www.typescriptlang.org/tsconfig/ */

export interface TypeScriptConfig {
  /** As it is written; undefined: beside the sources, or where the file that it extends says. */
  readonly outDir: string | undefined;
  readonly noEmit: boolean;
  /** Another file whose options hold where this one is silent. */
  readonly extends: string | undefined;
}

/** Undefined: it is no JSON object, also without its comments and trailing commas. */
export function readTypeScriptConfig(text: string): TypeScriptConfig | undefined {
  let value: unknown;
  try {
    value = JSON.parse(plainJson(text));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const options = isRecord(value["compilerOptions"]) ? value["compilerOptions"] : {};
  const outDir = options["outDir"];
  const base = value["extends"];
  return {
    outDir: typeof outDir === "string" ? outDir : undefined,
    noEmit: options["noEmit"] === true || options["emitDeclarationOnly"] === true,
    extends: typeof base === "string" ? base : undefined,
  };
}

const comments = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const lastCommas = /"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g;

const plainJson = (text: string): string =>
  [comments, lastCommas].reduce(
    (rest, token) => rest.replace(token, (it) => (it.startsWith('"') ? it : "")),
    text.replace(/^\uFEFF/, ""),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
