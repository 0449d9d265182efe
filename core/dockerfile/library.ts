/**
 * Library: what was read of instructions lately, by their text and place. Versions of a document, and documents with
 * equal lines, share it.
 */
import { BoundedCache } from "../text/bounded-cache.ts";
import { Content } from "./content.ts";
import type { ShellReader } from "./shell.ts";
import type { ChunkText, EscapeCharacter } from "./split.ts";
import { isSamePlace, type Place } from "./surroundings.ts";
import { Template } from "./template.ts";

const keptTemplates = 1_000;
/** Of one text at different places. */
const keptContents = 4;
/** Longer ones are data, and rarely come twice. */
const longestKept = 20_000;

export class Library {
  readonly #shell: ShellReader;
  readonly #templates = new BoundedCache<string, Template>(keptTemplates);
  readonly #contents = new WeakMap<Template, readonly Content[]>();

  constructor(shell: ShellReader) {
    this.#shell = shell;
  }

  template(text: ChunkText, escapeCharacter: EscapeCharacter): Template {
    if (text.source.length > longestKept) return new Template(text, escapeCharacter, this.#shell);
    const key = escapeCharacter + text.source;
    const known = this.#templates.get(key) ?? new Template(text, escapeCharacter, this.#shell);
    this.#templates.set(key, known);
    return known;
  }

  content(template: Template, place: Place): Content {
    const kept = this.#contents.get(template) ?? [];
    const known = kept.find((it) => isSamePlace(it.place, place));
    if (known !== undefined) return known;
    const content = new Content(template, place);
    this.#contents.set(template, [content, ...kept.slice(0, keptContents - 1)]);
    return content;
  }
}
