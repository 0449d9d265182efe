/** requirements*.txt as pip reads it. Invariant: total; a line that pip would refuse is left out. */
import type { Span } from "../text/span.ts";
import { normalised } from "./names.ts";
import type { NamedFile, PackageIndex, PythonProject, Requirement, UnreadRequirement } from "./project.ts";
import { readRequirement } from "./requirement-text.ts";

/** A logical line: physical lines joined by `\`, and where each of its characters stands. */
interface LogicalLine {
  readonly text: string;
  readonly offsetOf: (index: number) => number;
}

export function readRequirementsFile(text: string, path: string): PythonProject {
  const requirements: Requirement[] = [];
  const files: NamedFile[] = [];
  const indexes: PackageIndex[] = [];
  const unread: UnreadRequirement[] = [];
  const reasons = viaComments(text);
  for (const line of logicalLines(text)) {
    const body = withoutComment(line.text);
    const lead = body.length - body.trimStart().length;
    const content = body.trim();
    if (content === "") continue;
    const at: Span = { start: line.offsetOf(lead), end: line.offsetOf(lead + content.length - 1) + 1 };
    const option = /^(--?[A-Za-z][A-Za-z-]*)(?:[ \t]*=[ \t]*|[ \t]+|(?<=^-[rce])(?=\S))?(.*)$/.exec(content);
    if (option !== null) {
      const [, name = "", value = ""] = option;
      const file = unquoted(value.trim());
      if (name === "-r" || name === "--requirement")
        files.push({ group: "project", path: file, kind: "requirements", at });
      else if (name === "-c" || name === "--constraint")
        files.push({ group: "project", path: file, kind: "constraints", at });
      else if (name === "-e" || name === "--editable") readEditable(file, at, path, requirements, files);
      else if (/^(?:-i|--index-url|--extra-index-url|-f|--find-links)$/.test(name)) {
        const kind = /^(?:-i|--index-url)$/.test(name)
          ? "default"
          : /^--extra/.test(name)
            ? "extra"
            : "links";
        indexes.push({ name: undefined, url: file, kind, explicit: false, at });
      }
      continue;
    }
    // Options of one requirement (`--hash`, `--config-settings`) follow it.
    const plain = content.replace(/\s+--[A-Za-z][\s\S]*$/, "");
    const words = readRequirement(plain);
    if (words === undefined) {
      const named = fromAddress(plain);
      if (named !== undefined) requirements.push({ ...named, at, nameAt: at, group: "project", path });
      else if (localFolder.test(plain)) files.push(folderAt(plain, at));
      else if (!isAddress(plain) && !isLocalArchive(plain)) unread.push({ text: plain, at });
      continue;
    }
    const { name, extras, specifier, marker, url } = words;
    const start = line.offsetOf(lead + words.start);
    const nameAt = { start, end: start + words.nameLength };
    const via = reasons.get(at.start);
    const read = { name, extras, specifier, marker, url, at, nameAt, group: "project", path } as const;
    requirements.push(via === undefined ? read : { ...read, via });
  }
  return {
    path,
    kind: "requirements",
    name: undefined,
    requiresPython: undefined,
    manager: "other",
    requirements,
    inclusions: [],
    headers: [],
    origins: [],
    indexes,
    files,
    constraints: [],
    members: [],
    defaultGroups: [],
    optionalGroups: [],
    unread,
    broken: false,
  };
}

/**
 * Why pip-compile and uv name a requirement, by the offset where it begins: `flask==3.0  # via -r requirements.in`, or on lines of
 * their own below it. Those that a person asked for as well (`-r`, `app (pyproject.toml)`) are left out.
 */
