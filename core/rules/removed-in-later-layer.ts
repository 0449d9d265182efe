import { othersBeneath } from "../dockerfile/beneath.ts";
import { cacheSize, isEmptiedByBase } from "../dockerfile/caches.ts";
import { chainBefore, packageBaseAt } from "../dockerfile/chain.ts";
import { directoriesOf, type Hidden, hiddenBy, isOnMount, keptEffects } from "../dockerfile/created.ts";
import type { Facts, Instruction, Word } from "../dockerfile/facts.ts";
import { deletes } from "../dockerfile/paths.ts";
import { copiedBySameWord } from "../dockerfile/same-word.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { atLeast, measured, type Size, unknownSize } from "../size/size.ts";
import type { CacheEffect, Effect, InstallEffect, PathWord } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";
import { type Deletion, moveFixes, pathFixes } from "./support/deletion-fixes.ts";

export const removedInLaterLayer = defineRule({
  id: "removed-in-later-layer",
  on: "dockerfile",
  peers: ["hadolint DL3059 (in part)", "mint ID.20021", "droast DF004 (in part)", "dive (after the build)"],
  summary: "A RUN deletes what an earlier layer holds: the bytes stay in the image.",
  docs: `
A layer never gets smaller. A \`RUN\` that deletes files of an earlier layer only hides them; whoever pulls the
image still pulls their bytes. Delete in the \`RUN\` that created them, do not copy them in the first place, or use
a bind mount for what only the build reads.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y curl
RUN rm -rf /var/lib/apt/lists/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY installer.tar /tmp/installer.tar
RUN tar -xf /tmp/installer.tar -C /opt && rm /tmp/installer.tar
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN curl -fsSLo /tmp/tool.tar https://example.org/tool.tar && tar -xf /tmp/tool.tar -C /opt && rm /tmp/tool.tar
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN rm -rf /tmp/*
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN --mount=type=bind,source=installer.tar,target=/tmp/installer.tar tar -xf /tmp/installer.tar -C /opt
\`\`\`
`,
  exampleContext: { "installer.tar": 4_000_000 },
  *check(facts, world) {
    const removals = [
      ...shippedSites(facts, "remove"),
      ...shippedSites(facts, "uncache"),
      ...shippedSites(facts, "uninstall"),
    ];
    for (const { run, command, effect } of removals) {
      const before = chainBefore(facts, run).toReversed();
      yield* removalsIn(facts, world, { run, command, before }, effect);
    }
  },
});

function* removalsIn(facts: Facts, world: World, site: Deletion, effect: Effect): Generator<Finding> {
  switch (effect.kind) {
    case "remove":
      for (const { word, copy } of copiedBySameWord(facts, site.run, site.command)) {
        yield {
          at: word.at,
          what: `this deletes ${facts.text.slice(word.at.start, word.at.end)}, which an earlier layer holds: its bytes stay in the image`,
          why: "A later layer only hides files. Do not copy them, or give them to the RUN as a bind mount.",
          saving: unknownSize("which file it is, only a build says"),
          related: [{ at: copy.keywordAt, message: "Copied here" }],
          fixes: [],
        };
      }
      for (const path of effect.paths) {
        if (madeHere(site, path.path)) continue;
        const finding =
          cacheRemoved(facts, world, site, path.word, path) ?? pathRemoved(facts, world, site, path);
        if (finding !== undefined) yield finding;
      }
      break;
    case "uncache": {
      const word = site.command.words[1] ?? site.command.words[0];
      const finding = word && cacheRemoved(facts, world, site, word, effect.cache);
      if (finding !== undefined) yield finding;
      break;
    }
    case "uninstall": {
      const finding = uninstalled(facts, world, site, effect);
      if (finding !== undefined) yield finding;
      break;
    }
    default:
  }
}

/** Whether an earlier command of the same RUN makes what is deleted. */
function madeHere({ run, command }: Deletion, pattern: string): boolean {
  return run.commands
    .slice(0, run.commands.indexOf(command))
    .some((it) =>
      it.effects?.some(
        (effect) =>
          (effect.kind === "create" && effect.paths.some(({ path }) => deletes(pattern, path))) ||
          (effect.kind === "cache" && directoriesOf(effect).some((it) => deletes(pattern, it))),
      ),
    );
}

