import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { documentKindOf } from "../../core/document-kind.ts";
import {
  dependencyGroup,
  extraGroup,
  type GroupId,
  groupsOf,
  type PythonProject,
  withNamedFiles,
} from "../../core/python/project.ts";
import { readPyproject } from "../../core/python/pyproject/read-pyproject.ts";
import { readRequirementsFile } from "../../core/python/requirements-file.ts";
import { scalesFor } from "../../core/python/scales-for.ts";
import { TomlReader } from "../../core/python/toml/reader.ts";
import { weighJson } from "../../core/report/weigh-json.ts";
import { weighText } from "../../core/report/weigh-text.ts";
import { LineIndex } from "../../core/text/line-index.ts";
import { regularFile, regularText } from "../engine/regular-file.ts";
import { troubleText } from "../engine/trouble-text.ts";
import type { Command } from "./arguments.ts";
import { type Console, type Exit, exits } from "./console.ts";
import { isInside, shownPath } from "./inputs.ts";
import { isUtf16, whyBroken } from "./unreadable.ts";
import { Workbench } from "./workbench.ts";

interface Document {
  readonly path: string;
  readonly text: string;
  readonly project: PythonProject;
}

export async function weigh(
  { path: given, extras, groups, packageIndex, format }: Extract<Command, { kind: "weigh" }>,
  console: Console,
): Promise<Exit> {
  const document = await documentAt(given, console.directory);
  if (typeof document === "string") return trouble(document, console);
  const { path, project } = document;
  const shown = (it: string): string => shownPath(console.directory, it);
  const folder = isInside(console.directory, path) ? console.directory : dirname(path);
  const bench = await Workbench.open(console, { packageIndex });
  const found = await bench.surroundingsOf(path, project, folder);
  if (console.signal.aborted) return exits.interrupted;
  if (found.lockTrouble !== undefined) {
    return trouble(`cannot read ${found.lockTrouble.path}: ${found.lockTrouble.why}`, console);
  }
  const whole = withNamedFiles(project, (it) => found.files.get(it));
  const asked = [...extras.map(extraGroup), ...groups.map(dependencyGroup)];
  const unknown = asked.find((it) => !groupsOf(whole).includes(it));
  if (unknown !== undefined) {
    const [kind, name] = unknown.split(":");
    const there = groupsOf(whole).flatMap((it) =>
      it.startsWith(`${kind}:`) ? [it.slice(it.indexOf(":") + 1)] : [],
    );
    const list = there.length === 0 ? "there are none" : `there are ${there.join(", ")}`;
    return trouble(`${shown(path)} has no ${kind} "${name}"; ${list}`, console);
  }
  const chosen: readonly GroupId[] = ["project", ...asked];
  const { lock } = found;
  const scales = scalesFor(whole, found, { groups: chosen, bytecode: false });
  const lines = new Map<string, LineIndex>([[shown(path), new LineIndex(document.text)]]);
  for (const it of new Set(whole.requirements.map((one) => one.path))) {
    if (!lines.has(it)) lines.set(it, new LineIndex(await regularText(resolve(console.directory, it))));
  }
  const report = {
    project: whole.name ?? shown(path),
    weighed: scales.weigh(),
    lineOf: (it: { path: string; at: { start: number } }) => lines.get(it.path)?.lineAt(it.at.start) ?? 0,
  };
  await console.out(
    format === "json"
      ? `${JSON.stringify(weighJson(report), undefined, 2)}\n`
      : weighText(
          {
            ...report,
            chosen: asked.map((it) => it.replace(":", " ")),
            lockPath: lock?.path,
            images: found.images,
          },
          console.paint,
        ),
  );
  // What can be read of a broken file may be little, and its sum would look like all.
  const broken = project.broken
    ? [`${shown(path)} is no valid TOML${whyBroken(document.text)}; only what can be read of it is weighed`]
    : [];
  const troubles = [...broken, ...unreadIn(document, shown(path)), ...bench.indexTroubles];
  for (const it of troubles) console.trouble(it);
  return troubles.length > 0 ? exits.trouble : exits.fine;
}

/** Lines of what is told; a file that is something else altogether has thousands. */
const mostUnread = 10;

function unreadIn({ text, project: { unread } }: Document, shown: string): readonly string[] {
  const lines = new LineIndex(text);
  const told = unread.slice(0, mostUnread).map(({ text: written, at }) => {
    const start = written.replace(/\s+/g, " ").slice(0, 60);
    return `${shown}:${lines.lineAt(at.start) + 1} cannot be read as a requirement, and is not weighed: ${start}`;
  });
  const more = unread.length - told.length;
  return more > 0 ? [...told, `${shown} has ${more} more of them`] : told;
}

function trouble(message: string, console: Console): Exit {
  console.trouble(message);
  return exits.trouble;
}

/** A file, or in a folder its pyproject.toml, else its requirements.txt. A text instead: why there is none. */
async function documentAt(given: string, directory: string): Promise<Document | string> {
  const path = resolve(directory, given);
  try {
    const real = await realpath(path);
    const kinds = await stat(real);
    if (!kinds.isDirectory() && !kinds.isFile())
      return `cannot read ${given}: it is neither a file nor a folder`;
    const files = kinds.isDirectory()
      ? [join(real, "pyproject.toml"), join(real, "requirements.txt")]
      : [real];
    for (const file of files) {
      if (files.length > 1 && !(await isFile(file))) continue;
      const kind = documentKindOf(basename(file));
      if (kind !== "pyproject" && kind !== "requirements") break;
      const content = await regularFile(file);
      if (isUtf16(content)) return `cannot read ${given}: it is UTF-16, not UTF-8`;
      const text = content.toString("utf8");
      const shown = shownPath(directory, join(path, relative(real, file)));
      const project =
        kind === "pyproject"
          ? readPyproject(new TomlReader().read(text), shown)
          : readRequirementsFile(text, shown);
      return { path: file, text, project };
    }
    return files.length > 1
      ? `there is no pyproject.toml and no requirements.txt in ${given}`
      : `${given} is not a pyproject.toml or requirements*.txt by its name`;
  } catch (cause) {
    return `cannot read ${given}: ${troubleText(cause)}`;
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (it) => it.isFile(),
    () => false,
  );
