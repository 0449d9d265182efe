/** Downloads of browsers by the libraries that drive them. */
import type { Word } from "../dockerfile/facts.ts";

export interface BrowserDownload {
  readonly kind: "browser-download";
  readonly tool: "playwright" | "puppeteer";
  /** The word that causes it, after which a browser can be named: `install`. */
  readonly action: Word;
  /** Browsers that the words name; empty: all that the tool takes by default. */
  readonly browsers: readonly Word[];
  /** Where they go, when known. */
  readonly directory: string | undefined;
}
