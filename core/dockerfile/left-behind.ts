/** What the commands of one RUN fetch and unpack, and whether it is still there at the RUN's end. */
import type { PathWord } from "../tools/effect.ts";
import type { Clone } from "../tools/file-effects.ts";
import { chainAfter } from "./chain.ts";
import { isOnMount } from "./created.ts";
import type { Command, Facts, Instruction, RunInstruction } from "./facts.ts";
import { mentions, usersOf } from "./mentions.ts";
import { baseName, deletes, isWithin, posixJoin, withoutSlash } from "./paths.ts";

/** A download that a later command of the RUN unpacks or installs. */
export interface UsedArchive {
  readonly file: PathWord;
  readonly user: Command;
}

export function usedArchives(run: RunInstruction): readonly UsedArchive[] {
  return run.commands.flatMap((command, index) => {
    if (command.runs !== "always") return [];
    return (command.effects ?? []).flatMap((effect) => {
      if (effect.kind !== "download") return [];
      const later = run.commands.slice(index + 1);
      const user = later.find((it) => it.runs === "always" && uses(it, effect.file.path));
      return user === undefined ? [] : [{ file: effect.file, user }];
    });
  });
}

/** A download that nothing but a later RUN unpacks or installs, and that stays beside the result. */
export function archivesUsedLater(
  facts: Facts,
  run: RunInstruction,
): readonly (UsedArchive & { readonly by: RunInstruction })[] {
  const later = chainAfter(facts, run).filter((it): it is RunInstruction => it.kind === "run");
  return run.commands.flatMap((command, index) =>
    (command.runs === "always" ? (command.effects ?? []) : []).flatMap((effect) => {
      if (effect.kind !== "download") return [];
      const { path } = effect.file;
      const all = [...run.commands.slice(index + 1), ...later.flatMap((it) => it.commands)];
      if (isOnMount(run, path) || all.some((it) => mayRemove(it, path))) return [];
      if (run.commands.slice(index + 1).some((it) => it.runs !== "never" && uses(it, path))) return [];
      for (const by of later) {
        const user = by.commands.find((it) => it.runs === "always" && uses(it, path));
        if (user === undefined) continue;
        const others = usersOf(facts, run).filter((it) => it.index > by.index);
        return others.some((it) => mentions(it, path)) ? [] : [{ file: effect.file, user, by }];
      }
      return [];
    }),
  );
}

const packages = /\.(?:deb|rpm|whl|apk)$/i;
const setups = /(?:conda|mamba|forge|install|setup)[^/]*\.(?:sh|run|bin)$|\.run$/i;

function uses(it: Command, path: string): boolean {
  const unpacks = it.effects?.some((effect) => effect.kind === "unpack" && effect.archive.path === path);
  if (unpacks === true) return true;
  if (it.effects?.some(({ kind }) => kind === "create" || kind === "touch" || kind === "remove") === true)
    return false;
  const name = baseName(path);
  const isNamed = it.words.some(
    ({ text }) =>
      text === path ||
      text === name ||
      text === `./${name}` ||
      (text !== undefined && /[*?]/.test(text) && deletes(posixJoin(it.directory, text) ?? "", path)),
  );
  return isNamed && (packages.test(name) || setups.test(name)) && !readers.test(it.words[0]?.text ?? "");
}

/** They look at a file and do not install it. */
const readers = /(?:sum|gpg|cosign|echo|cat|ls|file|test|\[|minisign|openssl)$/;

/** A tree that this RUN made, and that one of its commands installed from. */
export interface InstalledSource {
  readonly tree: string;
  readonly word: PathWord["word"];
  readonly clone: Clone | undefined;
}

/** Trees that stay beside what was installed from them, and that nothing later names. */
export function sourcesKept(facts: Facts, run: RunInstruction): readonly InstalledSource[] {
  const res = new Map<string, InstalledSource>();
  run.commands.forEach((command, index) => {
    if (command.runs !== "always") return;
    for (const from of installedFrom(command)) {
      const source = sourceOf(run.commands.slice(0, index), from);
      if (source !== undefined && staysAfter(facts, run, source.tree)) res.set(source.tree, source);
    }
  });
  return [...res.values()];
}

const installedFrom = (command: Command): readonly string[] =>
  (command.effects ?? []).flatMap((effect) => {
    if (effect.kind === "self-install") return effect.tree ?? [];
    if (effect.kind !== "python-install") return [];
    return effect.projects.flatMap((it) => (it.editable ? [] : (it.path ?? [])));
  });

function sourceOf(earlier: readonly Command[], from: string): InstalledSource | undefined {
  for (const command of earlier.toReversed()) {
    for (const effect of command.effects ?? []) {
      if (effect.kind === "clone" && isWithin(from, effect.tree.path))
        return { tree: withoutSlash(effect.tree.path), word: effect.tree.word, clone: effect };
      if (effect.kind === "unpack" && effect.into !== undefined && isWithin(from, effect.into)) {
        const into = withoutSlash(effect.into);
        const rest = from.slice(into === "/" ? 1 : into.length + 1).split("/")[0] ?? "";
        // Unpacked right where it installs: what of it stays is not told apart.
        if (rest === "") return undefined;
        const tree = `${into === "/" ? "" : into}/${rest}`;
        return { tree, word: effect.archive.word, clone: undefined };
      }
    }
  }
  return undefined;
}

/** In the layer at the end of its RUN, deleted by no later one, named by nothing after it. */
export function staysAfter(facts: Facts, run: RunInstruction, path: string): boolean {
  if (isOnMount(run, path) || run.commands.some((it) => mayRemove(it, path))) return false;
  const after = [...chainAfter(facts, run)];
  if (after.some((it) => it.kind === "run" && it.commands.some((one) => mayRemove(one, path)))) return false;
  return !usersOf(facts, run).some((it) => mentions(it, path) || startsIn(it, path));
}

const startsIn = (it: Instruction, path: string): boolean =>
  it.kind === "run" &&
  it.commands.some(({ directory }) => directory !== undefined && isWithin(directory, path));

export const mayRemove = (it: Command, path: string): boolean =>
  it.runs !== "never" &&
  it.effects?.some(
    (effect) =>
      effect.kind === "remove" &&
      (it.words.some(({ text }) => text === undefined) ||
        effect.paths.some((one) => deletes(one.path, path) || isWithin(one.path, path))),
  ) === true;
