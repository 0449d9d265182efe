/**
 * Variables in the texts of compose files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}`,
 * nested, with `$$` for a dollar. https://docs.docker.com/reference/compose-file/interpolation/
 *
 * Only what files say is known. A shell may set more: a name without a value and without a default is not known, and a
 * default holds, since it is what the file itself provides for.
 */
export type Variables = ReadonlyMap<string, string>;

/** Deeper defaults are nobody's. */
const deepest = 20;

/** Undefined: it depends on what is not known, or is no valid expression. */
export function interpolated(text: string, variables: Variables, depth = 0): string | undefined {
  if (!text.includes("$")) return text;
  let res = "";
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) return res + text.slice(at);
    res += text.slice(at, dollar);
    const rest = text.slice(dollar + 1);
    if (rest.startsWith("$")) {
      res += "$";
      at = dollar + 2;
      continue;
    }
    const end = rest.startsWith("{") ? closingBrace(rest) : undefined;
    const written = rest.startsWith("{") ? rest.slice(1, end) : /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (written === undefined || depth > deepest || (rest.startsWith("{") && end === undefined)) {
      return undefined;
    }
    const value = expressionValue(written, variables, depth);
    if (value === undefined) return undefined;
    res += value;
    at = dollar + 1 + (end === undefined ? written.length : end + 1);
  }
  return res;
}

/** Index of the brace that closes the one at 0. */
function closingBrace(text: string): number | undefined {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "{") open += 1;
    else if (char === "}") {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return undefined;
}

function expressionValue(written: string, variables: Variables, depth: number): string | undefined {
  const match = /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(written);
  if (match?.[1] === undefined) return undefined;
  const [, name, operator, operand = ""] = match;
  const value = variables.get(name);
  const isGiven = value !== undefined && !(operator?.startsWith(":") === true && value === "");
  switch (operator?.at(-1)) {
    case "-":
      return isGiven ? value : interpolated(operand, variables, depth + 1);
    case "+":
      return isGiven ? interpolated(operand, variables, depth + 1) : "";
    default:
      return isGiven ? value : undefined;
  }
}
