/** What brings packages of development along, whichever tool installs them. */
import type { Command, Facts, Word } from "../../dockerfile/facts.ts";
import type { Edit } from "../../text/edit.ts";

/** Said best by one word of the command. */
export interface DevelopmentCause {
  /** For people: `extra dev`. */
  readonly what: string;
  /** `what` starts with a name that keeps its case. */
  readonly nameFirst?: boolean;
  readonly at: Word;
  /** Folders that may hold the packages. */
  readonly folders: readonly string[];
  readonly fix: ((facts: Facts, command: Command) => readonly Edit[] | undefined) | undefined;
  readonly fixTitle: string;
}
