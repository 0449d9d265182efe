/** Places of files other than the document that is judged. */
import type { LineIndex } from "./line-index.ts";
import type { Span } from "./span.ts";

/** A file that was read beside the document. */
export interface OtherFile {
  /** Full path. */
  readonly path: string;
  /** Of the text that spans count in. */
  readonly lines: LineIndex;
}

export interface OtherPlace {
  readonly file: OtherFile;
  readonly at: Span;
}
