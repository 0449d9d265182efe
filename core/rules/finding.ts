import type { Size } from "../size/size.ts";
import type { Edit } from "../text/edit.ts";
import type { OtherPlace } from "../text/other-file.ts";
import type { Span } from "../text/span.ts";

/** safe: the image runs with the same files as before. review: the user should read the edit. */
export type FixSafety = "safe" | "review";

/** Edits of one other file, named relative to the build context. */
export interface FileEdits {
  readonly path: string;
  /** The file does not exist yet: its text is empty before the edits. */
  readonly create: boolean;
  readonly edits: readonly Edit[];
}

/** What to do. Its title is the user's third text, after a finding's what and why. */
export interface Fix {
  readonly title: string;
  readonly safety: FixSafety;
  /** Edits of the document that holds the finding. */
  readonly edits: readonly Edit[];
  readonly otherFiles?: readonly FileEdits[];
  /** Index of the stage that becomes two: the new one follows it and takes what starts a container. */
  readonly splits?: number;
}

/** A place that belongs to the same cause. */
export interface Related {
  readonly at: Span;
  readonly message: string;
}

/** A place of another file that belongs to the same cause. */
export interface RelatedElsewhere extends OtherPlace {
  readonly message: string;
}

/** What a rule says about one cause; it sits on the word that causes it. */
export interface Finding {
  readonly at: Span;
  /** What is there, a clause without a full stop: "tests are copied into the image". */
  readonly what: string;
  /** `what` begins with a name, which keeps its own letters at the beginning of a sentence: "uv ships". */
  readonly nameFirst?: boolean;
  /** Why it costs bytes or stays, whole sentences; ends with the advice where there is no fix. */
  readonly why: string;
  readonly saving: Size;
  readonly related?: readonly Related[];
  readonly elsewhere?: readonly RelatedElsewhere[];
  /** Those of the rule's peers that mean this very thing; without it, all of them. */
  readonly peers?: readonly string[];
  /** Some want it so: it is said as a hint, whatever the bytes. */
  readonly taste?: boolean;
  /**
   * Best first; not yet verified. Only core/rules/verify.ts decides which are offered. Give it as a getter: most
   * findings are shown without anybody asking for their fixes.
   */
  readonly fixes: readonly Fix[];
}
