import type { Paint } from "./terminal.ts";

/** The command line's ways out, so that commands can be called without a process around them. */
export interface Console {
  /** Everything is written when the promise settles. */
  out(text: string): Promise<void>;
  /** One clear line of trouble. */
  trouble(line: string): void;
  /** Replaces the line before it; nothing where standard error is no terminal. */
  progress(line: string): void;
  readonly paint: Paint;
  readonly directory: string;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** The folder of the bundles, with the grammar and the catalogues. */
  readonly home: string;
}

/** Exit codes: fine; a threshold is broken; wrong usage or trouble; stopped by Ctrl+C. */
export const exits = { fine: 0, broken: 1, trouble: 2, interrupted: 130 } as const;
export type Exit = (typeof exits)[keyof typeof exits];