function viaComments(text: string): ReadonlyMap<number, readonly string[]> {
  const res = new Map<number, readonly string[]>();
  if (!/#[ \t]*via\b/.test(text)) return res;
  const line = /^[ \t]*(?=[A-Za-z0-9])[^\n]*(?:\n[ \t]+--[^\n]*)*((?:\n[ \t]+#[^\n]*)*)/gm;
  for (const found of text.matchAll(line)) {
    const comments = found[0].match(/(?<=^|\s)#.*$/gm) ?? [];
    const said = comments.map((it) => it.replace(/^#\s*/, "").trim());
    if (!said.some((it) => /^via\b/.test(it))) continue;
    const reasons = said.flatMap((it) => it.replace(/^via\b\s*/, "").split(/,\s*/)).filter((it) => it !== "");
    if (reasons.length > 0 && reasons.every((it) => /^[A-Za-z0-9][\w.-]*$/.test(it)))
      res.set(found.index + found[0].search(/\S/), reasons.map(normalised));
  }
  return res;
}

function readEditable(
  value: string,
  at: Span,
  path: string,
  requirements: Requirement[],
  files: NamedFile[],
): void {
  const named = fromAddress(value);
  if (named !== undefined) requirements.push({ ...named, at, nameAt: at, group: "project", path });
  else files.push(folderAt(value, at));
}

/** `./api[ml,web]`, with a marker that is not looked at. */
function folderAt(text: string, at: Span): NamedFile {
  const [, path = text, extras = ""] = /^([^[;]*?)\s*(?:\[([^\]]*)\])?\s*(?:;.*)?$/.exec(text) ?? [];
  const names = extras.split(",").map((it) => it.trim());
  return {
    group: "project",
    path,
    kind: "project",
    at,
    extras: names.filter((it) => it !== "").map(normalised),
  };
}

const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

const isLocalArchive = (text: string): boolean =>
  /^[^;]*\.(?:whl|zip|tar\.\w+|tgz)(?:\[[^\]]*\])?\s*(?:;|$)/.test(text);

/** `git+https://…#egg=name` and addresses of wheels name their package themselves. */
function fromAddress(
  text: string,
): Pick<Requirement, "name" | "extras" | "specifier" | "marker" | "url"> | undefined {
  if (!isAddress(text)) return undefined;
  const egg = /[#&]egg=([^&\s]+)/.exec(text)?.[1];
  const wheel = /\/([^/]+)-[^-/]+-[^-/]+-[^-/]+-[^-/]+\.whl(?:[#?]|$)/.exec(text)?.[1];
  const read = readRequirement(egg ?? wheel?.replace(/-.*$/, "") ?? "");
  if (read === undefined) return undefined;
  return { name: read.name, extras: read.extras, specifier: "", marker: undefined, url: text };
}

/** What has a separator, or begins with a dot, is a path for pip; archives are no folders. */
const localFolder = /^(?:\.\.?(?=[[\s;]|$)|[\w.~-]*[\\/])(?![^[;]*\.(?:whl|zip|tar\.\w+|tgz)\b)/;

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

/** pip takes `#` for a comment at the beginning of a line or after white space. */
const withoutComment = (text: string): string => text.replace(/(^|\s)#.*$/s, "");

function logicalLines(text: string): readonly LogicalLine[] {
  const res: LogicalLine[] = [];
  let parts: { readonly text: string; readonly at: number }[] = [];
  const flush = (): void => {
    if (parts.length > 0) res.push(joined(parts));
    parts = [];
  };
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const feed = text.indexOf("\n", at);
    const end = feed === -1 ? text.length : feed;
    const line = text.slice(at, end).replace(/\r$/, "");
    const comment = /^\s*#/.test(line);
    const continued = line.endsWith("\\") && !comment;
    // A comment line between continued lines ends them, as in pip.
    parts.push({ text: continued ? line.slice(0, -1) : line, at });
    if (!continued) flush();
    at = end + 1;
  }
  flush();
  return res;
}

function joined(parts: readonly { readonly text: string; readonly at: number }[]): LogicalLine {
  const starts: number[] = [];
  let length = 0;
  for (const it of parts) {
    starts.push(length);
    length += it.text.length;
  }
  return {
    text: parts.map((it) => it.text).join(""),
    offsetOf(index) {
      const part = Math.max(
        0,
        starts.findLastIndex((it) => it <= index),
      );
      return (parts[part]?.at ?? 0) + index - (starts[part] ?? 0);
    },
  };
}
