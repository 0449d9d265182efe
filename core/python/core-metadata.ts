/** Headers of METADATA and WHEEL files, which are spelt like those of mails (core metadata specification). */

/** By lower-case name, in source order; folded lines are joined. The body, a description, is not looked at. */
export function headersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const res = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of text.split("\n")) {
    const content = line.replace(/\r$/, "");
    if (content === "") break;
    if (/^[ \t]/.test(content)) {
      const at = (last?.length ?? 0) - 1;
      if (last !== undefined && at >= 0) last[at] += ` ${content.trim()}`;
      continue;
    }
    const match = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(content);
    if (match === null) continue;
    const [, name = "", value = ""] = match;
    last = res.get(name.toLowerCase()) ?? [];
    res.set(name.toLowerCase(), last);
    last.push(value.trim());
  }
  return res;
}