/** A tool's cache that an earlier RUN left; not what the base image makes the tool delete by itself. */
function cacheRemoved(
  facts: Facts,
  world: World,
  site: Deletion,
  word: Word,
  what: PathWord | string,
): Finding | undefined {
  for (const it of site.before) {
    if (it.kind !== "run") continue;
    const kept = keptEffects(it).find(
      (effect): effect is CacheEffect =>
        effect.kind === "cache" &&
        !isEmptiedByBase(facts, it, effect) &&
        !directoriesOf(effect).some((one) => isOnMount(it, one)) &&
        (typeof what === "string"
          ? what === effect.cache
          : directoriesOf(effect).some((one) => deletes(what.path, one))),
    );
    if (kept === undefined) continue;
    return {
      at: word.at,
      what: `this deletes ${kept.label} of an earlier layer, whose bytes stay in the image`,
      why: "A later layer only hides files. Delete them in the RUN that made them.",
      saving: cacheSize(facts, world, it, kept),
      related: [{ at: it.keywordAt, message: "Filled here" }],
      get fixes() {
        return cleanups(kept).flatMap((command) =>
          moveFixes(
            facts,
            { deletion: site, word },
            { maker: it, removal: command, reads: (other) => kept.neededBy !== undefined && installs(other) },
          ),
        );
      },
    };
  }
  return undefined;
}

const cleanups = (it: CacheEffect) => it.avoid.flatMap((way) => (way.by === "cleanup" ? way.command : []));

const installs = (it: Instruction): boolean =>
  it.kind === "run" && it.commands.some(({ effects }) => effects?.some(({ kind }) => kind === "install"));

function pathRemoved(facts: Facts, world: World, site: Deletion, path: PathWord): Finding | undefined {
  for (const it of site.before) {
    const hidden = hiddenBy(path.path, it, world.context);
    if (hidden === undefined || hidden.bytes === 0) continue;
    return {
      at: path.word.at,
      what: `this deletes ${path.path}, which an earlier layer holds: its bytes stay in the image`,
      why:
        it.kind === "run"
          ? "A later layer only hides files. Create, use and delete them in one RUN."
          : "A later layer only hides files. Do not copy them, or give them to the RUN as a bind mount.",
      saving: sizeOf(world, site, path, it, hidden),
      related: [{ at: it.keywordAt, message: it.kind === "run" ? "Created here" : "Copied here" }],
      get fixes() {
        return pathFixes(facts, world, { deletion: site, path, maker: it, hidden });
      },
    };
  }
  return undefined;
}

function sizeOf(
  world: World,
  { run, before }: Deletion,
  { path }: PathWord,
  maker: Instruction,
  { bytes, lone }: Hidden,
): Size {
  if (bytes !== undefined && world.context !== undefined) {
    const from = `files of the build context (${world.context.foundBy})`;
    const others = lone || maker.kind !== "copy" ? undefined : othersBeneath(path, before, maker);
    return others === undefined ? measured(bytes, from) : atLeast(bytes, `${from}; ${others} more there`);
  }
  const deletions = run.commands.filter((it) => it.effects?.some(({ kind }) => kind === "remove"));
  const layer = world.knowledge?.layers.find((it) => it.instruction === run.source);
  // What the layer hides is this deletion's only where it is the only one.
  return layer !== undefined && deletions.length === 1 && world.knowledge !== undefined
    ? measured(layer.hides, `what layer ${layer.layer} of image ${world.knowledge.image} hides`)
    : unknownSize("analyze the built image to measure it");
}

function uninstalled(
  facts: Facts,
  world: World,
  site: Deletion,
  effect: Extract<Effect, { kind: "uninstall" }>,
): Finding | undefined {
  for (const it of site.before) {
    if (it.kind !== "run") continue;
    const here = keptEffects(it).filter(
      (one): one is InstallEffect => one.kind === "install" && one.manager === effect.manager,
    );
    const all = here.flatMap(({ packages }) => packages.flatMap(({ name }) => name ?? []));
    const gone = effect.packages.filter(({ name }) => name !== undefined && all.includes(name));
    const [first] = gone;
    if (first === undefined) continue;
    const names = gone.flatMap(({ name }) => name ?? []);
    return {
      at: first.word.at,
      what: `this removes packages of an earlier layer, whose bytes stay in the image: ${names.join(", ")}`,
      why: "A later layer only hides files. Install, use and remove them in one RUN, or use them in a stage that does not ship.",
      saving:
        world.packageSizes?.dominated({
          all,
          removed: names,
          recommends: here.some(({ recommends }) => recommends),
          base: packageBaseAt(facts, it, effect.manager),
        }) ?? unknownSize("no package sizes at hand"),
      related: [{ at: it.keywordAt, message: "Installed here" }],
      fixes: [],
    };
  }
  return undefined;
}
