/** pip.conf, as Python's configparser reads it. Invariant: total. */

/** `section.key` in lower case, `_` as `-`; lines of one value are joined by line breaks. */
export function iniValues(text: string): ReadonlyMap<string, string> {
  const res = new Map<string, string>();
  let section = "";
  let last = "";
  for (const line of text.split("\n")) {
    const content = line.replace(/\r$/, "");
    if (/^\s*(?:[#;]|$)/.test(content)) continue;
    const header = /^\[([^\]]+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      [section, last] = [header.trim().toLowerCase(), ""];
      continue;
    }
    if (/^\s/.test(content) && last !== "") {
      res.set(last, `${res.get(last) ?? ""}\n${content.trim()}`);
      continue;
    }
    const entry = /^\s*([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(content);
    if (entry === null) continue;
    last = `${section}.${(entry[1] ?? "").toLowerCase().replaceAll("_", "-")}`;
    res.set(last, (entry[2] ?? "").trim());
  }
  return res;
}
