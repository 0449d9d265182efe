/**
 * TOML with positions.
 *
 * Invariant: total. A text that is no TOML, as while somebody types, gives what its unbroken parts say, at their places.
 */
import { BoundedCache } from "../../text/bounded-cache.ts";
import type { Span } from "../../text/span.ts";
import { addBroken } from "./broken.ts";
import type { TomlDocument, TomlSection } from "./nodes.ts";
import { type Part, partsOf } from "./parse.ts";
import { addPart, type Built } from "./tables.ts";

/** Reads TOML with positions. Parts between table headers are kept, so that a keystroke reads one part again. */
export class TomlReader {
  readonly #parts = new BoundedCache<string, Part | "broken">(2_000);

  read(text: string): TomlDocument {
    const root: Built = { kind: "table", entries: new Map(), at: { start: 0, end: 0 } };
    const sections: TomlSection[] = [];
    const chunks = chunksOf(text);
    const parts = chunks.map((it) => this.#partOf(text.slice(it.start, it.end)));
    if (parts.every((it) => it !== undefined)) {
      chunks.forEach(({ start }, index) => {
        const part = parts[index];
        if (part !== undefined) addPart(root, sections, part, start);
      });
      return { root, sections, broken: false };
    }
    // A line that looks like a header inside a long string splits wrongly; the whole text is the judge.
    const whole = partsOf(text);
    if (whole !== undefined) {
      for (const part of whole) addPart(root, sections, part, 0);
      return { root, sections, broken: false };
    }
    chunks.forEach((chunk, index) => {
      const part = parts[index];
      if (part !== undefined) addPart(root, sections, part, chunk.start);
      else addBroken(root, sections, text, chunk);
    });
    return { root, sections, broken: true };
  }

  #partOf(text: string): Part | undefined {
    const known = this.#parts.get(text);
    if (known !== undefined) return known === "broken" ? undefined : known;
    const parts = partsOf(text);
    const only = parts?.length === 1 ? parts[0] : undefined;
    this.#parts.set(text, only ?? "broken");
    return only;
  }
}

/** Lines that begin with `[name]` begin a chunk; what stands before the first is one too. */
function chunksOf(text: string): readonly Span[] {
  const starts = [0];
  for (const match of text.matchAll(/^[ \t]*\[\[?[ \t]*[A-Za-z0-9_"'-][^\n]*$/gm)) {
    if (match.index > 0 && isHeader(match[0])) starts.push(match.index);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

const headerLine =
  /^[ \t]*\[\[?[ \t]*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*[ \t]*\]\]?[ \t]*(?:#.*)?\r?$/;
const isHeader = (line: string): boolean => headerLine.test(line);
