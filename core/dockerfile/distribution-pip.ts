/** pip as a package of the distribution: who asks for it, and how the layer can be without it in the end. */
import type { Edit } from "../text/edit.ts";
import type { InstallEffect, PackageWord } from "../tools/effect.ts";
import { chainAfter, chainBefore } from "./chain.ts";
import { appendCommand, removeInstruction, removeWords } from "./edits.ts";
import type { Command, Facts, Instruction, RunInstruction } from "./facts.ts";
import { mentions, usersOf } from "./mentions.ts";
import { shippedSites } from "./sites.ts";

export interface PipPackage {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly install: InstallEffect;
  readonly asked: PackageWord & { readonly name: string };
}

const names = new Set(["python3-pip", "python-pip", "py3-pip"]);

/** Those that no later command takes away again. */
export const pipPackages = (facts: Facts): readonly PipPackage[] =>
  shippedSites(facts, "install").flatMap(({ run, command, effect }) => {
    if (effect.manager !== "apt" && effect.manager !== "apk") return [];
    const asked = effect.packages.find(({ name }) => names.has(name ?? ""));
    if (asked?.name === undefined) return [];
    const all = [run, ...chainAfter(facts, run)];
    const isGone = all.some(
      (it) => it.kind === "run" && (it.opaque !== undefined || mayRemove(it, asked.name)),
    );
    return isGone ? [] : [{ run, command, install: effect, asked: { ...asked, name: asked.name } }];
  });

const mayRemove = (run: RunInstruction, pip: string | undefined): boolean =>
  run.commands.some(({ effects }) =>
    effects?.some(
      (it) =>
        (it.kind === "uninstall" &&
          (it.orphans || it.packages.some(({ name }) => name === undefined || name === pip))) ||
        it.kind === "disown",
    ),
  );

export interface PipRemoval {
  readonly edits: readonly Edit[];
  /** Nothing of the Dockerfile calls pip: it is not installed at all. Else it goes where its RUN ends. */
  readonly unused: boolean;
}

/** Undefined where a later layer calls pip, or something unknown may. */
export function pipRemoval(
  facts: Facts,
  { run, command, install, asked }: PipPackage,
): PipRemoval | undefined {
  const users = usersOf(facts, run);
  if (users.some(mayUsePip)) return undefined;
  const after = run.commands.slice(run.commands.indexOf(command) + 1);
  if (after.some((it) => it.effects === undefined)) return undefined;
  if (!after.some(callsPip)) {
    const edits =
      install.packages.length > 1
        ? removeWords(facts, command.words, [asked.word])
        : run.commands.every(installsOnly)
          ? [removeInstruction(facts, run)]
          : undefined;
    return edits && { edits, unused: true };
  }
  // With pip would go the Python that only pip needs.
  if (![...chainBefore(facts, run), run].some(asksForPython)) return undefined;
  const removal = install.manager === "apt" ? "apt-get purge -y --auto-remove" : "apk del";
  const edit = appendCommand(facts, run, `${removal} ${asked.name}`);
  return edit && { edits: [edit], unused: false };
}

const callsPip = ({ effects, words }: Command): boolean =>
  effects?.some(({ kind }) => kind === "python-install" || kind === "build") === true ||
  words.some(({ text }) => /(?:^|\/)pip[\d.]*$/.test(text ?? ""));

const mayUsePip = (it: Instruction): boolean =>
  it.kind === "run"
    ? it.opaque !== undefined || it.commands.some((one) => one.effects === undefined || callsPip(one))
    : mentions(it, "/pip") || mentions(it, "/pip3");

/** Nothing else happens: the one package, its index, and their removal. */
const installsOnly = ({ effects }: Command): boolean =>
  effects?.every(
    (it) =>
      (it.kind === "install" && it.packages.every(({ name }) => names.has(name ?? ""))) ||
      ["cache", "uncache", "remove", "nothing"].includes(it.kind),
  ) === true;

const asksForPython = (it: Instruction): boolean =>
  it.kind === "run" &&
  it.commands.some(({ effects, runs }) =>
    effects?.some(
      (effect) =>
        runs === "always" &&
        effect.kind === "install" &&
        effect.packages.some(({ name }) => /^python3?(?:\.\d+)?(?:-minimal)?$/.test(name ?? "")),
    ),
  );
