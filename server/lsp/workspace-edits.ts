import { isAbsolute, relative, resolve, sep } from "node:path";
import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver/node";
import type { NewSuppression } from "../../core/judge.ts";
import type { Fix } from "../../core/rules/finding.ts";
import type { FixAllResult } from "../../core/rules/fix-all.ts";
import { type Edit, insertAt } from "../../core/text/edit.ts";
import { editsBetween } from "../../core/text/line-diff.ts";
import type { FoundWorld } from "../engine/context/find-world.ts";
import type { ClientAbilities } from "./client-abilities.ts";
import type { OpenDocument } from "./open-documents.ts";
import { textEditOf, textEditsOf, uriOf } from "./to-proto.ts";

interface Setting {
  readonly document: OpenDocument;
  readonly found: FoundWorld | undefined;
  readonly abilities: ClientAbilities;
}

interface OtherFile {
  readonly path: string;
  readonly create: boolean;
  readonly edits: readonly Edit[];
}

const documentEdit = (
  { document, abilities }: Pick<Setting, "document" | "abilities">,
  edits: readonly Edit[],
): WorkspaceEdit => {
  const textEdits = edits.map((it) => textEditOf(document, it));
  if (!abilities.versionedEdits) return { changes: { [document.uri]: textEdits } };
  return { documentChanges: [{ textDocument: identity(document), edits: textEdits }] };
};

/** With the reason selected for typing over it where the client has snippets, else as a word to replace. */
export function suppressionEdit(
  setting: Pick<Setting, "document" | "abilities">,
  { at, before, after }: NewSuppression,
): WorkspaceEdit {
  const { document, abilities } = setting;
  const edit = insertAt(at, `${before}reason${after}`);
  if (!abilities.versionedEdits || !abilities.snippetEdits) return documentEdit(setting, [edit]);
  const value = `${inSnippet(before)}\${1:reason}${inSnippet(after)}`;
  const { range } = textEditOf(document, edit);
  return {
    documentChanges: [
      { textDocument: identity(document), edits: [{ range, snippet: { kind: "snippet", value } }] },
    ],
  };
}

const inSnippet = (text: string): string => text.replace(/[\\$}]/g, "\\$&");

/** Undefined: the client cannot apply it, or one of its files is not where it was. */
export const fixEdit = (setting: Setting, fix: Fix): WorkspaceEdit | undefined =>
  editOf(setting, fix.edits, fix.otherFiles ?? []);

export function fixAllEdit(setting: Setting, result: FixAllResult): WorkspaceEdit | undefined {
  const others: OtherFile[] = [];
  for (const { path, create, text } of result.otherFiles) {
    const before = create ? "" : textBefore(setting.found, path);
    if (before === undefined) return undefined;
    others.push({ path, create, edits: editsBetween(before, text) });
  }
  return editOf(setting, editsBetween(setting.document.text, result.text), others);
}

function editOf(
  setting: Setting,
  edits: readonly Edit[],
  others: readonly OtherFile[],
): WorkspaceEdit | undefined {
  const { document, found, abilities } = setting;
  if (others.length === 0) return documentEdit(setting, edits);
  if (!abilities.versionedEdits) return undefined;
  const changes: NonNullable<WorkspaceEdit["documentChanges"]> = [];
  for (const { path, create, edits: otherEdits } of others) {
    const place = placeInContext(found, path);
    const before = create ? "" : textBefore(found, path);
    if (place === undefined || before === undefined) return undefined;
    if (create) {
      if (!abilities.createsFiles) return undefined;
      changes.push({ kind: "create", uri: uriOf(place) });
    }
    const edit: TextDocumentEdit = {
      textDocument: { uri: uriOf(place), version: null },
      edits: textEditsOf(before, otherEdits),
    };
    changes.push(edit);
  }
  if (edits.length > 0) {
    changes.push({ textDocument: identity(document), edits: edits.map((it) => textEditOf(document, it)) });
  }
  return { documentChanges: changes };
}

const identity = (document: OpenDocument): { uri: string; version: number } => ({
  uri: document.uri,
  version: document.version,
});

/** The ignore file is the only other file that fixes change; its text came with the context. */
function textBefore(found: FoundWorld | undefined, path: string): string | undefined {
  const ignoreFile = found?.context?.ignoreFile;
  return ignoreFile?.path === path ? ignoreFile.text : undefined;
}

/** Never outside the build context, whatever the path says. */
function placeInContext(found: FoundWorld | undefined, path: string): string | undefined {
  if (found?.contextPath === undefined) return undefined;
  const place = resolve(found.contextPath, path);
  const inside = relative(found.contextPath, place);
  return inside === "" || isAbsolute(inside) || inside.split(sep)[0] === ".." ? undefined : place;
}
