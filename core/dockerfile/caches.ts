/** Caches that the commands of a RUN leave in its layer, what they weigh, and what keeps them out. */

import { type Size, unknownSize } from "../size/size.ts";
import type { CacheEffect } from "../tools/effect.ts";
import type { World } from "../world.ts";
import { chainAfter, chainBefore, packageBaseAt } from "./chain.ts";
import { directoriesOf, empties, isOnMount, ofAnyUser } from "./created.ts";
import type { Command, Facts, Instruction, RunInstruction } from "./facts.ts";
import { baseName, deletes, isWithin } from "./paths.ts";
import { remembered, rememberedAbout } from "./remembered.ts";

/** A command that fills a cache. */
export interface Filler {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: CacheEffect;
}

/** A cache that stays in the layer of a RUN. */
export interface KeptCache {
  readonly run: RunInstruction;
  readonly effect: CacheEffect;
  /** The last command of the RUN that fills it. */
  readonly command: Command;
  /** All commands of the RUN that fill it, and later ones that would if it were not there already. */
  readonly fillers: readonly Filler[];
}

/** One for each cache that certainly stays: no mount holds it, nothing in the RUN or of the base image empties it. */
export function keptCaches(facts: Facts, run: RunInstruction): readonly KeptCache[] {
  return fillersIn(run).flatMap((fillers): KeptCache[] => {
    const last = fillers.at(-1);
    if (last === undefined || isEmptiedByBase(facts, run, last.effect)) return [];
    if (isReadByStart(facts, last.effect)) return [];
    if (fillers.every(({ effect }) => effect.onlyIfMissing === true && isThere(facts, run, effect)))
      return [];
    return [
      {
        run,
        effect: last.effect,
        command: last.command,
        fillers: [...fillers, ...laterFillers(facts, last)],
      },
    ];
  });
}

/** By cache, the commands of a RUN that fill one which the RUN leaves in its layer. */
const fillersIn = (run: RunInstruction): readonly (readonly Filler[])[] =>
  fillingIn(run).map((places) =>
    places.flatMap(({ at, of }): Filler[] => {
      const command = run.commands[at];
      const effect = command?.effects?.[of];
      return command !== undefined && effect?.kind === "cache" ? [{ run, command, effect }] : [];
    }),
  );

/** Where a RUN fills a cache: index of the command, and of its effect. */
interface Filling {
  readonly at: number;
  readonly of: number;
  readonly effect: Pick<CacheEffect, "cache" | "directory" | "otherDirectories">;
}

const fillingIn = remembered((run: RunInstruction): readonly (readonly Filling[])[] => {
  const kept = new Map<string, Filling[]>();
  for (const [at, command] of run.commands.entries()) {
    if (command.runs === "never") continue;
    for (const [of, effect] of (command.effects ?? []).entries()) {
      if (effect.kind === "cache") {
        if (directoriesOf(effect).some((it) => isOnMount(run, it) || isOnUsersMount(run, it))) continue;
        // What may or may not run is not judged.
        if (command.runs === "perhaps") kept.delete(effect.cache);
        else {
          const { cache, directory, otherDirectories } = effect;
          const told = { cache, directory, ...(otherDirectories && { otherDirectories }) };
          kept.set(cache, [...(kept.get(cache) ?? []), { at, of, effect: told }]);
        }
      } else {
        for (const [name, fillers] of kept) {
          if (fillers.some((it) => empties(effect, it.effect))) kept.delete(name);
        }
      }
    }
    // It may delete any of them.
    if (deletesUndecided(command)) kept.clear();
  }
  return [...kept.values()];
});

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

/** Whether the layers below hold the same cache already. */
const isThere = (facts: Facts, run: RunInstruction, effect: CacheEffect): boolean =>
  chainBefore(facts, run).some((it) => leaves(it, effect.cache));

const leaves = (it: Instruction, cache: string): boolean => it.kind === "run" && cachesLeft(it).has(cache);

const cachesLeft = remembered(
  (run: RunInstruction): ReadonlySet<string> =>
    new Set(fillingIn(run).flatMap(([first]) => first?.effect.cache ?? [])),
);

function laterFillers(facts: Facts, { run, effect }: Filler): readonly Filler[] {
  return chainAfter(facts, run).flatMap((it) =>
    it.kind === "run" && leaves(it, effect.cache)
      ? fillersIn(it)
          .flat()
          .filter((filler) => filler.effect.cache === effect.cache && filler.effect.onlyIfMissing === true)
      : [],
  );
}

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
export const isEmptiedLater = (facts: Facts, { run, effect }: KeptCache): boolean =>
  chainAfter(facts, run).some(
    (it) =>
      it.kind === "run" &&
      isEmptiedIn(it, [effect.cache, ...directoriesOf(effect)].join("\n")) &&
      !leaves(it, effect.cache),
  );

/** `about`: the name of the cache and its directories, each in a line. */
const isEmptiedIn = rememberedAbout((run: RunInstruction, about): boolean => {
  const [cache = "", directory = "", ...otherDirectories] = about.split("\n");
  return run.commands.some(
    ({ runs, effects }) =>
      runs === "always" && effects?.some((it) => empties(it, { cache, directory, otherDirectories })),
  );
});

/** Whether a later RUN, of any stage that has this layer, installs from this index without fetching its own. */
export const isReadLater = (facts: Facts, { run, effect: cache }: KeptCache): boolean =>
  cache.neededBy !== undefined &&
  facts.instructions.some((it) => {
    if (it.kind !== "run" || it.index <= run.index || !chainBefore(facts, it).includes(run)) return false;
    for (const command of it.commands) {
      const effects = command.effects ?? [];
      if (effects.some((effect) => effect.kind === "cache" && effect.cache === cache.cache)) return false;
      if (effects.some((effect) => effect.kind === "install" && effect.manager === cache.neededBy))
        return true;
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
