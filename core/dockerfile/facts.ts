/**
 * Facts: what one Dockerfile says, worked out once and read by every rule.
 *
 * Invariant: working them out never fails. What cannot be read is `opaque`, and rules stay silent about it.
 */

import type { Span } from "../text/span.ts";
import type { Effect } from "../tools/effect.ts";
import type { Chains } from "./chain.ts";
import type { SiteIndex } from "./sites.ts";
import type { CommentLine, EscapeCharacter } from "./split.ts";
import type { ReadonlyValues } from "./values.ts";

/** A word of the source. */
export interface Word {
  /** What it means after quotes and variables; undefined when that cannot be decided. */
  readonly text: string | undefined;
  readonly at: Span;
}

/** `--name=value` before an instruction's arguments. */
export interface Flag {
  readonly name: string;
  readonly value: string | undefined;
  readonly at: Span;
}

interface InstructionBase {
  /** Upper case. For ONBUILD the trigger's keyword, with `onbuild` true. */
  readonly keyword: string;
  /** From the keyword to the last character of the last line, without the line break. */
  readonly at: Span;
  readonly keywordAt: Span;
  /** Exact source text at `at`. */
  readonly source: string;
  /** Counts in the order of running; a triggered one lies between the FROM that sets it off and what follows. */
  readonly index: number;
  /** Index of the stage; -1 before the first FROM. */
  readonly stage: number;
  readonly onbuild: boolean;
  /** It is an ONBUILD line of the stage below, run in the stage that starts from it; `at` is that line. */
  readonly triggered: boolean;
  readonly flags: readonly Flag[];
  /** One object for one text at equal places, in all versions of a document; ask through remembered.ts. */
  readonly said: object;
}

export interface RunInstruction extends InstructionBase {
  readonly kind: "run";
  /** `shell` body parsed; `exec` form; a heredoc script counts as shell. */
  readonly form: "shell" | "exec";
  readonly mounts: readonly Mount[];
  /** In source order. Empty when `opaque` says why the body could not be read. */
  readonly commands: readonly Command[];
  readonly opaque: string | undefined;
  /** The script ends in an operator, as while somebody types: the command behind it is still to come. */
  readonly unfinished: boolean;
  /** What holds at its end; ask through created.ts. */
  readonly keptEffects: readonly Effect[];
  /** Where ` && command` can be added so that it runs after all others, or undefined where that is not provable. */
  readonly appendAt: number | undefined;
  /** Where a flag such as `--mount=…` can be added, before the body. */
  readonly flagAt: number;
}

export interface CopyInstruction extends InstructionBase {
  readonly kind: "copy";
  /** Stage name, index or image of `--from`; undefined: the build context. */
  readonly from: Word | undefined;
  /** Index of the stage that `from` means, when it is one. */
  readonly fromStage: number | undefined;
  /** Empty for heredocs. */
  readonly sources: readonly Word[];
  readonly destination: Word | undefined;
  /** Absolute path of the destination inside the image, a directory ends with "/"; undefined when unknown. */
  readonly destinationPath: string | undefined;
  /** Its content stands in the Dockerfile itself. */
  readonly heredoc: boolean;
}

export interface OtherInstruction extends InstructionBase {
  readonly kind: "other";
  readonly words: readonly Word[];
  /** The instruction could not be read, and why. */
  readonly opaque: string | undefined;
}

export type Instruction = RunInstruction | CopyInstruction | OtherInstruction;

/** `--mount=type=cache,target=/root/.cache/pip` */
export interface Mount {
  readonly type: string;
  readonly target: string | undefined;
  readonly from: string | undefined;
  /** Index of the stage that `from` means, when it is one. */
  readonly fromStage: number | undefined;
}

/** One simple command of a shell body. */
export interface Command {
  readonly at: Span;
  /** Program and arguments, without assignments and redirections. */
  readonly words: readonly Word[];
  /** never: in a branch that the file's own values rule out. perhaps: it depends on what we cannot decide. */
  readonly runs: "always" | "perhaps" | "never";
  /** What the tool models say that it does; undefined: no model knows this command. */
  readonly effects: readonly Effect[] | undefined;
  /** Absolute working directory, when known. */
  readonly directory: string | undefined;
  /** Where its output goes: `> file`. */
  readonly redirects: readonly { readonly operator: string; readonly target: Word }[];
  /** Its input or output is another command's. */
  readonly piped: boolean;
  /** The text to remove so that the rest of the script stays a script, or undefined where that is not provable. */
  readonly removeAt: Span | undefined;
  /** Variables as the program sees them, as far as the Dockerfile sets them. */
  readonly environment: ReadonlyValues;
}

export interface Stage {
  readonly index: number;
  readonly name: string | undefined;
  readonly from: OtherInstruction;
  /** Index of the stage it starts from. */
  readonly parent: number | undefined;
  /** The image at the bottom of its chain, variables resolved, "scratch" included; undefined when unknown. */
  readonly baseImage: string | undefined;
  /** With those that its FROM triggers, right behind it. */
  readonly instructions: readonly Instruction[];
  /** Variables at its end, as far as the Dockerfile sets them. */
  readonly environment: ReadonlyValues;
  /** Its layers are in the chain of a target. */
  readonly shipped: boolean;
}

export interface Facts {
  readonly text: string;
  readonly escape: EscapeCharacter;
  readonly stages: readonly Stage[];
  /** As they are written, each once. */
  readonly instructions: readonly Instruction[];
  /** Instructions whose layers are in a target's chain, in the order of running. ONBUILD lines are among them where triggered. */
  readonly shipped: readonly Instruction[];
  /** Every comment line, also inside continued instructions. */
  readonly comments: readonly CommentLine[];
  /** A Windows image, or the language of another frontend: nothing is judged. */
  readonly foreign: boolean;
  /** What lies below and above an instruction; ask through chain.ts and mentions.ts. */
  readonly chains: Chains;
  /** Commands by the kinds of their effects; ask through sites.ts. */
  readonly sites: SiteIndex;
  readonly shippedSites: SiteIndex;
}
