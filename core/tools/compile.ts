/** What a compiler leaves in its result beside the program. */
import type { Word } from "../dockerfile/facts.ts";
import type { PathWord } from "./effect.ts";

export interface Compile {
  readonly kind: "compile";
  readonly language: "go" | "rust" | "java" | "dotnet" | "c";
  /** Symbol tables and debug data stay in the result; undefined: files or variables that are not read decide. */
  readonly keepsSymbols: boolean | undefined;
  /** Debug data stays beside the symbol table; without symbols there is none either. */
  readonly keepsDebugData: boolean;
  /** Folder whose `Cargo.toml` decides what words and variables do not. */
  readonly profileIn: string | undefined;
  /** Word of the action, after which a flag can stand. */
  readonly action: Word;
  /** Added after `action`; undefined where no flag does. */
  readonly stripFlag: string | undefined;
  /** The program that is built, where the words name it; for Cargo and .NET the folder that holds it. */
  readonly output: PathWord | undefined;
}
