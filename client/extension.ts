import { join } from "node:path";
import { commands, type Disposable, type ExtensionContext, Uri, window, workspace } from "vscode";
import { LanguageClient, type LanguageClientOptions, TransportKind } from "vscode-languageclient/node";
import { analyzeImage } from "./analyze-image.ts";
import { imageCommands } from "./image-commands.ts";
import { showLayer } from "./show-layer.ts";
import { TreemapPanel } from "./treemap-panel.ts";

/** Names of design.md section 10; the server decides by the same names and ignores `*.dockerignore`. */
const patterns = [
  "**/{[Dd]ockerfile,[Cc]ontainerfile,DOCKERFILE}",
  "**/{[Dd]ockerfile,[Cc]ontainerfile}{.,-,_}*",
  "**/*.{dockerfile,Dockerfile,containerfile,Containerfile}",
  "**/pyproject.toml",
  "**/requirements*.txt",
];

let client: LanguageClient | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Plimsoll", { log: true });
  const serverModule = join(context.extensionPath, "dist", "server.js");
  const run = { module: serverModule, transport: TransportKind.ipc };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "dockerfile", scheme: "file" },
      { language: "dockerfile", scheme: "untitled" },
      ...patterns.map((pattern) => ({ scheme: "file", pattern })),
    ],
    outputChannel: log,
    // Where the server may keep what it read of images.
    initializationOptions: { storage: context.globalStorageUri.fsPath },
    synchronize: {
      configurationSection: "plimsoll",
      fileEvents: workspace.createFileSystemWatcher(
        "**/{.dockerignore,*.dockerignore,compose*.y*ml,docker-compose*.y*ml,docker-bake*.json}",
      ),
    },
  };
  const own = new LanguageClient("plimsoll", "Plimsoll", { run, debug: run }, options);
  client = own;
  const panel = new TreemapPanel(context.extensionUri, own, context.workspaceState);
  // Not awaited: activation does not wait for another process.
  void own.start().catch((cause: unknown) => {
    void window.showErrorMessage(
      `Plimsoll's language server did not start: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  });
  const registered: Disposable[] = [
    log,
    panel,
    commands.registerCommand("plimsoll.analyzeImage", (target?: unknown) =>
      analyzeImage(own, panel, target instanceof Uri ? target.fsPath : undefined),
    ),
    ...imageCommands(own, panel),
    commands.registerCommand("plimsoll.showLayer", () => showLayer(own, panel)),
    commands.registerCommand("plimsoll.restartServer", () => own.restart()),
    commands.registerCommand("plimsoll.showLog", () => log.show(true)),
  ];
  context.subscriptions.push(...registered);
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
}
