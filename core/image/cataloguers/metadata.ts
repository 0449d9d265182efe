/** What the metadata of several ecosystems have in common: fields, lines, and edges to what is installed. */

export const linesOf = (text: string): readonly string[] => text.split(/\r?\n/).filter((it) => it !== "");

/** `Name: value` lines as Debian's control files and Python's metadata have them; of a name twice the first counts. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const res = new Map<string, string>();
  let last = "";
  for (const line of text.split(/\r?\n/)) {
    if (line === "") break;
    if (/^[ \t]/.test(line)) {
      const before = res.get(last);
      if (before !== undefined && before.length < longestField) res.set(last, `${before} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    last = line.slice(0, colon);
    if (res.has(last)) last = "";
    else res.set(last, line.slice(colon + 1).trim());
  }
  return res;
}

const longestField = 1 << 16;

/** A package and what else it stands for. */
export interface Named {
  readonly name: string;
  readonly provides: readonly string[];
}

/**
 * Turns requirements into edges: each requirement is a list of names of which one is enough, and the edge goes to the
 * first that is installed, by its own name or as something that another provides. None is installed: no edge.
 */
export function edgesTo(
  installed: readonly Named[],
): (requirements: readonly (readonly string[])[], from: string) => readonly string[] {
  const names = new Set(installed.map((it) => it.name));
  const providers = new Map<string, string>();
  for (const { name, provides } of installed)
    for (const it of provides) if (!providers.has(it)) providers.set(it, name);
  return (requirements, from) => {
    const res = new Set<string>();
    for (const choices of requirements) {
      const own = choices.find((it) => names.has(it));
      const to = own ?? choices.map((it) => providers.get(it)).find((it) => it !== undefined);
      if (to !== undefined && to !== from) res.add(to);
    }
    return [...res];
  };
}

/** A parsed object's field, where it is one; undefined otherwise. */
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  isRecord(value) ? value : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((it) => typeof it === "string") : [];

/** Undefined where the text is no JSON object. */
export function jsonRecord(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    return recordOf(JSON.parse(text.replace(/^\ufeff/, "")));
  } catch {
    return undefined;
  }
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** An empty part, `.` or `..` among the parts. */
const unsettled = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** `path` seen from `folder`; an absolute one stays. Neither has a leading slash afterwards. */
export function pathFrom(folder: string, path: string): string {
  const whole = path.startsWith("/") ? path.slice(1) : folder === "" ? path : `${folder}/${path}`;
  if (!unsettled.test(whole)) return whole;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
