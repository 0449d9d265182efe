/**
 * Chains: which instructions lie below and above one in the images that are built from it, and who uses its files.
 *
 * Invariant: each question is worked out once per facts.
 */
import type { PackageBase } from "../size/package-sizes.ts";
import type { Manager } from "../tools/effect.ts";
import { packagesOfBase } from "./base-packages.ts";
import type { Facts, Instruction, Stage } from "./facts.ts";
import { rememberedAbout } from "./remembered.ts";

export class Chains {
  readonly #stages: readonly Stage[];
  readonly #instructions: readonly Instruction[];
  readonly #shipped: readonly Instruction[];
  /** For each stage, itself and those it starts from. */
  readonly #ancestry: readonly ReadonlySet<number>[];
  readonly #run: (readonly Instruction[])[] = [];
  readonly #before = new Map<Instruction, readonly Instruction[]>();
  readonly #after = new Map<Instruction, readonly Instruction[]>();
  readonly #users = new Map<Instruction, readonly Instruction[]>();
  readonly #bases = new Map<Manager, Map<Instruction, PackageBase>>();

  constructor(
    stages: readonly Stage[],
    instructions: readonly Instruction[],
    shipped: readonly Instruction[],
  ) {
    this.#stages = stages;
    this.#instructions = instructions;
    this.#shipped = shipped;
    const ancestry: ReadonlySet<number>[] = [];
    for (const { index, parent } of stages) {
      // A parent stands above its children.
      ancestry.push(new Set([...(parent === undefined ? [] : (ancestry[parent] ?? [])), index]));
    }
    this.#ancestry = ancestry;
  }

  /** Whether one instruction's layer lies below another's. */
  isBelow(lower: Instruction, upper: Instruction): boolean {
    return (
      lower.index < upper.index && !lower.onbuild && this.#ancestry[upper.stage]?.has(lower.stage) === true
    );
  }

  before(instruction: Instruction): readonly Instruction[] {
    return kept(this.#before, instruction, () =>
      [...(this.#ancestry[instruction.stage] ?? [])].flatMap((at) => {
        const run = this.#runIn(at);
        // A parent stands above its children as a whole.
        const end = at === instruction.stage ? run.findIndex((it) => it.index >= instruction.index) : -1;
        return end === -1 ? run : run.slice(0, end);
      }),
    );
  }

  /** What runs in a stage. */
  #runIn(stage: number): readonly Instruction[] {
    const known = this.#run[stage];
    if (known !== undefined) return known;
    const res = this.#stages[stage]?.instructions.filter((it) => !it.onbuild) ?? [];
    this.#run[stage] = res;
    return res;
  }

  after(instruction: Instruction): readonly Instruction[] {
    return kept(this.#after, instruction, () => this.#shipped.filter((it) => this.isBelow(instruction, it)));
  }

  users(instruction: Instruction): readonly Instruction[] {
    return kept(this.#users, instruction, () =>
      this.#instructions.filter((it) => {
        if (it.index <= instruction.index) return false;
        if (it.kind === "copy" && it.fromStage !== undefined) {
          return this.#ancestry[it.fromStage]?.has(instruction.stage) === true;
        }
        const mounts = it.kind === "run" ? it.mounts : [];
        return (
          this.isBelow(instruction, it) ||
          mounts.some(
            ({ fromStage }) =>
              fromStage !== undefined && this.#ancestry[fromStage]?.has(instruction.stage) === true,
          )
        );
      }),
    );
  }

  packageBase(instruction: Instruction, manager: Manager): PackageBase {
    const bases = this.#bases.get(manager) ?? new Map<Instruction, PackageBase>();
    this.#bases.set(manager, bases);
    return kept(bases, instruction, () => ({
      image: this.#stages[instruction.stage]?.baseImage,
      manager,
      alsoInstalled: [
        ...(manager === "apt" ? packagesOfBase(this.#stages[instruction.stage]?.baseImage) : []),
        ...this.before(instruction).flatMap((it) => installedNames(it, manager)),
      ],
    }));
  }
}

function kept<Value>(values: Map<Instruction, Value>, instruction: Instruction, make: () => Value): Value {
  const known = values.get(instruction);
  if (known !== undefined) return known;
  const value = make();
  values.set(instruction, value);
  return value;
}

const installedNames = rememberedAbout((it: Instruction, manager: Manager): readonly string[] => {
  if (it.kind !== "run") return [];
  return it.commands.flatMap((command) =>
    command.runs === "never"
      ? []
      : (command.effects ?? []).flatMap((effect) =>
          effect.kind === "install" && effect.manager === manager
            ? effect.packages.flatMap(({ name }) => name ?? [])
            : [],
        ),
  );
});

/** Instructions whose layers lie below this one's, lowest first: earlier ones of its stage and of its ancestors. */
export const chainBefore = (facts: Facts, instruction: Instruction): readonly Instruction[] =>
  facts.chains.before(instruction);

/** Shipped instructions whose layers lie above this one's in at least one shipped stage. */
export const chainAfter = (facts: Facts, instruction: Instruction): readonly Instruction[] =>
  facts.chains.after(instruction);

/** What is installed already where an instruction runs: its base image, and what earlier instructions brought. */
export const packageBaseAt = (facts: Facts, instruction: Instruction, manager: Manager): PackageBase =>
  facts.chains.packageBase(instruction, manager);
