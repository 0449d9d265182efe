import {
  cacheSize,
  isEmptiedLater,
  isReadLater,
  type KeptCache,
  keptCaches,
  runsAsOther,
} from "../dockerfile/caches.ts";
import { addFlag, appendCommand, insertWord, removeCommand } from "../dockerfile/edits.ts";
import type { Facts, RunInstruction } from "../dockerfile/facts.ts";
import { type Edit, insertAt } from "../text/edit.ts";
import { cover } from "../text/span.ts";
import type { Remedy } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const packageCacheKept = defineRule({
  id: "package-cache-kept",
  on: "dockerfile",
  peers: [
    "hadolint DL3009",
    "hadolint DL3042",
    "hadolint DL3060",
    "dockle DKL-DI-0005",
    "tally ruby/leftover-bundler-cache",
  ],
  summary: "The index or the downloads of a package manager stay in the layer that fetched them.",
  docs: `
\`apt-get update\` writes the package index below \`/var/lib/apt/lists\`. Nothing reads it at run time, and a
later \`RUN\` that deletes it hides the files without giving their bytes back: the deletion has to stand in
the same \`RUN\`, or the directory has to be a cache mount.

The same holds for the downloads of pip, uv, Poetry, npm, Yarn, Composer, conda, Go and Cargo. uv links files from its
cache into the environment: kept in the same layer, the cache costs a few megabytes of metadata, and a second copy of
everything only with \`UV_LINK_MODE=copy\`.

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
      for (const kept of keptCaches(facts, run)) {
        // A later deletion is the finding of removed-in-later-layer.
        if (!isEmptiedLater(facts, run, kept)) yield findingOf(facts, world, run, kept);
      }
    }
  },
});

const whys = {
  index: "Only installs read an index, nothing does at run time",
  downloads: "Downloads are needed once, to install",
  builds: "Only a later build would read it",
} as const;

function findingOf(facts: Facts, world: World, run: RunInstruction, kept: KeptCache): Finding {
  const { effect, command } = kept;
  const [program, action] = command.words;
  return {
    at: program && action ? cover(program.at, action.at) : command.at,
    what: `this layer keeps ${effect.label}`,
    why: `${whys[effect.holds]}, and a later instruction that deletes it does not give its bytes back.`,
    saving: cacheSize(facts, world, run, effect),
    get fixes() {
      return isReadLater(facts, run, kept)
        ? []
        : effect.avoid.flatMap((way) =>
            isRoots(way) && runsAsOther(facts, run) ? [] : (fixBy(way, facts, run, kept) ?? []),
          );
    },
  };
}

const isRoots = (way: Remedy): boolean =>
  (way.by === "mount" && way.target.startsWith("/root/")) ||
  (way.by === "cleanup" && way.command.includes(" /root/"));

function fixBy(way: Remedy, facts: Facts, run: RunInstruction, kept: KeptCache): Fix | undefined {
  const { label } = kept.effect;
  switch (way.by) {
    case "cleanup": {
      const edit = appendCommand(facts, run, way.command);
      return edit && { title: `Delete ${label} in the same RUN`, safety: "safe", edits: [edit] };
    }
    case "mount": {
      if (run.form !== "shell") return undefined;
      const mount = `--mount=type=cache,target=${way.target}${way.locked ? ",sharing=locked" : ""}`;
      return {
        title: "Keep the cache on a cache mount (BuildKit)",
        safety: "review",
        edits: [addFlag(run, mount)],
      };
    }
    case "flag":
      return commandFix(`Add ${way.flag}`, facts, run, kept);
    case "variable":
      return commandFix(`Set ${way.assignment}`, facts, run, kept);
    case "omission":
      return commandFix("Leave the command out", facts, run, kept);
  }
}

/** Ways that concern single commands have to exist for every command of the RUN that fills the cache. */
function commandFix(
  title: string,
  facts: Facts,
  run: RunInstruction,
  { fillers }: KeptCache,
): Fix | undefined {
  const edits = fillers.map((it) => commandEdit(facts, run, it));
  const known = edits.flatMap((it) => it ?? []);
  return known.length < edits.length ? undefined : { title, safety: "safe", edits: known };
}

/** The first way that concerns the command alone. */
function commandEdit(
  facts: Facts,
  run: RunInstruction,
  { command, effect }: KeptCache["fillers"][number],
): Edit | undefined {
  for (const way of effect.avoid) {
    if (way.by === "flag") return insertWord(way.after, way.flag);
    if (way.by === "variable")
      return run.form === "shell" ? insertAt(command.at.start, `${way.assignment} `) : undefined;
    if (way.by === "omission") return removeCommand(facts, run, command);
  }
  return undefined;
}
