/** What a clone or an unpacked download brings: files that nobody at hand can read. */
import { chainBefore } from "./chain.ts";
import type { Facts, RunInstruction } from "./facts.ts";
import { isWithin } from "./paths.ts";

/** The RUN itself or one below it in the chain fetches the tree that a path lies in. */
export const isFetched = (facts: Facts, run: RunInstruction, path: string): boolean =>
  [...chainBefore(facts, run), run].some(
    (it) =>
      it.kind === "run" &&
      it.commands.some(
        ({ effects, runs, words }) =>
          runs !== "never" &&
          effects?.some(
            (effect) =>
              (effect.kind === "clone" && isWithin(path, effect.tree.path)) ||
              (effect.kind === "unpack" && isBelow(path, effect.into)) ||
              (effect.kind === "create" &&
                isStreamReader(words[0]?.text) &&
                effect.paths.some((folder) => isBelow(path, folder.path))),
          ),
      ),
  );

const isBelow = (path: string, folder: string | undefined): boolean =>
  folder !== undefined && folder !== "/" && isWithin(path, folder);

/** What comes through a pipe has no archive to name: `curl … | tar xz -C /app`. */
const isStreamReader = (program: string | undefined): boolean => /^(?:bsd|g)?tar$/.test(program ?? "");
