import { Disposable, type DocumentSelector, LanguageStatusSeverity, languages, window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { State } from "vscode-languageclient/node";

/** The entry in the language status of documents that are looked at: whether the server runs, and what it found. */
export function statusOf(selector: DocumentSelector, client: LanguageClient): Disposable {
  const item = languages.createLanguageStatusItem("plimsoll.status", selector);
  item.name = "Plimsoll";
  let state: State = client.state;
  const show = (): void => {
    item.busy = state === State.Starting;
    item.severity =
      state === State.Stopped ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    if (state !== State.Running) {
      item.text = state === State.Starting ? "Plimsoll is starting" : "Plimsoll is stopped";
      item.command = { command: "plimsoll.restartServer", title: "Restart" };
      return;
    }
    const uri = window.activeTextEditor?.document.uri;
    const found =
      uri === undefined ? [] : languages.getDiagnostics(uri).filter(({ source }) => source === "plimsoll");
    item.text = found.length === 1 ? "Plimsoll: 1 finding" : `Plimsoll: ${found.length} findings`;
    item.command =
      found.length === 0
        ? { command: "plimsoll.analyzeImage", title: "Analyze Image…" }
        : { command: "workbench.actions.view.problems", title: "Show Problems" };
  };
  show();
  return Disposable.from(
    item,
    client.onDidChangeState(({ newState }) => {
      state = newState;
      show();
    }),
    languages.onDidChangeDiagnostics(show),
    window.onDidChangeActiveTextEditor(show),
  );
}
