import type { Connection } from "vscode-languageserver/node";
import type { ShellReader } from "../../core/dockerfile/shell.ts";
import { hoverOf } from "../../core/message.ts";
import type { PythonCatalogue } from "../../core/python/catalogue.ts";
import type { PackageSizes } from "../../core/size/package-sizes.ts";
import {
  type ContributorsResult,
  contributorsRequest,
  trustedNotification,
} from "../../protocol/requests.ts";
import { codeActionsOf } from "./code-actions.ts";
import { codeLensesOf, contributorsOf } from "./code-lens.ts";
import { contributorsFrom, executeCommand } from "./commands.ts";
import { Fence } from "./fence.ts";
import { pathOf, spanFrom } from "./from-proto.ts";
import { ImageDesk } from "./image-desk.ts";
import type { OpenDocument } from "./open-documents.ts";
import { serveImages } from "./serve-images.ts";
import { Session } from "./session.ts";
import { hoverFrom, inlayHintOf } from "./to-proto.ts";
import { warmUpWhenQuiet } from "./warm-up.ts";

interface Options {
  readonly shell: Promise<ShellReader>;
  /** Where the page lies that explains a rule. */
  readonly pageOf: (rule: string) => string | undefined;
  readonly version: string;
  /** Folder of the bundles. */
  readonly home: string;
  readonly packageSizes: () => Promise<PackageSizes | undefined>;
  readonly catalogue: () => Promise<PythonCatalogue | undefined>;
}

/** Wires every message of the connection to its handler. Handlers are thin; each has its fence. */
export function serve(connection: Connection, options: Options): Fence {
  const fence = new Fence((line) => connection.console.error(line));
  let session: Session | undefined;
  let images: ImageDesk | undefined;
  let warm = false;
  const here = (): Session => {
    if (session === undefined) throw new Error("no session: a handler ran outside its fence");
    return session;
  };
  const imagesHere = (): ImageDesk => {
    images ??= new ImageDesk(connection, here(), fence, options.home);
    return images;
  };
  const documentAt = (uri: string): OpenDocument | undefined => here().documents.get(uri);

  connection.onInitialize(async (params) => {
    session = new Session({ connection, fence, ...options, shell: await options.shell }, params);
    fence.start();
    return session.result();
  });
  connection.onInitialized(fence.notification("initialized", () => here().start()));
  connection.onShutdown(() => {
    fence.end();
    images?.end();
  });

  connection.onDidOpenTextDocument(
    fence.notification("didOpen", (params) => {
      const document = here().documents.open(params);
      if (document === undefined) return;
      here().opened(document);
      if (warm) return;
      warm = true;
      void options.shell.then((shell) => warmUpWhenQuiet(shell, () => fence.quiet));
    }),
  );
  connection.onDidChangeTextDocument(
    fence.notification("didChange", (params) => {
      const document = here().documents.change(params);
      if (document !== undefined) here().changed(document);
    }),
  );
  connection.onDidCloseTextDocument(
    fence.notification("didClose", ({ textDocument }) => {
      const document = here().documents.close(textDocument.uri);
      if (document !== undefined) here().closed(document);
    }),
  );
  connection.onDidSaveTextDocument(
    fence.notification("didSave", ({ textDocument }) => {
      const path = pathOf(textDocument.uri);
      if (path !== undefined) here().filesChanged([path]);
    }),
  );
  connection.onDidChangeConfiguration(
    fence.notification("didChangeConfiguration", ({ settings }) => here().configurationChanged(settings)),
  );
  connection.onDidChangeWatchedFiles(
    fence.notification("didChangeWatchedFiles", ({ changes }) =>
      here().filesChanged(changes.flatMap((it) => pathOf(it.uri) ?? [])),
    ),
  );

  connection.languages.diagnostics.on(
    fence.request("diagnostic", (params, token) => here().pulled.report(params, token)),
  );
  connection.onCodeAction(
    fence.request("codeAction", (params) => {
      const document = documentAt(params.textDocument.uri);
      if (document === undefined) return [];
      const { desk, worlds, abilities } = here();
      const found = worlds.foundFor(document);
      return codeActionsOf({ desk, document, found, abilities, pageOf: options.pageOf }, params);
    }),
  );
  connection.onHover(
    fence.request("hover", ({ textDocument, position }) => {
      const document = documentAt(textDocument.uri);
      const { desk } = here();
      if (document === undefined) return null;
      const offset = document.offsetAt(position);
      const hover = hoverOf(desk.findingsOf(document), desk.hintsOf(document), offset, () =>
        desk.contributorsAt(document, offset),
      );
      return hover === undefined ? null : hoverFrom(document, hover.at, hover.markdown);
    }),
  );
  connection.onCodeLens(
    fence.request("codeLens", ({ textDocument }) => {
      const document = documentAt(textDocument.uri);
      const { desk, settings, ownCommands } = here();
      return document === undefined || !settings.codeLens.enabled
        ? []
        : codeLensesOf(desk, document, ownCommands);
    }),
  );
  connection.onExecuteCommand(
    fence.request("executeCommand", (params) => executeCommand(connection, here(), params)),
  );
  connection.languages.inlayHint.on(
    fence.request("inlayHint", ({ textDocument, range }) => {
      const document = documentAt(textDocument.uri);
      if (document === undefined || !here().settings.inlayHints.enabled) return [];
      const span = spanFrom(document, range);
      return here()
        .desk.hintsOf(document)
        .filter((it) => span.start <= it.at && it.at <= span.end)
        .map((it) => inlayHintOf(document, it));
    }),
  );

  connection.onNotification(
    trustedNotification,
    fence.notification("trusted", () => here().trust()),
  );
  connection.onRequest(
    contributorsRequest,
    fence.request<unknown, ContributorsResult>(contributorsRequest, (params) => {
      const asked = contributorsFrom(params);
      const document = asked && documentAt(asked.uri);
      return asked && document ? contributorsOf(here().desk, document, asked) : null;
    }),
  );
  serveImages(connection, fence, imagesHere);
  return fence;
}
