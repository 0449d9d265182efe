import { commands, type ExtensionContext, Uri, window } from "vscode";
import { listContributorsCommand, openRuleCommand } from "../protocol/commands.ts";
import type { ContributorsParams } from "../protocol/requests.ts";
import type { Language } from "./language.ts";

let language: Promise<Language> | undefined;

/**
 * Registers the commands and returns. The language client is a bundle of its own (dist/language.js), loaded when the
 * extension host is free again: no other extension waits for it.
 */
export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Plimsoll", { log: true });
  const running = (): Promise<Language> => {
    language ??= import("./language.ts").then(({ startLanguage }) => startLanguage(context, log));
    return language;
  };
  context.subscriptions.push(
    log,
    commands.registerCommand("plimsoll.analyzeImage", async (target?: unknown) =>
      (await running()).analyzeImage(target),
    ),
    commands.registerCommand("plimsoll.chooseDockerfile", async () => (await running()).chooseDockerfile()),
    commands.registerCommand("plimsoll.clearImageCache", async () => (await running()).clearImageCache()),
    commands.registerCommand("plimsoll.showLayer", async () => (await running()).showLayer()),
    commands.registerCommand(listContributorsCommand, async (params: ContributorsParams) =>
      (await running()).listContributors(params),
    ),
    commands.registerCommand(openRuleCommand, (page: string) => openPage(Uri.parse(page))),
    commands.registerCommand("plimsoll.restartServer", async () => (await running()).restart()),
    commands.registerCommand("plimsoll.showLog", () => log.show(true)),
  );
  setImmediate(() => void running());
}

export async function deactivate(): Promise<void> {
  await (await language)?.stop();
}

/** As a page where VS Code's Markdown extension is there, else as text. */
async function openPage(page: Uri): Promise<void> {
  try {
    await commands.executeCommand("markdown.showPreview", page);
  } catch {
    await window.showTextDocument(page);
  }
}
