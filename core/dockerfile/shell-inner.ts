/** Scripts inside words: `sh -c '…'`. */
import type { Node } from "web-tree-sitter";
import type { TextPiece } from "./logical-text.ts";

const shells = /^(?:.*\/)?(?:ba|da|a|z|k)?sh$/;
const starters = /^(?:sudo|exec|env|command|time|nice|nohup|eatmydata)$/;

/** The word after `-c` of a shell or of su. */
export function innerScript(words: readonly Node[]): Node | undefined {
  let index = 0;
  while (starters.test(words[index]?.text ?? "")) {
    index += 1;
    while (/^-[A-Z]+$|^\w+=/.test(words[index]?.text ?? "")) index += 1;
  }
  const program = words[index]?.text ?? "";
  if (!shells.test(program) && program !== "su") return undefined;
  for (index += 1; index < words.length - 1; index += 1) {
    const text = words[index]?.text ?? "";
    if (/^-[a-z]*c$/.test(text) || text === "--command") return words[index + 1];
    // `bash script.sh -c x` runs the script.
    const isOption = text.startsWith("-") || (text === "pipefail" && words[index - 1]?.text.endsWith("o"));
    if (!isOption && program !== "su") return undefined;
  }
  return undefined;
}

/** The text that a quoted word means, with where its parts stand. Variables stay: the inner shell sees the same. */
export function literalPieces(node: Node): readonly TextPiece[] | undefined {
  const start = node.startIndex;
  switch (node.type) {
    case "raw_string":
      return [{ text: node.text.slice(1, -1), start: start + 1 }];
    case "string": {
      const known = ["string_content", "simple_expansion", "expansion"];
      if (node.namedChildren.some((it) => !known.includes(it.type))) return undefined;
      const pieces: TextPiece[] = [];
      const inner = node.text.slice(1, -1);
      let from = 0;
      for (const it of inner.matchAll(/\\[$`"\\]/g)) {
        pieces.push({ text: inner.slice(from, it.index), start: start + 1 + from, lead: from === 0 ? 0 : 1 });
        from = it.index + 1;
      }
      pieces.push({ text: inner.slice(from), start: start + 1 + from, lead: from === 0 ? 0 : 1 });
      return pieces;
    }
    case "concatenation": {
      const pieces = node.children.map(literalPieces);
      return pieces.every((it) => it !== undefined) ? pieces.flat() : undefined;
    }
    case "word":
      return /[\\$`]/.test(node.text) ? undefined : [{ text: node.text, start }];
    default:
      return undefined;
  }
}
