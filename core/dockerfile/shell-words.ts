/** The parts of a word of the shell: text, variables, and what cannot be decided by reading. */
import type { Node } from "web-tree-sitter";
import type { Part } from "./script.ts";
import { trimOperators } from "./values.ts";

/** Deeper nesting than any word that a person wrote. */
const deepestNesting = 200;

export function partsOf(node: Node, depth: number): Part[] {
  if (depth > deepestNesting) return [{ kind: "undecided" }];
  switch (node.type) {
    case "word":
    case "number":
    case "variable_name":
    case "test_operator":
    case "extglob_pattern":
    case "regex":
      return node.namedChildCount === 0
        ? [{ kind: "text", text: node.text.replace(/\\(.)/gs, "$1") }]
        : [{ kind: "undecided" }];
    case "string_content":
      return [{ kind: "text", text: node.text.replace(/\\([$`"\\])/g, "$1") }];
    case "raw_string":
      return [{ kind: "text", text: node.text.slice(1, -1) }];
    case "string":
      return stringParts(node, depth);
    case "concatenation":
      return node.children.flatMap((it) => partsOf(it, depth + 1));
    case "simple_expansion":
    case "expansion":
      return [variable(node, depth)];
    default:
      return node.isNamed ? [{ kind: "undecided" }] : [{ kind: "text", text: node.text }];
  }
}

/** The grammar leaves white space at the edges of a string's pieces out of the tree. */
function stringParts(node: Node, depth: number): Part[] {
  const res: Part[] = [];
  let at = node.startIndex + 1;
  for (const child of node.children.slice(1, -1)) {
    if (child.startIndex > at)
      res.push({
        kind: "text",
        text: node.text.slice(at - node.startIndex, child.startIndex - node.startIndex),
      });
    res.push(...partsOf(child, depth + 1));
    at = child.endIndex;
  }
  const end = node.endIndex - 1;
  if (end > at)
    res.push({ kind: "text", text: node.text.slice(at - node.startIndex, end - node.startIndex) });
  return res;
}

function variable(node: Node, depth: number): Part {
  const name = node.namedChildren.find((it) => it.type === "variable_name");
  if (name === undefined) return { kind: "undecided" };
  const operators = node.children.filter((it) => !it.isNamed && !["$", "${", "}"].includes(it.type));
  const operator = operators[0]?.type ?? "";
  const trim = trimOperators.find((it) => it === operator);
  if (trim !== undefined) return trimPart(node, name.text, trim);
  if (operators.length > 1 || name.startIndex !== node.startIndex + (node.type === "expansion" ? 2 : 1)) {
    return { kind: "undecided" };
  }
  if (operator !== "" && operator !== ":-" && operator !== "-" && operator !== ":+" && operator !== "+") {
    return { kind: "undecided" };
  }
  const operand = node.namedChildren.filter((it) => it.startIndex > name.startIndex);
  return {
    kind: "variable",
    name: name.text,
    operator,
    operand: operand.flatMap((it) => partsOf(it, depth + 1)),
  };
}

/** The operand of `#`, `%` and `/` is taken as it stands; one with quotes or variables is not modelled. */
function trimPart(node: Node, name: string, operator: (typeof trimOperators)[number]): Part {
  const head = `\${${name}${operator}`;
  const operand = node.text.slice(head.length, -1);
  if (!node.text.startsWith(head) || /[$"'`\\]/.test(operand)) return { kind: "undecided" };
  return { kind: "variable", name, operator, operand: [{ kind: "text", text: operand }] };
}
