import {
  CodeActionKind,
  CodeLensRefreshRequest,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  type WorkspaceFolder,
} from "vscode-languageserver/node";
import type { ShellReader } from "../../core/dockerfile/shell.ts";
import { Judge, type Reading } from "../../core/judge.ts";
import type { PythonCatalogue } from "../../core/python/catalogue.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";
import { serverCommands } from "../../protocol/commands.ts";
import type { PlimsollSettings } from "../../protocol/settings.ts";
import { noProxySettings, type ProxySettings } from "../engine/http/proxy.ts";
import { regularText } from "../engine/regular-file.ts";
import { abilitiesOf, type ClientAbilities } from "./client-abilities.ts";
import { fixAllKind } from "./code-actions.ts";
import { debounced } from "./debounce.ts";
import { Desk } from "./desk.ts";
import { PulledDiagnostics, PushedDiagnostics } from "./diagnostics.ts";
import type { Fence } from "./fence.ts";
import { pathOf } from "./from-proto.ts";
import { IndexDesk } from "./index-desk.ts";
import { type OpenDocument, OpenDocuments } from "./open-documents.ts";
import {
  choicesOf,
  hasOwnCommands,
  proxyFrom,
  sectionOf,
  settingsFrom,
  storageOf,
  trustOf,
} from "./settings.ts";
import { source } from "./to-proto.ts";
import { watch } from "./watching.ts";
import { Worlds } from "./worlds.ts";

/** How long a document's first diagnostics wait for its settings and its build context. */
const settleMilliseconds = 500;
const lookMilliseconds = 300;

interface Options {
  readonly connection: Connection;
  readonly fence: Fence;
  readonly shell: ShellReader;
  readonly pageOf: (rule: string) => string | undefined;
  readonly version: string;
  readonly packageSizes: () => Promise<PackageSizes | undefined>;
  /** What distributions of Python weigh. */
  readonly catalogue: () => Promise<PythonCatalogue | undefined>;
}

/** One client's session: its abilities, its settings, its documents, and what is known about them. */
export class Session {
  readonly abilities: ClientAbilities;
  readonly documents = new OpenDocuments();
  readonly worlds: Worlds;
  readonly desk: Desk;
  /** A folder of the client's for what may be kept between sessions. */
  readonly storage: string | undefined;
  /** The client runs our commands itself. */
  readonly ownCommands: boolean;
  readonly pulled: PulledDiagnostics;
  readonly pushed: PushedDiagnostics;
  readonly indexes: IndexDesk;
  readonly #options: Options;
  #trusted: boolean;
  #proxy = noProxySettings;
  readonly #initialSettings: PlimsollSettings;
  readonly #settled = new WeakMap<OpenDocument, Promise<void>>();
  readonly #arrived = new Set<OpenDocument>();
  readonly #configured: Promise<void>;
  readonly #tellArrivals: () => void;
  readonly #lookAgain: () => void;
  #markConfigured: () => void = () => {};
  #folders: readonly WorkspaceFolder[];
  #settings: PlimsollSettings;

