import { join } from "node:path";
import { type ExtensionContext, type LogOutputChannel, Uri, window, workspace } from "vscode";
import { LanguageClient, type LanguageClientOptions, TransportKind } from "vscode-languageclient/node";
import { type ContributorsParams, trustedNotification } from "../protocol/requests.ts";
import { analyzeImage } from "./analyze-image.ts";
import { listContributors } from "./contributors.ts";
import { chooseDockerfile, clearImageCache } from "./image-commands.ts";
import { showLayer } from "./show-layer.ts";
import { statusOf } from "./status.ts";
import { TreemapPanel } from "./treemap-panel.ts";

/** Names of documents; the server decides by the same names. */
const patterns = [
  "**/{[Dd]ockerfile,[Cc]ontainerfile,DOCKERFILE}",
  "**/{[Dd]ockerfile,[Cc]ontainerfile}{.,-,_}*",
  "**/*.{dockerfile,Dockerfile,containerfile,Containerfile}",
  "**/pyproject.toml",
  "**/requirements*.txt",
  "**/{.dockerignore,*.dockerignore}",
];
/** Where the launch configuration "Attach to the server" looks for it. */
const inspectPort = 6009;

/** What the commands need of the running client. */
export interface Language {
  analyzeImage(target: unknown): Promise<void>;
  showLayer(): Promise<void>;
  chooseDockerfile(): Promise<void>;
  clearImageCache(): Promise<void>;
  listContributors(params: ContributorsParams): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server and its client; does not wait until they answer. */
export function startLanguage(context: ExtensionContext, log: LogOutputChannel): Language {
  const run = { module: join(context.extensionPath, "dist", "server.js"), transport: TransportKind.ipc };
  const selector = [
    { language: "dockerfile", scheme: "file" },
    { language: "dockerfile", scheme: "untitled" },
    ...patterns.map((pattern) => ({ scheme: "file", pattern })),
  ];
  const options: LanguageClientOptions = {
    documentSelector: selector,
    outputChannel: log,
    // Where the server may keep what it read of images.
    // A restart asks again.
    initializationOptions: () => ({
      storage: context.globalStorageUri.fsPath,
      trusted: workspace.isTrusted,
      commands: true,
    }),
    synchronize: {
      configurationSection: "plimsoll",
      fileEvents: workspace.createFileSystemWatcher(
        "**/{.dockerignore,*.dockerignore,compose*.y*ml,docker-compose*.y*ml,docker-bake*.json}",
      ),
    },
  };
  const debug = { ...run, options: { execArgv: ["--nolazy", `--inspect=${inspectPort}`] } };
  const client = new LanguageClient("plimsoll", "Plimsoll", { run, debug }, options);
  const panel = new TreemapPanel(context.extensionUri, client, context.workspaceState);
  context.subscriptions.push(
    panel,
    statusOf(selector, client),
    workspace.onDidGrantWorkspaceTrust(() => void client.sendNotification(trustedNotification)),
  );
  void client.start().catch((cause: unknown) => {
    void window.showErrorMessage(
      `Plimsoll's language server did not start: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  });
  return {
    analyzeImage: (target) => analyzeImage(client, panel, target instanceof Uri ? target.fsPath : undefined),
    showLayer: () => showLayer(client, panel),
    chooseDockerfile: () => chooseDockerfile(panel),
    clearImageCache: () => clearImageCache(client),
    listContributors: (params) => listContributors(client, params),
    restart: () => client.restart(),
    stop: () => client.stop(),
  };
}
