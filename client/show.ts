import { commands, env, Range, Uri, window, workspace } from "vscode";
import type { Problem } from "../protocol/requests.ts";

/** One sentence, with what can be done about it. Answers whether to try again. */
export async function showProblem({ message, retry, setting }: Problem): Promise<boolean> {
  const buttons = [...(retry ? ["Retry"] : []), ...(setting === undefined ? [] : ["Open Settings"])];
  const chosen = await window.showErrorMessage(message, ...buttons);
  if (chosen === "Open Settings" && setting !== undefined) await openSetting(setting);
  return chosen === "Retry";
}

/** Settings of the machine where the extension runs are shown apart in a remote window, and only there. */
export async function openSetting(setting: string): Promise<void> {
  const isRemote = env.remoteName !== undefined;
  const command = isRemote ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
  await commands.executeCommand(command, isRemote ? { query: setting } : setting);
}

/** A source line in an editor beside the picture. */
export async function openLine(
  uri: string,
  range: { readonly start: { readonly line: number; readonly character: number } },
): Promise<void> {
  const document = await workspace.openTextDocument(Uri.parse(uri));
  const shown = window.visibleTextEditors.find((it) => it.document === document);
  const place = new Range(range.start.line, range.start.character, range.start.line, range.start.character);
  await window.showTextDocument(document, {
    selection: place,
    preserveFocus: true,
    ...(shown?.viewColumn === undefined ? { viewColumn: 1 } : { viewColumn: shown.viewColumn }),
  });
}
