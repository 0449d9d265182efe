import {
  type CancellationToken,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  type PublishDiagnosticsParams,
  ResponseError,
} from "vscode-languageserver/node";
import type { RatedFinding } from "../../core/rules/check.ts";
import type { Desk } from "./desk.ts";
import type { OpenDocument, OpenDocuments } from "./open-documents.ts";
import { diagnosticOf, tooLargeDiagnostic } from "./to-proto.ts";

/** Documents that take longer to judge than this skip versions that a waiting edit has already replaced. */
const slowMilliseconds = 250;

interface Options {
  readonly documents: OpenDocuments;
  readonly desk: Desk;
  readonly pageOf: (rule: string) => string | undefined;
  /** Settles when the settings and the build context of a document are known, or have taken too long. */
  readonly settled: (document: OpenDocument) => Promise<void>;
  readonly publish: (params: PublishDiagnosticsParams) => void;
}

/** Diagnostics for clients that pull them. */
export class PulledDiagnostics {
  readonly #options: Options;
  readonly #ids = new WeakMap<readonly RatedFinding[], string>();
  #count = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  async report(
    { textDocument, previousResultId }: DocumentDiagnosticParams,
    token: CancellationToken,
  ): Promise<DocumentDiagnosticReport | ResponseError<never>> {
    const { documents, desk, settled } = this.#options;
    const document = documents.get(textDocument.uri);
    if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    await settled(document);
    if (token.isCancellationRequested) {
      return new ResponseError<never>(
        LSPErrorCodes.RequestCancelled,
        "The diagnostics are not needed any more.",
      );
    }
    if (document.tooLarge)
      return { kind: DocumentDiagnosticReportKind.Full, items: [tooLargeDiagnostic(document)] };
    const findings = desk.findingsOf(document);
    // Ranges and `data` belong to a version, so a new version is a new result even with equal findings.
    const resultId = `${document.version}:${this.#idOf(findings)}`;
    if (resultId === previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return {
      kind: DocumentDiagnosticReportKind.Full,
      resultId,
      items: diagnosticsOf(this.#options, document, findings),
    };
  }

  #idOf(findings: readonly RatedFinding[]): string {
    const known = this.#ids.get(findings);
    if (known !== undefined) return known;
    this.#count += 1;
    const id = String(this.#count);
    this.#ids.set(findings, id);
    return id;
  }
}

interface Shown {
  version: number;
  findings: readonly RatedFinding[];
  milliseconds: number;
}

/** Diagnostics for clients that are pushed to: every change is answered with its version, also when nothing changed. */
export class PushedDiagnostics {
  readonly #options: Options;
  readonly #shown = new WeakMap<OpenDocument, Shown>();
  readonly #waiting = new Map<OpenDocument, NodeJS.Immediate>();

  constructor(options: Options) {
    this.#options = options;
  }

  async opened(document: OpenDocument): Promise<void> {
    await this.#options.settled(document);
    if (!this.#isOpen(document)) return;
    this.#show(document);
    // The first judgement runs cold code, and says nothing about the next one.
    const shown = this.#shown.get(document);
    if (shown !== undefined) this.#shown.set(document, { ...shown, milliseconds: 0 });
  }

  changed(document: OpenDocument): void {
    const shown = this.#shown.get(document);
    // Before the first publish: that one is on its way and will take the newest text.
    if (shown === undefined) return;
    if (shown.milliseconds < slowMilliseconds) this.#show(document);
    else this.#showSoon(document);
  }

  /** Something around the document changed; says nothing when its findings did not. */
  refresh(document: OpenDocument): void {
    const shown = this.#shown.get(document);
    if (shown === undefined || this.#waiting.has(document)) return;
    const findings = this.#options.desk.findingsOf(document);
    if (JSON.stringify(findings) !== JSON.stringify(shown.findings)) this.#show(document);
  }

  closed(document: OpenDocument): void {
    clearImmediate(this.#waiting.get(document));
    this.#waiting.delete(document);
    this.#options.publish({ uri: document.uri, diagnostics: [] });
  }

  /** After what is in the pipe has been read: two turns, since a message is handled in the turn after its arrival. */
  #showSoon(document: OpenDocument): void {
    clearImmediate(this.#waiting.get(document));
    const second = (): void => {
      this.#waiting.delete(document);
      if (this.#isOpen(document)) this.#show(document);
    };
    const first = (): void => {
      this.#waiting.set(document, setImmediate(second));
    };
    this.#waiting.set(document, setImmediate(first));
  }

  #show(document: OpenDocument): void {
    const { desk, publish } = this.#options;
    const start = performance.now();
    const { version } = document;
    const findings = desk.findingsOf(document);
    publish({
      uri: document.uri,
      version,
      diagnostics: document.tooLarge
        ? [tooLargeDiagnostic(document)]
        : diagnosticsOf(this.#options, document, findings),
    });
    this.#shown.set(document, { version, findings, milliseconds: performance.now() - start });
  }

  #isOpen(document: OpenDocument): boolean {
    return this.#options.documents.get(document.uri) === document;
  }
}

const diagnosticsOf = (
  { pageOf }: Options,
  document: OpenDocument,
  findings: readonly RatedFinding[],
): Diagnostic[] => findings.map((it) => diagnosticOf(document, it, pageOf));
