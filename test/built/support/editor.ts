import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  InitializeResult,
  PublishDiagnosticsParams,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { dist } from "./places.ts";

export const pulling: ClientCapabilities = {
  textDocument: { diagnostic: {} },
  workspace: { diagnostics: { refreshSupport: true } },
};

export const editing: ClientCapabilities = {
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ["create"] } },
};

interface Told {
  /** The section `plimsoll`. */
  readonly configuration?: unknown;
  /** The section `http`. */
  readonly http?: unknown;
  /** Beside the tests' own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A small editor: it speaks LSP with the built server over stdio and keeps what it hears. */
export class Editor {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly published: PublishDiagnosticsParams[] = [];
  /** Methods of the requests that the server sent. */
  readonly asked: string[] = [];
  readonly logged: string[] = [];
  readonly #exit: Promise<number | null>;
  #waiting: (() => void)[] = [];
  answered: InitializeResult = { capabilities: {} };

  private constructor({ configuration = null, http = null, environment = {} }: Told) {
    this.process = spawn(process.execPath, [join(dist, "server.js"), "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    this.#exit = once(this.process, "exit").then(([code]: (number | null)[]) => code ?? null);
    const { stdin, stdout } = this.process;
    if (stdin === null || stdout === null) throw new Error("no pipes to the server");
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification("textDocument/publishDiagnostics", (it: PublishDiagnosticsParams) => {
      this.published.push(it);
      this.#wake();
    });
    this.connection.onNotification("window/logMessage", (it: { message: string }) => {
      this.logged.push(it.message);
    });
    this.connection.onRequest((method, params) => {
      this.asked.push(method);
      this.#wake();
      if (method !== "workspace/configuration") return null;
      const { items } = params as unknown as { items: { section?: string }[] };
      return items.map(({ section }) => (section === "http" ? http : configuration));
    });
    this.connection.listen();
  }

  /** Before `initialize`. */
  static launch(told: Told = {}): Editor {
    const res = new Editor(told);
    onTestFinished(() => {
      res.connection.dispose();
      res.process.kill();
    });
    return res;
  }

  static async start(
    options: Told & {
      folder?: string;
      capabilities?: ClientCapabilities;
      initializationOptions?: unknown;
    } = {},
  ): Promise<Editor> {
    const res = Editor.launch(options);
    res.answered = await res.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: options.capabilities ?? {},
      initializationOptions: options.initializationOptions,
      workspaceFolders:
        options.folder === undefined
          ? null
          : [{ uri: pathToFileURL(options.folder).href, name: "workspace" }],
    });
    await res.notify("initialized", {});
    return res;
  }

  request<Result>(method: string, params: unknown): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  async open(uri: string, text: string, languageId = "dockerfile"): Promise<OpenText> {
    const document = TextDocument.create(uri, languageId, 1, text);
    await this.notify("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
    return new OpenText(this, document);
  }

  /** What was published first for this version. */
  async publish(uri: string, version: number): Promise<Diagnostic[]> {
    const found = await this.until(() =>
      this.published.find((it) => it.uri === uri && it.version === version),
    );
    return found.diagnostics;
  }

  /** Waits for messages, never for time. */
  async until<Found>(look: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** The server has handled all that was sent before. */
  async settle(): Promise<void> {
    await this.request("textDocument/hover", {
      textDocument: { uri: "untitled:nothing" },
      position: { line: 0, character: 0 },
    });
  }

  get exit(): Promise<number | null> {
    return this.#exit;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const it of waiting) it();
  }
}

/** A document as the editor shows it. */
export class OpenText {
  readonly #editor: Editor;
  readonly #document: TextDocument;

  constructor(editor: Editor, document: TextDocument) {
    this.#editor = editor;
    this.#document = document;
  }

  get uri(): string {
    return this.#document.uri;
  }

  get version(): number {
    return this.#document.version;
  }

  get text(): string {
    return this.#document.getText();
  }

  /** Sends one change; its answer is what is published for the new version. */
  async edit(...edits: { at: number; remove?: number; insert: string }[]): Promise<number> {
    const changes = [];
    const version = this.version + 1;
    for (const { at, remove = 0, insert } of edits) {
      const change = {
        range: { start: this.#document.positionAt(at), end: this.#document.positionAt(at + remove) },
        text: insert,
      };
      TextDocument.update(this.#document, [change], version);
      changes.push(change);
    }
    await this.#editor.notify("textDocument/didChange", {
      textDocument: { uri: this.uri, version },
      contentChanges: changes,
    });
    return version;
  }

  async replaceAll(text: string): Promise<number> {
    const version = this.version + 1;
    TextDocument.update(this.#document, [{ text }], version);
    await this.#editor.notify("textDocument/didChange", {
      textDocument: { uri: this.uri, version },
      contentChanges: [{ text }],
    });
    return version;
  }

  diagnostics(version = this.version): Promise<Diagnostic[]> {
    return this.#editor.publish(this.uri, version);
  }

  actions(diagnostics: readonly Diagnostic[], only?: readonly string[]): Promise<CodeAction[]> {
    return this.#editor.request<CodeAction[]>("textDocument/codeAction", {
      textDocument: { uri: this.uri },
      range: diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics, ...(only === undefined ? {} : { only }) },
    });
  }

  after(edits: readonly TextEdit[]): string {
    return TextDocument.applyEdits(this.#document, [...edits]);
  }
}

/** The edits of one document in a workspace edit, in either of its forms. */
export function editsOf(edit: WorkspaceEdit | undefined, uri: string): TextEdit[] {
  const plain = edit?.changes?.[uri] ?? [];
  const versioned = (edit?.documentChanges ?? []).flatMap((it) =>
    "edits" in it && it.textDocument.uri === uri ? (it.edits as TextEdit[]) : [],
  );
  return [...plain, ...versioned];
}
