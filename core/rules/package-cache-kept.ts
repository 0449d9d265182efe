import { chainAfter, chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import { isOnMount } from "../dockerfile/created.ts";
import { addFlag, appendCommand } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { deletes } from "../dockerfile/paths.ts";
import { unknownSize } from "../size/size.ts";
import { cover } from "../text/span.ts";
import type { Effect } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const packageCacheKept = defineRule({
  id: "package-cache-kept",
  on: "dockerfile",
  peers: ["hadolint DL3009", "dockle DKL-DI-0005"],
  summary: "Package lists or downloaded packages of apt stay in the layer that fetched them.",
  docs: `
\`apt-get update\` writes the package index below \`/var/lib/apt/lists\`. Nothing reads it at run time, and a
later \`RUN\` that deletes it hides the files without giving their bytes back: the deletion has to stand in
the same \`RUN\`, or the directory has to be a cache mount.

Downloaded \`.deb\` files need no attention on Debian's and Ubuntu's images, which delete them by
themselves (\`/etc/apt/apt.conf.d/docker-clean\`); they are reported where a line takes that away.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y curl
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
RUN apt-get update && apt-get install -y gcc

FROM debian:12
RUN true
\`\`\`
`,
  *check(facts, world) {
    for (const run of facts.shipped) {
      if (run.kind !== "run" || run.opaque !== undefined) continue;
      for (const cache of ["apt-lists", "apt-archives"] as const) {
        const kept = keptCache(facts, run, cache);
        if (kept !== undefined) yield findingOf(facts, world, run, kept);
      }
    }
  },
});

interface KeptCache {
  readonly cache: "apt-lists" | "apt-archives";
  readonly directory: string;
  readonly command: Command;
}

/** The last command of the RUN that certainly fills the cache, when nothing keeps or takes it out of the layer. */
function keptCache(facts: Facts, run: RunInstruction, cache: KeptCache["cache"]): KeptCache | undefined {
  let kept: KeptCache | undefined;
  for (const command of run.commands) {
    if (command.runs === "never") continue;
    for (const effect of command.effects ?? []) {
      if (effect.kind === "cache" && effect.cache === cache) {
        // What may or may not run is not judged.
        kept = command.runs === "always" ? { cache, directory: effect.directory, command } : undefined;
      } else if (kept !== undefined && empties(effect, kept)) kept = undefined;
    }
  }
  if (kept === undefined || isOnMount(run, kept.directory)) return undefined;
  if (cache === "apt-archives" && !losesDockerClean(facts, run)) return undefined;
  // A later deletion is the finding of removed-in-later-layer.
  if (deletedLater(facts, run, kept)) return undefined;
  return kept;
}

const empties = (effect: Effect, kept: KeptCache): boolean =>
  (effect.kind === "uncache" && effect.cache === kept.cache) ||
  (effect.kind === "remove" && effect.paths.some((it) => deletes(it.path, kept.directory)));

/** Whether this RUN or an earlier one takes away Debian's rule that deletes downloaded packages. */
const losesDockerClean = (facts: Facts, run: RunInstruction): boolean =>
  [...chainBefore(facts, run), run].some(
    (it) =>
      it.kind === "run" &&
      it.commands.some(
        (command) =>
          command.runs === "always" &&
          command.effects?.some(
            (effect) =>
              effect.kind === "remove" && effect.paths.some((path) => path.path.endsWith("/docker-clean")),
          ),
      ),
  );

const deletedLater = (facts: Facts, run: RunInstruction, kept: KeptCache): boolean =>
  chainAfter(facts, run).some(
    (it) =>
      it.kind === "run" &&
      facts.shipped.includes(it) &&
      it.commands.some(
        (command) => command.runs === "always" && command.effects?.some((effect) => empties(effect, kept)),
      ) &&
      !it.commands.some((command) =>
        command.effects?.some((effect) => effect.kind === "cache" && effect.cache === kept.cache),
      ),
  );

function findingOf(facts: Facts, world: World, run: RunInstruction, kept: KeptCache): Finding {
  const base = packageBaseAt(facts, run);
  const installs = run.commands.flatMap((it) => it.effects ?? []).filter((it) => it.kind === "install");
  const names = installs.flatMap((it) => it.packages.flatMap(({ name }) => name ?? []));
  const recommends = installs.some((it) => it.recommends);
  const isLists = kept.cache === "apt-lists";
  const saving = isLists
    ? world.packageSizes?.lists(base)
    : world.packageSizes?.archives({ all: names, recommends, base });
  const [program, action] = kept.command.words;
  return {
    at: program && action ? cover(program.at, action.at) : kept.command.at,
    what: isLists ? "apt's package lists stay in this layer" : "apt's downloaded packages stay in this layer",
    why: isLists
      ? "Nothing reads them at run time, and deleting them in a later instruction does not give their bytes back."
      : "The rule of Debian's images that deletes them is taken away, and the directory is no cache mount.",
    saving: saving ?? unknownSize("no package sizes at hand"),
    fixes: isReadLater(facts, run, kept) ? [] : fixesOf(facts, run, kept),
  };
}

/** Whether a later RUN, of any stage that has this layer, installs from these lists without fetching its own. */
const isReadLater = (facts: Facts, run: RunInstruction, kept: KeptCache): boolean =>
  kept.cache === "apt-lists" &&
  facts.instructions.some((it) => {
    if (it.kind !== "run" || it.index <= run.index || !chainBefore(facts, it).includes(run)) return false;
    for (const command of it.commands) {
      const effects = command.effects ?? [];
      if (effects.some((effect) => effect.kind === "cache" && effect.cache === "apt-lists")) return false;
      if (effects.some((effect) => effect.kind === "install")) return true;
    }
    return false;
  });

function fixesOf(facts: Facts, run: RunInstruction, kept: KeptCache): readonly Fix[] {
  const isLists = kept.cache === "apt-lists";
  const removal = appendCommand(facts, run, isLists ? "rm -rf /var/lib/apt/lists/*" : "apt-get clean");
  const mount = addFlag(
    run,
    `--mount=type=cache,target=${isLists ? "/var/lib/apt" : "/var/cache/apt"},sharing=locked`,
  );
  const fixes: Fix[] = [];
  if (removal !== undefined) {
    const title = isLists
      ? "Delete the package lists in the same RUN"
      : "Delete the downloaded packages in the same RUN";
    fixes.push({ title, safety: "safe", edits: [removal] });
  }
  if (run.form === "shell") {
    fixes.push({ title: "Keep the cache on a cache mount (BuildKit)", safety: "review", edits: [mount] });
  }
  return fixes;
}
