import type {
  DidChangeTextDocumentParams,
  DidOpenTextDocumentParams,
  Position,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type DocumentKind, documentKindOf, largestText } from "../../core/document-kind.ts";
import { nameOf, pathOf } from "./from-proto.ts";

/** One document as the editor has it now. Lines are counted as LSP counts them: a lone CR ends a line too. */
export class OpenDocument {
  readonly uri: string;
  /** Undefined for documents that are on no disk. */
  readonly path: string | undefined;
  readonly kind: DocumentKind;
  readonly #text: TextDocument;

  constructor(text: TextDocument, kind: DocumentKind) {
    this.uri = text.uri;
    this.path = pathOf(text.uri);
    this.kind = kind;
    this.#text = text;
  }

  get version(): number {
    return this.#text.version;
  }

  get text(): string {
    return this.#text.getText();
  }

  get tooLarge(): boolean {
    return this.text.length > largestText;
  }

  positionAt(offset: number): Position {
    return this.#text.positionAt(offset);
  }

  offsetAt(position: Position): number {
    return this.#text.offsetAt(position);
  }

  change({ contentChanges, textDocument }: DidChangeTextDocumentParams): void {
    TextDocument.update(this.#text, contentChanges, textDocument.version);
  }
}

/** The documents of ours that the editor has open. */
export class OpenDocuments {
  readonly #byUri = new Map<string, OpenDocument>();

  all(): Iterable<OpenDocument> {
    return this.#byUri.values();
  }

  get(uri: string): OpenDocument | undefined {
    return this.#byUri.get(uri);
  }

  withPath(path: string): OpenDocument | undefined {
    for (const it of this.#byUri.values()) if (it.path === path) return it;
    return undefined;
  }

  /** Undefined: neither the name nor the language is one of ours. */
  open({ textDocument }: DidOpenTextDocumentParams): OpenDocument | undefined {
    const { uri, languageId, version, text } = textDocument;
    const kind = documentKindOf(nameOf(uri), languageId);
    if (kind === undefined) return undefined;
    const res = new OpenDocument(TextDocument.create(uri, languageId, version, text), kind);
    this.#byUri.set(uri, res);
    return res;
  }

  change(params: DidChangeTextDocumentParams): OpenDocument | undefined {
    const res = this.#byUri.get(params.textDocument.uri);
    res?.change(params);
    return res;
  }

  close(uri: string): OpenDocument | undefined {
    const res = this.#byUri.get(uri);
    this.#byUri.delete(uri);
    return res;
  }
}
