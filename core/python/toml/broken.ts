/** What a chunk of text that is no TOML still says, as while somebody types. */
import type { Span } from "../../text/span.ts";
import type { TomlList, TomlNode, TomlSection } from "./nodes.ts";
import { onlyPart, type Part, partsOf } from "./parse.ts";
import { addSection, addStatement, type Built, keysOf, nodeOf, tableAt } from "./tables.ts";

/** Of a chunk that does not parse, the statements and the lines of lists that do. */
export function addBroken(root: Built, sections: TomlSection[], text: string, chunk: Span): void {
  const body = text.slice(chunk.start, chunk.end);
  const starts = [...body.matchAll(/^[ \t]*(?:[A-Za-z0-9_.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=/gm)].map(
    (it) => it.index,
  );
  const head = body.slice(0, starts[0] ?? body.length);
  const header = partsOf(head)?.find((it) => it.header !== undefined)?.header;
  const broken = header === undefined && /^[ \t]*\[/m.test(head);
  // Entries below a header that cannot be read belong to nobody knows whom.
  if (broken) return;
  const table = header === undefined ? root : addSection(root, sections, header, chunk.start);
  const end = (index: number): number => starts[index + 1] ?? body.length;
  for (let index = 0; index < starts.length; index += 1) {
    const start = starts[index] ?? 0;
    // A line inside a list may look like a statement: the longest text that parses counts.
    let read = index;
    let part: Part | undefined;
    for (let last = index; last < Math.min(index + 4, starts.length) && part === undefined; last += 1) {
      part = onlyPart(body.slice(start, end(last)));
      read = last;
    }
    if (part !== undefined) {
      const place = { text: part.text, offset: chunk.start + start };
      for (const statement of part.statements) addStatement(table, statement, place);
      index = read;
    } else addBrokenList(table, body.slice(start, end(index)), chunk.start + start);
  }
}

/** `name = [` and lines of which each stands for itself: those that parse are its items. */
function addBrokenList(table: Built, source: string, offset: number): void {
  const opening = /^[ \t]*(?:[A-Za-z0-9_.-]+|"[^"\n]*"|'[^'\n]*')[ \t]*=[ \t]*\[/.exec(source)?.[0];
  if (opening === undefined) return;
  const key = onlyPart(`${opening}]`)?.statements[0];
  if (key === undefined) return;
  const items: TomlNode[] = [];
  let at = opening.length;
  for (const line of source.slice(opening.length).split("\n")) {
    const item = /^[ \t]*((?:"[^"\n]*"|'[^'\n]*'|\{.*\})[ \t]*,?[ \t]*(?:#.*)?|)\r?$/.exec(line)?.[1];
    if (item !== undefined && item !== "") {
      const lead = line.indexOf(item);
      const value = onlyPart(`x=[${item}\n]`)?.statements[0]?.value;
      if (value?.type === "TOMLArray") {
        const place = { text: `x=[${item}`, offset: offset + at + lead - 3 };
        for (const it of value.elements) items.push(nodeOf(it, place));
      }
    }
    at += line.length + 1;
  }
  const keys = keysOf(key.key, offset);
  const last = keys.pop();
  if (last === undefined) return;
  const parent = keys.length === 0 ? table : tableAt(table, keys, last.keyAt, false);
  const end = offset + source.trimEnd().length;
  const list: TomlList = { kind: "list", items, at: { start: offset + opening.length - 1, end } };
  if (!parent.entries.has(last.key)) parent.entries.set(last.key, { ...last, value: list });
}
