/**
 * What a project's own files mention of given names. Any mention counts, in code, text or comments: that a name occurs
 * nowhere says more than that nothing imports it, and needs no parser of all that may name a module.
 */

export interface SourceUse {
  /** The names that were looked for, as asked. */
  readonly asked: ReadonlySet<string>;
  readonly mentioned: ReadonlySet<string>;
  /** Modules are imported, or plugins found, by names that only a run knows. */
  readonly dynamic: boolean;
  /** False: there was more than is read, or something could not be read. */
  readonly complete: boolean;
  /** Python files among what was read. */
  readonly files: number;
}

/** What one file says. */
export interface FileUse {
  readonly mentioned: readonly string[];
  readonly dynamic: boolean;
}

const word = /[A-Za-z_][\w]*(?:[.-][A-Za-z0-9_]+)*/g;
/** A call whose first argument is not one plain text. */
const dynamicImport =
  /\b(?:import_module|__import__|import_string|load_module|find_spec|load_object|locate|run_module)\s*\(\s*(?!\s*(?:[rRbBuU]?["'][\w.]+["'])\s*[,)])/;
const plugins =
  /\b(?:entry_points|iter_entry_points|load_entry_point|get_entry_map|stevedore|pkg_resources\.working_set|pluggy|walk_packages|iter_modules)\b/;

/** `asked`: names of distributions and modules, lower case, `-` and `_` alike (see `mentionKey`). */
export function usesIn(text: string, python: boolean, asked: ReadonlySet<string>): FileUse {
  const mentioned = new Set<string>();
  for (const [found] of text.matchAll(word)) {
    const key = mentionKey(found);
    if (asked.has(key)) mentioned.add(key);
    if (!found.includes(".") && !found.includes("-")) continue;
    // `numpy.linalg`, `google.cloud.storage.Client`, `worker-torch`: every part may be the name.
    const parts = key.split(".");
    for (let to = parts.length; to > 0; to -= 1) {
      const lead = parts.slice(0, to).join(".");
      if (asked.has(lead)) mentioned.add(lead);
      const part = parts[to - 1] ?? "";
      if (asked.has(part)) mentioned.add(part);
      for (const piece of part.split("_")) if (asked.has(piece)) mentioned.add(piece);
    }
  }
  return { mentioned: [...mentioned], dynamic: python && (dynamicImport.test(text) || plugins.test(text)) };
}

export const mentionKey = (name: string): string => name.toLowerCase().replaceAll("-", "_");

/** What to look for: the distribution, its modules, and of a module inside a namespace its last name. */
export function mentionNames(distribution: string, modules: readonly string[]): readonly string[] {
  const names = [distribution, ...modules, ...modules.map((it) => it.slice(it.lastIndexOf(".") + 1))];
  return [...new Set(names.map(mentionKey))];
}

/** Its own text with the requirements taken out, since those mention everything. */
export function withoutSpans(
  text: string,
  spans: readonly { readonly start: number; readonly end: number }[],
): string {
  let res = "";
  let at = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    res += text.slice(at, start);
    at = end;
  }
  return res + text.slice(at);
}
