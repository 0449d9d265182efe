/** What an instruction leaves in its layer, as far as its words say. */
import type { BuildContext, ContextEntry } from "../context/build-context.ts";
import type { Bytes } from "../size/bytes.ts";
import { sumOf } from "../size/bytes.ts";
import type { CacheEffect, Effect } from "../tools/effect.ts";
import { isUnpacked } from "./copied.ts";
import type { Command, CopyInstruction, Instruction, RunInstruction } from "./facts.ts";
import { baseName, deletes, isWithin, withoutSlash } from "./paths.ts";

/** Something that a deletion by path hides. */
export interface Hidden {
  /** Undefined: what the words say has no known size. */
  readonly bytes: Bytes | undefined;
  /** The deletion takes all that the instruction brought. */
  readonly whole: boolean;
  /** One file of the build context. */
  readonly lone: boolean;
  /** Paths of the build context behind it. */
  readonly contextPaths: readonly string[];
}

/** What a deletion of `pattern` hides of an earlier instruction's layer; undefined: nothing that is certain. */
export function hiddenBy(
  pattern: string,
  it: Instruction,
  context: BuildContext | undefined,
): Hidden | undefined {
  if (it.kind === "run") return hiddenOfRun(pattern, it);
  return it.kind === "copy" ? hiddenOfCopy(pattern, it, context) : undefined;
}

/** The effects that hold at the end of a RUN, each with what later commands of the same RUN take away again. */
export const keptEffects = (run: RunInstruction): readonly Effect[] => run.keptEffects;

/** The same from the commands. */
export function keptEffectsOf(commands: readonly Command[]): readonly Effect[] {
  const kept: Effect[] = [];
  for (const command of commands) {
    if (command.runs === "never") continue;
    for (const effect of command.effects ?? []) {
      for (let index = kept.length - 1; index >= 0; index -= 1) {
        const before = kept[index];
        if (before !== undefined && takesAway(effect, before)) kept.splice(index, 1);
      }
      // What only perhaps happens is not certain to be there.
      if (command.runs === "always") kept.push(effect);
    }
  }
  return kept;
}

function takesAway(effect: Effect, before: Effect): boolean {
  if (before.kind === "cache") {
    return empties(effect, before);
  }
  if (before.kind === "create") {
    return (
      effect.kind === "remove" &&
      before.paths.every((made) => effect.paths.some(({ path }) => deletes(path, made.path)))
    );
  }
  return false;
}

/** Whether an effect empties a cache, by the tool's own word or by deleting a directory that may be its. */
export const empties = (
  effect: Effect,
  cache: Pick<CacheEffect, "cache" | "directory" | "otherDirectories">,
): boolean =>
  (effect.kind === "uncache" && effect.cache === cache.cache) ||
  (effect.kind === "remove" &&
    effect.paths.some(({ path }) =>
      directoriesOf(cache).some((it) => deletes(ofAnyUser(path), ofAnyUser(it)) || isInside(path, it)),
    ));

/** `rm DIRECTORY/*.gem`: the files that count. */
const isInside = (pattern: string, directory: string): boolean =>
  pattern.includes("*") && withoutSlash(directory) === pattern.slice(0, pattern.lastIndexOf("/"));

/** A cache below the home folder lies in that of whoever runs the build, which a Dockerfile does not always say. */
export const ofAnyUser = (path: string): string => path.replace(/^\/(?:root|home\/[^/]+)(?=\/|$)/, "/~");

export const directoriesOf = ({
  directory,
  otherDirectories = [],
}: Pick<CacheEffect, "directory" | "otherDirectories">): readonly string[] => [
  directory,
  ...otherDirectories,
];

/** Whether what is written there lands in a cache mount or a tmpfs, not in the layer. */
export const isOnMount = (run: RunInstruction, path: string): boolean =>
  run.mounts.some(
    ({ type, target }) =>
      (type === "cache" || type === "tmpfs") && target !== undefined && isWithin(path, target),
  );

function hiddenOfRun(pattern: string, run: RunInstruction): Hidden | undefined {
  const made = keptEffects(run)
    .flatMap((it) => (it.kind === "create" ? it.paths : []))
    .filter(({ path }) => deletes(pattern, path) && !isOnMount(run, path));
  return made.length === 0 ? undefined : { bytes: undefined, whole: false, lone: false, contextPaths: [] };
}

function hiddenOfCopy(
  pattern: string,
  copy: CopyInstruction,
  context: BuildContext | undefined,
): Hidden | undefined {
  const { destinationPath, sources } = copy;
  if (destinationPath === undefined) return undefined;
  if (
    copy.from !== undefined ||
    copy.heredoc ||
    sources.some(({ text }) => text === undefined || isAddress(text))
  ) {
    const only = sources[0]?.text;
    // Of a stage too: a deletion of that very name below the folder means a file of that name.
    const isNamed =
      only !== undefined && sources.length === 1 && (isAddress(only) || copy.from !== undefined);
    const place =
      destinationPath.endsWith("/") && isNamed ? `${destinationPath}${baseName(only)}` : destinationPath;
    if (copy.from !== undefined && deletes(pattern, withoutSlash(destinationPath)))
      return { bytes: undefined, whole: true, lone: false, contextPaths: [] };
    return deletes(pattern, withoutSlash(place))
      ? { bytes: undefined, whole: true, lone: false, contextPaths: [] }
      : undefined;
  }
  if (context === undefined) {
    return deletes(pattern, withoutSlash(destinationPath))
      ? { bytes: undefined, whole: true, lone: false, contextPaths: [] }
      : undefined;
  }
  const entries = sources.flatMap(({ text }) => context.matches(text ?? ""));
  const parts = entries.map((entry) => partOf(pattern, destinationPath, entry, context));
  const known = parts.flatMap((it) => it ?? []);
  if (known.length === 0) return undefined;
  return {
    bytes: context.complete && !isUnpacked(copy) ? sumOf(known.map(({ bytes }) => bytes)) : undefined,
    whole: parts.every((it) => it?.whole === true),
    lone: known.length === 1 && known.every(({ kind }) => kind === "file"),
    contextPaths: known.map(({ path }) => path),
  };
}

/** The part of one context entry, copied to a destination, that the deletion covers. */
function partOf(
  pattern: string,
  destination: string,
  entry: ContextEntry,
  context: BuildContext,
): (Pick<ContextEntry, "path" | "kind"> & { readonly bytes: Bytes; readonly whole: boolean }) | undefined {
  const top = withoutSlash(destination);
  const place =
    entry.kind === "file" && destination.endsWith("/")
      ? `${top === "/" ? "" : top}/${baseName(entry.path)}`
      : top;
  if (deletes(pattern, place)) return { ...entry, bytes: entry.taken.bytes, whole: true };
  // A directory's content lies directly below the destination.
  const below = pattern.replace(/\/\*$/, "");
  if (entry.kind !== "directory" || /[*?[]/.test(below) || !isWithin(below, top)) return undefined;
  const inside = withoutSlash(below).slice(top === "/" ? 1 : top.length + 1);
  const path = entry.path === "" ? inside : `${entry.path}/${inside}`;
  const [found] = context.matches(path);
  return found === undefined || found.taken.bytes === 0
    ? undefined
    : { ...found, bytes: found.taken.bytes, whole: false };
}

const isAddress = (source: string): boolean => /^(?:https?|ftp|git|ssh):|^git@/.test(source);
