/** Lines and columns of a text, both counted from 0, columns in UTF-16 units as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** Answers where the lines of one text begin. Building it reads the text once. */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#starts = starts;
    this.#length = text.length;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offset of the first character of a line; the text's length for lines past the end. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.#length;
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  positionAt(offset: number): Position {
    const line = this.lineAt(offset);
    return { line, character: offset - this.startOf(line) };
  }

  offsetAt(position: Position): number {
    const start = this.startOf(position.line);
    const end = this.startOf(position.line + 1);
    return Math.max(start, Math.min(start + position.character, end));
  }
}
