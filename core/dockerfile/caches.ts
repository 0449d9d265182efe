/** Caches that the commands of a RUN leave in its layer, what they weigh, and what keeps them out. */

import type { Size } from "../size/size.ts";
import { unknownSize } from "../size/size.ts";
import type { CacheEffect, Effect } from "../tools/effect.ts";
import type { World } from "../world.ts";
import { chainAfter, chainBefore, packageBaseAt } from "./chain.ts";
import { isOnMount } from "./created.ts";
import type { Command, Facts, RunInstruction } from "./facts.ts";
import { baseName, deletes, isWithin, withoutSlash } from "./paths.ts";

/** A cache that stays in the layer of a RUN. */
export interface KeptCache {
  readonly effect: CacheEffect;
  /** The last command that fills it. */
  readonly command: Command;
  /** All commands of the RUN that fill it, each with what it says. */
  readonly fillers: readonly { readonly command: Command; readonly effect: CacheEffect }[];
}

/** One for each cache that certainly stays: no mount holds it, nothing in the RUN or of the base image empties it. */
export function keptCaches(facts: Facts, run: RunInstruction): readonly KeptCache[] {
  const kept = new Map<string, KeptCache>();
  for (const command of run.commands) {
    if (command.runs === "never") continue;
    for (const effect of command.effects ?? []) {
      if (effect.kind === "cache") {
        const before = kept.get(effect.cache)?.fillers ?? [];
        // What may or may not run is not judged.
        if (command.runs === "perhaps") kept.delete(effect.cache);
        else kept.set(effect.cache, { effect, command, fillers: [...before, { command, effect }] });
      } else {
        for (const it of kept.values()) if (empties(effect, it.effect)) kept.delete(it.effect.cache);
      }
    }
    // It may delete any of them.
    if (deletesUndecided(command)) kept.clear();
  }
  return [...kept.values()].filter(
    ({ effect }) =>
      !isOnMount(run, effect.directory) &&
      !isOnUsersMount(run, effect.directory) &&
      !isEmptiedByBase(facts, run, effect) &&
      !isReadByStart(facts, effect),
  );
}

export const empties = (effect: Effect, cache: CacheEffect): boolean =>
  (effect.kind === "uncache" && effect.cache === cache.cache) ||
  (effect.kind === "remove" &&
    effect.paths.some(
      ({ path }) => deletes(ofAnyUser(path), ofAnyUser(cache.directory)) || isInside(path, cache.directory),
    ));

/** `rm DIRECTORY/*.gem`: the files that count. */
const isInside = (pattern: string, directory: string): boolean =>
  pattern.includes("*") && withoutSlash(directory) === pattern.slice(0, pattern.lastIndexOf("/"));

/** A cache below the home folder lies in that of whoever runs the build, which a Dockerfile does not always say. */
const ofAnyUser = (path: string): string => path.replace(/^\/(?:root|home\/[^/]+)(?=\/|$)/, "/~");

const isOnUsersMount = (run: RunInstruction, directory: string): boolean =>
  run.mounts.some(
    ({ type, target }) =>
      (type === "cache" || type === "tmpfs") &&
      target !== undefined &&
      isWithin(ofAnyUser(directory), ofAnyUser(target)),
  );

const deletesUndecided = ({ effects, words }: Command): boolean =>
  effects?.some(({ kind }) => kind === "remove") === true && words.some(({ text }) => text === undefined);

/** The image starts a program that reads the cache. */
const isReadByStart = (facts: Facts, { readBy = [] }: CacheEffect): boolean =>
  readBy.length > 0 &&
  facts.shipped.some(
    (it) =>
      (it.keyword === "CMD" || it.keyword === "ENTRYPOINT") &&
      it.kind === "other" &&
      it.words.some(({ text }) => text !== undefined && readBy.includes(baseName(text))),
  );

/** Whether a RUN is known not to belong to root, so that root's folders are not its own. */
export const runsAsOther = (facts: Facts, run: RunInstruction): boolean => {
  const user = chainBefore(facts, run).findLast(({ keyword }) => keyword === "USER");
  return user?.kind === "other" && !/^(?:root|0)(?::|$)/.test(user.words[0]?.text ?? "");
};

/** Whether the base image makes the tool empty the cache, and neither this RUN nor an earlier one takes that away. */
export function isEmptiedByBase(facts: Facts, run: RunInstruction, { emptiedBy }: CacheEffect): boolean {
  if (emptiedBy === undefined) return false;
  return ![...chainBefore(facts, run), run].some(
    (it) =>
      it.kind === "run" &&
      it.commands.some(
        (command) =>
          command.runs === "always" &&
          command.effects?.some(
            (effect) => effect.kind === "remove" && effect.paths.some(({ path }) => deletes(path, emptiedBy)),
          ),
      ),
  );
}

/** Whether a later RUN that ships empties it and does not fill it again: its bytes are hidden there, not here. */
export const isEmptiedLater = (facts: Facts, run: RunInstruction, { effect }: KeptCache): boolean =>
  chainAfter(facts, run).some(
    (it) =>
      it.kind === "run" &&
      it.commands.some(
        (command) => command.runs === "always" && command.effects?.some((one) => empties(one, effect)),
      ) &&
      !it.commands.some((command) =>
        command.effects?.some((one) => one.kind === "cache" && one.cache === effect.cache),
      ),
  );

/** Whether a later RUN, of any stage that has this layer, installs from this index without fetching its own. */
export const isReadLater = (facts: Facts, run: RunInstruction, { effect: cache }: KeptCache): boolean =>
  cache.holds === "index" &&
  facts.instructions.some((it) => {
    if (it.kind !== "run" || it.index <= run.index || !chainBefore(facts, it).includes(run)) return false;
    for (const command of it.commands) {
      const effects = command.effects ?? [];
      if (effects.some((effect) => effect.kind === "cache" && effect.cache === cache.cache)) return false;
      if (effects.some((effect) => effect.kind === "install")) return true;
    }
    return false;
  });

export function cacheSize(facts: Facts, world: World, run: RunInstruction, { cost }: CacheEffect): Size {
  switch (cost.kind) {
    case "package-lists":
      return world.packageSizes?.lists(packageBaseAt(facts, run, cost.manager)) ?? noPrices;
    case "package-archives": {
      const installs = run.commands
        .flatMap((it) => (it.runs === "never" ? [] : (it.effects ?? [])))
        .flatMap((it) => (it.kind === "install" && it.manager === cost.manager ? [it] : []));
      return (
        world.packageSizes?.archives({
          all: installs.flatMap((it) => it.packages.flatMap(({ name }) => name ?? [])),
          recommends: installs.some((it) => it.recommends),
          base: packageBaseAt(facts, run, cost.manager),
        }) ?? noPrices
      );
    }
    default:
      return cost;
  }
}

const noPrices = unknownSize("no package sizes at hand");
