import { type QuickPickItem, Range, Selection, Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  type ContributorRow,
  type ContributorsParams,
  type ContributorsResult,
  contributorsRequest,
} from "../protocol/requests.ts";

/** The list behind a code lens; what is chosen there is shown in its line. */
export async function listContributors(client: LanguageClient, params: ContributorsParams): Promise<void> {
  const found = await client.sendRequest<ContributorsResult>(contributorsRequest, params);
  if (found === null) return;
  const items = found.rows.map((row): QuickPickItem & { readonly row: ContributorRow } => ({
    label: row.size,
    description: row.name,
    detail: row.detail,
    row,
  }));
  const picked = await window.showQuickPick(items, {
    title: found.title,
    placeHolder: "Choose one to go to its line",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const range = picked?.row.range;
  if (range === undefined || range === null) return;
  const document = await workspace.openTextDocument(Uri.parse(params.uri));
  const place = new Range(range.start.line, range.start.character, range.end.line, range.end.character);
  const editor = await window.showTextDocument(document, { selection: place });
  editor.selection = new Selection(place.start, place.end);
}
