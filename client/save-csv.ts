import { Uri, window, workspace } from "vscode";

/** Asks where to, and saves. `name`: of the image. */
export async function saveCsv(name: string, csv: string): Promise<void> {
  const file = `${name.replace(/\.tar$/, "").replace(/[^\w.-]+/g, "-")}.csv`;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: "Save the list of files",
    ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, file) }),
    filters: { "Comma-separated values": ["csv"] },
  });
  if (target === undefined) return;
  await workspace.fs.writeFile(target, new TextEncoder().encode(csv));
  await window.showTextDocument(target, { preview: true });
}
