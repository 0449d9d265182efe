/** Edits of commands that install Python packages. */
import type { Edit } from "../text/edit.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import { removeCommand, removeWords } from "./edits.ts";
import type { Command, Facts, RunInstruction, Word } from "./facts.ts";

/** Without these requirements; without the command where it installs nothing else. */
export function withoutRequirements(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  install: PythonInstall,
  words: readonly Word[],
): readonly Edit[] | undefined {
  const all =
    install.requirements.length === words.length && install.projects.length + install.files.length === 0;
  if (!all) return removeWords(facts, command.words, words);
  const edit = removeCommand(facts, run, command);
  return edit === undefined ? undefined : [edit];
}
