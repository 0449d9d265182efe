/**
 * Script: a shell body as a tree, before any variable is known. Plain data, kept by text, so that typing in
 * one instruction reads no other again. Offsets are into the joined text.
 */
import type { Span } from "../text/span.ts";
import type { TrimOperator } from "./values.ts";

/** A piece of a word. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  /** `$NAME`, `${NAME:-fallback}` */
  | {
      readonly kind: "variable";
      readonly name: string;
      readonly operator: "" | ":-" | "-" | ":+" | "+" | TrimOperator;
      readonly operand: readonly Part[];
    }
  /** Command substitution, arithmetic and what else cannot be decided by reading. */
  | { readonly kind: "undecided" };

export interface ScriptWord {
  readonly at: Span;
  readonly parts: readonly Part[];
}

export interface Assignment {
  readonly name: string;
  readonly value: ScriptWord | undefined;
}

export interface Redirect {
  readonly operator: string;
  readonly target: ScriptWord;
}

export interface SimpleCommand {
  readonly kind: "command";
  /** With its redirections. */
  readonly at: Span;
  readonly assignments: readonly Assignment[];
  readonly words: readonly ScriptWord[];
  readonly redirects: readonly Redirect[];
}

export type Statement =
  | SimpleCommand
  /** `a && b || c`, left to right; `operators[i]` stands between items i and i + 1. */
  | {
      readonly kind: "chain";
      readonly at: Span;
      readonly items: readonly Statement[];
      readonly operators: readonly ("&&" | "||")[];
    }
  | { readonly kind: "sequence"; readonly at: Span; readonly items: readonly SequenceItem[] }
  | { readonly kind: "pipeline"; readonly at: Span; readonly items: readonly Statement[] }
  | {
      readonly kind: "if";
      readonly at: Span;
      readonly branches: readonly { readonly condition: Statement; readonly body: Statement }[];
      readonly otherwise: Statement | undefined;
    }
  /** The first item with a pattern that the subject matches runs. */
  | {
      readonly kind: "case";
      readonly at: Span;
      readonly subject: ScriptWord;
      readonly items: readonly { readonly patterns: readonly ScriptWord[]; readonly body: Statement }[];
    }
  /** `sh -c '…'`: the script inside is read, as a process of its own. */
  | {
      readonly kind: "nested";
      readonly at: Span;
      readonly command: SimpleCommand;
      readonly body: Statement;
    }
  /** for, while, until, functions: runs any number of times. */
  | {
      readonly kind: "uncertain";
      readonly at: Span;
      readonly bodies: readonly Statement[];
      readonly sets: readonly string[];
    }
  | { readonly kind: "group"; readonly at: Span; readonly subshell: boolean; readonly body: Statement }
  | { readonly kind: "negated"; readonly at: Span; readonly body: Statement }
  /** Grammar that is not modelled: nothing inside is judged, and nothing after it is taken for certain. */
  | { readonly kind: "opaque"; readonly at: Span };

export interface SequenceItem {
  readonly statement: Statement;
  readonly background: boolean;
}

export interface Script {
  readonly body: Statement;
  /** The grammar found errors: the script is not judged. */
  readonly broken: boolean;
  /** Its last operator has nothing behind it, as while somebody types: what stands before it is read. */
  readonly unfinished: boolean;
  /** A here-document inside the script: text cannot simply be added at the end of a line. */
  readonly hasHeredoc: boolean;
}
