import { type QuickPickItem, type Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type ClearCacheResult, clearImageCacheRequest } from "../protocol/requests.ts";
import type { TreemapPanel } from "./treemap-panel.ts";

const mostOffered = 200;

/** Asks which Dockerfile made the image that is shown. */
export async function chooseDockerfile(panel: TreemapPanel): Promise<void> {
  const uri = await pickDockerfile();
  if (uri !== undefined) await panel.chooseDockerfile(uri.toString());
}

/** Forgets what was kept of images and package indexes. */
export async function clearImageCache(client: LanguageClient): Promise<void> {
  const { bytes } = await client.sendRequest<ClearCacheResult>(clearImageCacheRequest);
  void window.showInformationMessage(
    bytes === 0
      ? "Nothing was kept."
      : `Forgot images and package indexes: ${(bytes / 1_000_000).toFixed(1)} MB on the disk are free.`,
  );
}

async function pickDockerfile(): Promise<Uri | undefined> {
  const found = await workspace.findFiles(
    "**/{*[Dd]ockerfile*,*[Cc]ontainerfile*}",
    "**/{node_modules,.git,.venv}/**",
    mostOffered,
  );
  const items = found
    .filter((it) => !it.path.endsWith(".dockerignore"))
    .map((uri): QuickPickItem & { readonly uri: Uri } => ({ label: workspace.asRelativePath(uri), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const picked = await window.showQuickPick(items, {
    title: "Plimsoll: Choose the Dockerfile",
    placeHolder: "Which file was the shown image built from?",
  });
  return picked?.uri;
}
