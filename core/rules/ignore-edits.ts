import type { BuildContext } from "../context/build-context.ts";
import { insertAt } from "../text/edit.ts";
import type { FileEdits } from "./finding.ts";

/** Lines at the end of the ignore file, where they win over what stands before. */
export function ignoreEdits(context: BuildContext, paths: readonly string[]): FileEdits | undefined {
  if (paths.some((it) => /[*?[\]\\!#]|^\s|\s$/.test(it))) return undefined;
  const { ignoreFile } = context;
  const text = ignoreFile?.text ?? "";
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const lead = text === "" || text.endsWith("\n") ? "" : eol;
  return {
    path: ignoreFile?.path ?? context.newIgnorePath,
    create: ignoreFile === undefined,
    edits: [insertAt(text.length, `${lead}${paths.map((it) => `${it}${eol}`).join("")}`)],
  };
}
