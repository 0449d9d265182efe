import type { BuildContext } from "../../context/build-context.ts";
import type { CopiedWaste } from "../../dockerfile/copied-waste.ts";
import { removeInstruction, removeSource } from "../../dockerfile/edits.ts";
import type { CopyInstruction, Facts } from "../../dockerfile/facts.ts";
import { usersOf } from "../../dockerfile/mentions.ts";
import { insertAt } from "../../text/edit.ts";
import type { FileEdits, Fix } from "../finding.ts";

/** Lines at the end of the ignore file, where they win over what stands before. */
export function ignoreEdits(context: BuildContext, paths: readonly string[]): FileEdits | undefined {
  return paths.some((it) => /[*?[\]]/.test(it)) ? undefined : ignoreLines(context, paths);
}

/** The same for patterns, wildcards included. */
function ignoreLines(context: BuildContext, patterns: readonly string[]): FileEdits | undefined {
  if (patterns.some((it) => /[\\!#]|^\s|\s$/.test(it))) return undefined;
  const { ignoreFile } = context;
  const text = ignoreFile?.text ?? "";
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lead = text === "" || text.endsWith("\n") ? "" : eol;
  return {
    path: ignoreFile?.path ?? context.newIgnorePath,
    create: ignoreFile === undefined,
    edits: [insertAt(text.length, `${lead}${patterns.map((it) => `${it}${eol}`).join("")}`)],
  };
}

/** The COPY goes where it takes nothing else; else lines of the ignore file keep it out. */
export function wasteFixes(
  facts: Facts,
  context: BuildContext,
  copy: CopyInstruction,
  found: CopiedWaste,
): readonly Fix[] {
  if (found.whole) {
    // Something may run from what is copied; then it is not the edit that is wrong but the way.
    if (usersOf(facts, copy).some((it) => it.kind === "run")) return [];
    const edits =
      copy.sources.length === 1 ? [removeInstruction(facts, copy)] : removeSource(facts, copy, found.source);
    return edits === undefined ? [] : [{ title: "Do not copy it", safety: "review", edits }];
  }
  const patterns = new Set(
    found.entries.map(({ kind, entry }) => {
      const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
      // A cache is one wherever it lies, and next time it lies elsewhere.
      return kind === "caches" || (kind === "installed packages" && entry.path !== name)
        ? `**/${name}`
        : entry.path;
    }),
  );
  const file = ignoreLines(context, [...patterns]);
  if (file === undefined) return [];
  const title = file.create
    ? `Write ${file.path} that leaves it out`
    : `Leave it out of the build context (${file.path})`;
  return [{ title, safety: "review", edits: [], otherFiles: [file] }];
}
