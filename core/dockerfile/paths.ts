/** Paths inside an image: POSIX, absolute, normalised; a trailing slash is kept, it says "directory". */

/** `path` seen from `directory`; undefined when either is needed and not known. */
export function posixJoin(directory: string | undefined, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (path.startsWith("/")) return normalised(path);
  if (path.startsWith("~"))
    return path === "~" || path.startsWith("~/") ? normalised(`/root${path.slice(1)}`) : undefined;
  return directory === undefined ? undefined : normalised(`${directory}/${path}`);
}

export function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  const joined = `/${parts.join("/")}`;
  const isDirectory = /\/\.?$/.test(path) && parts.length > 0;
  return isDirectory ? `${joined}/` : joined;
}

export const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;

export const baseName = (path: string): string =>
  withoutSlash(path).slice(withoutSlash(path).lastIndexOf("/") + 1);

/** Whether `inner` is `outer` or lies below it. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [withoutSlash(inner), withoutSlash(outer)];
  return a === b || b === "/" || a.startsWith(`${b}/`);
}

/** Whether deleting `pattern` (wildcards as the shell expands them, a trailing `/*` too) deletes `path` or all in it. */
export function deletes(pattern: string, path: string): boolean {
  if (!/[*?[]/.test(pattern)) return isWithin(path, pattern);
  if (pattern.endsWith("/*") && !/[*?[]/.test(pattern.slice(0, -2)))
    return isWithin(path, pattern.slice(0, -2));
  const wanted = withoutSlash(pattern).split("/");
  const parts = withoutSlash(path).split("/");
  return wanted.length <= parts.length && wanted.every((it, index) => matchesName(it, parts[index] ?? ""));
}

function matchesName(pattern: string, name: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === name;
  if (pattern.includes("[")) return false;
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const source = pattern
    .replace(/[.+^${}()|\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(name);
}

/** The part of a pattern before its first wildcard, up to a whole name. */
export const plainPart = (pattern: string): string => {
  const wild = pattern.search(/[*?[]/);
  return wild === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf("/", wild)) || "/";
};
