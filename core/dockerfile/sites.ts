/** Sites: the commands that have an effect of one kind. Found once for all rules. */
import type { Effect } from "../tools/effect.ts";
import type { Command, Facts, Instruction, RunInstruction } from "./facts.ts";
import { remembered } from "./remembered.ts";

/** A command, and one of its effects. */
export interface Site<Kind extends Effect["kind"]> {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: Effect & { readonly kind: Kind };
}

/** Which RUNs have which kinds of effects. */
export class SiteIndex {
  readonly #instructions: readonly Instruction[];
  #runs: ReadonlyMap<Effect["kind"], readonly RunInstruction[]> | undefined;

  constructor(instructions: readonly Instruction[]) {
    this.#instructions = instructions;
  }

  runsWith(kind: Effect["kind"]): readonly RunInstruction[] {
    this.#runs ??= runsByKind(this.#instructions);
    return this.#runs.get(kind) ?? [];
  }

  /** Of commands that are not ruled out. */
  of<Kind extends Effect["kind"]>(kind: Kind): readonly Site<Kind>[] {
    const isOfKind = (it: Effect): it is Effect & { readonly kind: Kind } => it.kind === kind;
    return this.runsWith(kind).flatMap((run) =>
      run.commands.flatMap((command) =>
        command.runs === "never"
          ? []
          : (command.effects ?? []).filter(isOfKind).map((effect) => ({ run, command, effect })),
      ),
    );
  }
}

function runsByKind(
  instructions: readonly Instruction[],
): ReadonlyMap<Effect["kind"], readonly RunInstruction[]> {
  const res = new Map<Effect["kind"], RunInstruction[]>();
  for (const it of instructions) {
    if (it.kind !== "run" || it.onbuild) continue;
    for (const kind of kindsOf(it)) {
      const runs = res.get(kind);
      if (runs === undefined) res.set(kind, [it]);
      else runs.push(it);
    }
  }
  return res;
}

const kindsOf = remembered<RunInstruction, ReadonlySet<Effect["kind"]>>(
  (run) =>
    new Set(
      run.commands.flatMap(({ runs, effects = [] }) =>
        runs === "never" ? [] : effects.map(({ kind }) => kind),
      ),
    ),
);

const isCertain = ({ command }: { readonly command: Command }): boolean => command.runs === "always";

/** Commands that run in every build, of instructions whose layers ship, in source order. */
export const shippedSites = <Kind extends Effect["kind"]>(facts: Facts, kind: Kind): readonly Site<Kind>[] =>
  facts.shippedSites.of(kind).filter(isCertain);

/** The same in all stages, ONBUILD triggers apart. */
export const sitesOf = <Kind extends Effect["kind"]>(facts: Facts, kind: Kind): readonly Site<Kind>[] =>
  facts.sites.of(kind).filter(isCertain);

/** In all stages, with commands that run in some builds only. */
export const possibleSitesOf = <Kind extends Effect["kind"]>(
  facts: Facts,
  kind: Kind,
): readonly Site<Kind>[] => facts.sites.of(kind);

/** The RUNs whose layers ship and that may have such an effect. */
export const shippedRunsWith = (facts: Facts, kind: Effect["kind"]): readonly RunInstruction[] =>
  facts.shippedSites.runsWith(kind);

/** The same in all stages. */
export const runsWith = (facts: Facts, kind: Effect["kind"]): readonly RunInstruction[] =>
  facts.sites.runsWith(kind);
