/** Distribution packages that a layer below holds already, and that a RUN installs again in another version. */
import { debPackageName } from "../tools/dpkg.ts";
import type { InstallEffect, PackageWord } from "../tools/effect.ts";
import { chainBefore } from "./chain.ts";
import type { Command, Facts, RunInstruction, Word } from "./facts.ts";
import { shippedSites } from "./sites.ts";

export interface RenewedPackage {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly install: InstallEffect;
  readonly name: string;
  readonly word: Word;
  /** Where another version is asked for first; undefined: the base image may hold it, or a dependency brought it. */
  readonly earlier: Word | undefined;
}

/** With another version than an earlier RUN names, or written again whatever is there. */
export const renewedPackages = (facts: Facts): readonly RenewedPackage[] =>
  shippedSites(facts, "install").flatMap(({ run, command, effect: install }) => {
    if (install.manager !== "apt") return [];
    const before = askedBefore(facts, run);
    return install.packages.flatMap(({ name: own, word }) => {
      const name = own ?? (install.renews === "always" ? debPackageName(word.text) : undefined);
      if (name === undefined) return [];
      const earlier = before.findLast((it) => it.name === name)?.word;
      const pins = [versionOf(word), versionOf(earlier)];
      const isOther = pins.every((it) => it !== undefined) && pins[0] !== pins[1];
      return install.renews === undefined && !isOther ? [] : [{ run, command, install, name, word, earlier }];
    });
  });

/** `curl=7.88.1-10` */
const versionOf = (word: Word | undefined): string | undefined => /=(.+)$/.exec(word?.text ?? "")?.[1];

const askedBefore = (facts: Facts, run: RunInstruction): readonly PackageWord[] =>
  chainBefore(facts, run).flatMap((it) =>
    it.kind !== "run" || !facts.shipped.includes(it)
      ? []
      : it.commands.flatMap(({ effects, runs }) =>
          (effects ?? []).flatMap((effect) =>
            runs === "always" && effect.kind === "install" && effect.manager === "apt" ? effect.packages : [],
          ),
        ),
  );
