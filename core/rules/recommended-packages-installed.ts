import { chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import { insertWord } from "../dockerfile/edits.ts";
import type { Facts, Instruction, RunInstruction } from "../dockerfile/facts.ts";
import { isWithin } from "../dockerfile/paths.ts";
import { remembered } from "../dockerfile/remembered.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { middleOf } from "../size/size.ts";
import type { InstallEffect } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const recommendedPackagesInstalled = defineRule({
  id: "recommended-packages-installed",
  on: "dockerfile",
  peers: [
    ...["hadolint DL3015", "trivy DS-0029", "droast DF016", "dockerfile-doctor DD003"],
    "KICS apt_get_not_avoiding_additional_packages",
  ],
  summary: "apt installs recommended packages that nobody named.",
  docs: `
apt also installs what packages only recommend. The saving is what these very packages bring along with and without
their recommendations, from Debian's index. Where a recommended package is wanted, name it.

The fix asks for review, because files that a program may use at run time are no longer there.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN echo 'APT::Install-Recommends "false";' > /etc/apt/apt.conf.d/99-lean
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
RUN apt-get update && apt-get install -y git

FROM debian:12
COPY --from=build /etc/hostname /etc/built-on
\`\`\`
`,
  examplePrices: true,
  *check(facts, world) {
    for (const { run, command, effect } of shippedSites(facts, "install")) {
      if (!effect.recommends || setsApt(run) || chainBefore(facts, run).some(setsApt)) continue;
      const later = run.commands.slice(run.commands.indexOf(command) + 1).flatMap((it) => it.effects ?? []);
      if (later.some((it) => it.kind === "uninstall")) continue;
      const finding = findingOf(facts, world, run, effect);
      if (finding !== undefined) yield finding;
    }
  },
});

/** An instruction that may change what apt installs by itself. */
const setsApt = remembered((it: Instruction): boolean =>
  it.kind === "copy"
    ? it.destinationPath !== undefined && isWithin(it.destinationPath, "/etc/apt")
    : it.kind === "run" &&
      it.commands.some(({ effects }) =>
        effects?.some(
          (effect) =>
            effect.kind === "create" &&
            effect.paths.some(
              ({ path }) => isWithin(path, "/etc/apt/apt.conf.d") || path === "/etc/apt/apt.conf",
            ),
        ),
      ),
);

function findingOf(
  facts: Facts,
  world: World,
  run: RunInstruction,
  { action, recommends, recommendsFlag, packages, manager }: InstallEffect,
): Finding | undefined {
  const names = packages.flatMap(({ name }) => name ?? []);
  if (!recommends || recommendsFlag === undefined || action === undefined || names.length === 0)
    return undefined;
  const base = packageBaseAt(facts, run, manager);
  // What is named elsewhere is there anyway: without recommendations it comes along a line later.
  const named = shippedSites(facts, "install").flatMap(({ effect }) =>
    effect.manager === manager ? effect.packages.flatMap(({ name }) => name ?? []) : [],
  );
  const alsoInstalled = [
    ...(base.alsoInstalled ?? []),
    ...new Set(named.filter((it) => !names.includes(it))),
  ];
  const saving = world.packageSizes?.recommended({ all: names, base: { ...base, alsoInstalled } });
  // Without prices nobody knows whether anything is recommended at all.
  if (saving === undefined || middleOf(saving) === 0) return undefined;
  return {
    at: action.at,
    what:
      saving.kind === "unknown"
        ? "packages that are only recommended may be installed too"
        : "packages that are only recommended are installed too",
    why: "Nobody named them, and most images never use them.",
    saving,
    get fixes(): readonly Fix[] {
      return [
        { title: `Add ${recommendsFlag}`, safety: "review", edits: [insertWord(action, recommendsFlag)] },
      ];
    },
  };
}
