import { window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type LayerAtResult, layerAtRequest } from "../protocol/requests.ts";
import type { TreemapPanel } from "./treemap-panel.ts";

/** From the line of the cursor to the layer it made in the newest picture. */
export async function showLayer(client: LanguageClient, panel: TreemapPanel): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) return;
  const found = await client.sendRequest<LayerAtResult>(layerAtRequest, {
    uri: editor.document.uri.toString(),
    line: editor.selection.active.line,
  });
  if (found === null || !panel.select(found.generation, found.id)) {
    void window.showInformationMessage(
      "No analyzed image is known to hold a layer of this line. Run Plimsoll: Analyze Image… first.",
    );
  }
}
