import type { BuildContext } from "../context/build-context.ts";
import { insertAt } from "../text/edit.ts";
import type { FileEdits } from "./finding.ts";

/** Lines at the end of the ignore file, where they win over what stands before. */
export function ignoreEdits(context: BuildContext, paths: readonly string[]): FileEdits | undefined {
  return paths.some((it) => /[*?[\]]/.test(it)) ? undefined : ignoreLines(context, paths);
}

/** The same for patterns, wildcards included. */
export function ignoreLines(context: BuildContext, patterns: readonly string[]): FileEdits | undefined {
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
