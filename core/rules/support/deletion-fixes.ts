/** Edits for what a RUN deletes too late: it goes to where the bytes come from, or they never come. */
import type { BuildContext } from "../../context/build-context.ts";
import type { Hidden } from "../../dockerfile/created.ts";
import {
  addFlag,
  appendCommand,
  removeCommand,
  removeInstruction,
  removeWords,
} from "../../dockerfile/edits.ts";
import type {
  Command,
  CopyInstruction,
  Facts,
  Instruction,
  RunInstruction,
  Word,
} from "../../dockerfile/facts.ts";
import { mentions, usersOf } from "../../dockerfile/mentions.ts";
import { baseName } from "../../dockerfile/paths.ts";
import type { Edit } from "../../text/edit.ts";
import type { PathWord } from "../../tools/effect.ts";
import type { World } from "../../world.ts";
import type { Fix } from "../finding.ts";
import { ignoreEdits } from "./ignore-edits.ts";

/** A command that deletes, and the instructions below it, nearest first. */
export interface Deletion {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly before: readonly Instruction[];
}

/** A path that a RUN deletes, and what stays of it in the layer of its maker. */
interface DeletedPath {
  readonly deletion: Deletion;
  readonly path: PathWord;
  readonly maker: Instruction;
  readonly hidden: Hidden;
}

export function pathFixes(
  facts: Facts,
  world: World,
  { deletion, path, maker, hidden }: DeletedPath,
): readonly Fix[] {
  const reads = (it: Instruction): boolean => mentions(it, path.path.replace(/\/\*$/, ""));
  if (maker.kind === "run") {
    return /[*?[]/.test(path.path.replace(/\/\*$/, "")) || path.word.text === undefined
      ? []
      : moveFixes(facts, { deletion, word: path.word }, { maker, removal: `rm -rf ${path.path}`, reads });
  }
  if (maker.kind !== "copy" || world.context === undefined || maker.from !== undefined) return [];
  const others = usersOf(facts, maker).filter((it) => it !== deletion.run);
  if (others.some(reads)) return [];
  return hidden.whole
    ? bindMountFixes(facts, deletion, path, maker)
    : ignoreFixes(facts, world.context, { deletion, path, contextPaths: hidden.contextPaths });
}

/** Where a deletion goes, and the command that deletes there. */
interface Move {
  readonly maker: RunInstruction;
  readonly removal: string;
  /** Instructions that need what is deleted. */
  readonly reads: (it: Instruction) => boolean;
}

/** The deletion goes to the end of the RUN that made the files, when nothing in between reads them. */
export function moveFixes(
  facts: Facts,
  { deletion, word }: { readonly deletion: Deletion; readonly word: Word },
  { maker, removal, reads }: Move,
): readonly Fix[] {
  const between = usersOf(facts, maker).filter((it) => it !== deletion.run);
  const own = deletion.run.commands.slice(0, deletion.run.commands.indexOf(deletion.command));
  const readHere = own.length > 0 && reads(deletion.run);
  const appended = appendCommand(facts, maker, removal);
  const removed = withoutDeletion(facts, deletion, word);
  if (between.some(reads) || readHere || appended === undefined || removed === undefined) return [];
  return [{ title: "Delete it in the RUN that made it", safety: "review", edits: [appended, ...removed] }];
}

/** What only one RUN reads need not be copied at all. */
function bindMountFixes(
  facts: Facts,
  deletion: Deletion,
  path: PathWord,
  copy: CopyInstruction,
): readonly Fix[] {
  const [source] = copy.sources;
  const removed = withoutDeletion(facts, deletion, path.word);
  const isPlain = copy.keyword === "COPY" && copy.flags.length === 0 && copy.sources.length === 1;
  if (!isPlain || source?.text === undefined || /[*?[\],"'\s]/.test(source.text)) return [];
  if (removed === undefined || deletion.run.form !== "shell" || deletion.run.commands.length < 2) return [];
  if (copy.destinationPath === undefined || copy.destinationPath.endsWith("/")) return [];
  const mount = addFlag(
    deletion.run,
    `--mount=type=bind,source=${source.text.replace(/^\.?\//, "")},target=${copy.destinationPath}`,
  );
  return [
    {
      title: "Use a bind mount instead of copying and deleting (BuildKit)",
      safety: "review",
      edits: [removeInstruction(facts, copy), mount, ...removed],
    },
  ];
}

function ignoreFixes(
  facts: Facts,
  context: BuildContext,
  { deletion, path, contextPaths }: Pick<DeletedPath, "deletion" | "path"> & Pick<Hidden, "contextPaths">,
): readonly Fix[] {
  const removed = withoutDeletion(facts, deletion, path.word);
  if (removed === undefined || isUsedBeside(facts, deletion, path)) return [];
  const file = ignoreEdits(context, contextPaths);
  if (file === undefined) return [];
  const title = `Leave it out of the build context (${file.path})`;
  return [{ title, safety: "review", edits: removed, otherFiles: [file] }];
}

/** Another command of the RUN that deletes it names it, so it runs or reads it. What uses it without its name is not seen. */
function isUsedBeside(facts: Facts, { run, command }: Deletion, path: PathWord): boolean {
  const name = baseName(path.path.replace(/\/\*$/, ""));
  return run.commands.some((it) => {
    const [first] = it.words;
    const last = it.words.at(-1);
    if (it === command || first === undefined || last === undefined) return false;
    return facts.text.slice(first.at.start, last.at.end).includes(name);
  });
}

/** The command without the word; without the command when nothing else is deleted. */
function withoutDeletion(facts: Facts, { run, command }: Deletion, word: Word): readonly Edit[] | undefined {
  const operands = command.effects?.flatMap((it) => (it.kind === "remove" ? it.paths : [])) ?? [];
  if (operands.length > 1) return removeWords(facts, command.words, [word]);
  const edit = removeCommand(facts, run, command);
  return edit === undefined ? undefined : [edit];
}