  constructor(options: Options, params: InitializeParams) {
    const { connection, fence } = options;
    this.#options = options;
    this.abilities = abilitiesOf(params);
    this.#initialSettings = settingsFrom(sectionOf(params.initializationOptions));
    this.storage = storageOf(params.initializationOptions);
    this.ownCommands = hasOwnCommands(params.initializationOptions);
    this.#settings = this.#initialSettings;
    this.#trusted = trustOf(params.initializationOptions);
    this.indexes = new IndexDesk({
      connection,
      storage: this.storage,
      showsProgress: () => this.abilities.showsProgress,
    });
    this.#folders = params.workspaceFolders ?? rootOf(params);
    this.#configured = new Promise((resolve) => {
      this.#markConfigured = resolve;
    });
    this.worlds = new Worlds({
      folders: this.folderPaths,
      settings: this.#settings,
      packageSizes: options.packageSizes,
      catalogue: options.catalogue,
      readDockerfile: (path) => this.#readDockerfile(path),
      openText: (path) => this.documents.withPath(path)?.text,
      factsOf: (reading, world) => this.desk.judge.factsOf(reading, world),
      log: (line) => connection.console.log(line),
      indexes: this.indexes,
      onArrival: (document) => this.#arrival(document),
    });
    this.desk = new Desk(new Judge(options.shell), this.worlds);
    this.desk.useChoices(choicesOf(this.#settings));
    const diagnostics = {
      documents: this.documents,
      desk: this.desk,
      pageOf: options.pageOf,
      settled: (document: OpenDocument) => this.#settled.get(document) ?? Promise.resolve(),
      publish: (it: Parameters<Connection["sendDiagnostics"]>[0]) =>
        fence.guard("publishDiagnostics", () => connection.sendDiagnostics(it)),
    };
    this.pulled = new PulledDiagnostics(diagnostics);
    this.pushed = new PushedDiagnostics(diagnostics);
    this.#tellArrivals = debounced(10, () => this.#refreshArrived());
    this.#lookAgain = debounced(lookMilliseconds, () => {
      for (const it of this.documents.all()) this.#look(it);
    });
    this.#allowIndexes();
  }

  get settings(): PlimsollSettings {
    return this.#settings;
  }

  /** Only pages of ours are opened, whatever a client asks for. */
  isRulePage(uri: string): boolean {
    const name = /([^/]+)\.md$/.exec(uri)?.[1];
    return name !== undefined && this.#options.pageOf(name) === uri;
  }

  get folderPaths(): readonly string[] {
    return this.#folders.flatMap((it) => pathOf(it.uri) ?? []);
  }

  result(): InitializeResult {
    return {
      serverInfo: { name: "Plimsoll", version: this.#options.version },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: true,
        },
        hoverProvider: true,
        inlayHintProvider: true,
        codeLensProvider: {},
        ...(this.ownCommands ? {} : { executeCommandProvider: { commands: [...serverCommands] } }),
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
        ...(this.abilities.pullsDiagnostics
          ? {
              diagnosticProvider: {
                identifier: source,
                interFileDependencies: true,
                workspaceDiagnostics: false,
              },
            }
          : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  async start(): Promise<void> {
    try {
      await this.#askSettings();
    } finally {
      this.#markConfigured();
    }
    const { connection, fence } = this.#options;
    if (this.abilities.namesFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(
        fence.notification("didChangeWorkspaceFolders", ({ added, removed }) =>
          this.#foldersChanged(added, removed),
        ),
      );
    }
    await watch(connection, this.abilities);
  }

  /** `pushed` carries the settings for clients that cannot be asked. */
  async configurationChanged(pushed: unknown): Promise<void> {
    if (this.abilities.answersConfiguration) await this.#askSettings();
    else this.#useSettings(pushed);
  }

  #foldersChanged(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void {
    const gone = new Set(removed.map((it) => it.uri));
    this.#folders = [...this.#folders.filter((it) => !gone.has(it.uri)), ...added];
    this.worlds.useFolders(this.folderPaths, this.documents.all());
    this.#lookAgain();
  }

  filesChanged(paths: readonly string[]): void {
    for (const it of paths) this.worlds.invalidate(this.documents.all(), it);
    this.#lookAgain();
  }

  opened(document: OpenDocument): void {
    this.#settled.set(document, this.#settle(document));
    if (!this.abilities.pullsDiagnostics) {
      this.#options.fence.guard("didOpen", () => this.pushed.opened(document));
    }
  }

  changed(document: OpenDocument): void {
    if (!this.abilities.pullsDiagnostics) this.pushed.changed(document);
    // Its text decides the context of every Dockerfile that is built under it.
    if (document.kind === "dockerignore" && document.path !== undefined) this.filesChanged([document.path]);
    else this.#lookAgain();
  }

  closed(document: OpenDocument): void {
    this.worlds.forget(document);
    this.#arrived.delete(document);
    if (!this.abilities.pullsDiagnostics) this.pushed.closed(document);
  }

  /** What an analysed image tells about the Dockerfile that made it. */
  learn(dockerfile: string, told: Parameters<Worlds["learn"]>[1]): void {
    this.worlds.learn(dockerfile, told, this.documents.all());
    this.#lookAgain();
  }

  async #settle(document: OpenDocument): Promise<void> {
    // Reading the first document takes long, and is none of the waiting that has a bound.
    const reading = this.desk.readingOf(document);
    const known = this.#configured.then(() => this.worlds.look(document, reading));
    known.catch((cause: unknown) => this.#options.fence.report("build context", cause));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settleMilliseconds);
    });
    await Promise.race([known.catch(() => {}), late]);
    clearTimeout(timer);
  }

  /** The text as it is in the editor, else on the disk. */
  async #readDockerfile(path: string): Promise<Reading | undefined> {
    const open = this.documents.withPath(path);
    if (open !== undefined) return this.desk.readingOf(open);
    const text = await regularText(path).catch(() => undefined);
    return text === undefined ? undefined : this.desk.judge.read("dockerfile", text);
  }

  #look(document: OpenDocument): void {
    this.#options.fence.guard("build context", () =>
      this.worlds.look(document, this.desk.readingOf(document)),
    );
  }

  /** Several documents hear at once from one walk or one image: the client is told once. */
  #arrival(document: OpenDocument): void {
    this.#arrived.add(document);
    this.#tellArrivals();
  }

  #refreshArrived(): void {
    const { fence, connection } = this.#options;
    if (!fence.running) return;
    const { pullsDiagnostics, refreshesDiagnostics, refreshesHints, refreshesLenses } = this.abilities;
    const arrived = [...this.#arrived];
    this.#arrived.clear();
    if (pullsDiagnostics && refreshesDiagnostics) {
      fence.guard("diagnostic/refresh", () => connection.languages.diagnostics.refresh());
    }
    if (!pullsDiagnostics) {
      for (const it of arrived) fence.guard("refresh", () => this.pushed.refresh(it));
    }
    if (refreshesLenses) {
      fence.guard("codeLens/refresh", () => connection.sendRequest(CodeLensRefreshRequest.type));
    }
    if (refreshesHints) fence.guard("inlayHint/refresh", () => connection.languages.inlayHint.refresh());
  }

  /** The editor's. */
  get proxy(): ProxySettings {
    return this.#proxy;
  }

  /** The user trusts the workspace's files from now on. */
  trust(): void {
    this.#trusted = true;
    this.#allowIndexes();
  }

  /** The address of an index may come from the workspace's files, so without trust none is asked. */
  #allowIndexes(): void {
    const { enabled, url } = this.#settings.packageIndex;
    const settings = enabled && this.#trusted ? { address: url, proxy: this.#proxy } : undefined;
    if (!this.indexes.use(settings)) return;
    this.worlds.invalidate(this.documents.all());
    this.#lookAgain();
  }

  async #askSettings(): Promise<void> {
    if (!this.abilities.answersConfiguration) return;
    const sections = [{ section: "plimsoll" }, { section: "http" }];
    const answers: unknown = await this.#options.connection.workspace.getConfiguration(sections);
    const [own, http] = Array.isArray(answers) ? (answers as readonly unknown[]) : [];
    this.#proxy = proxyFrom(http);
    this.#useSettings(own);
    this.#allowIndexes();
  }

  #useSettings(given: unknown): void {
    const settings = settingsFrom(sectionOf(given), this.#initialSettings);
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.desk.useChoices(choicesOf(settings));
    this.worlds.useSettings(settings, this.documents.all());
    this.#allowIndexes();
    for (const it of this.documents.all()) this.#arrival(it);
    this.#lookAgain();
  }
}

/** Clients from before workspace folders name one root. */
function rootOf({ rootUri, rootPath }: InitializeParams): WorkspaceFolder[] {
  if (typeof rootUri === "string") return [{ uri: rootUri, name: "root" }];
  if (typeof rootPath === "string") return [{ uri: `file://${rootPath}`, name: "root" }];
  return [];
}
