/** How names may end, told from their bytes: of an image's many names few need a text. */
export class Endings {
  /** By state and byte: the next state; 0: no ending goes on so. */
  readonly #next: Uint16Array;
  /** By state: whether an ending is whole. */
  readonly #whole: Uint8Array;

  /** `texts`: of ASCII. */
  constructor(texts: readonly string[]) {
    const most = texts.reduce((sum, it) => sum + it.length, 1);
    this.#next = new Uint16Array(most * letters);
    this.#whole = new Uint8Array(most);
    let states = 1;
    for (const text of texts) {
      let state = 0;
      for (let at = text.length - 1; at >= 0; at -= 1) {
        const step = state * letters + text.charCodeAt(at);
        const next = this.#next[step] || states;
        if (next === states) states += 1;
        this.#next[step] = next;
        state = next;
      }
      this.#whole[state] = 1;
    }
  }

  /** Whether the name from `start` to `end` ends with one of them. */
  fit(bytes: Uint8Array, start: number, end: number): boolean {
    let state = 0;
    for (let at = end - 1; at >= start; at -= 1) {
      const byte = bytes[at] ?? letters;
      state = byte < letters ? (this.#next[state * letters + byte] ?? 0) : 0;
      if (state === 0) return false;
      if (this.#whole[state] === 1) return true;
    }
    return false;
  }
}

const letters = 128;
