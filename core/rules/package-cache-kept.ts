import {
  cacheSize,
  type Filler,
  isEmptiedLater,
  isReadLater,
  type KeptCache,
  keptCaches,
  runsAsOther,
} from "../dockerfile/caches.ts";
import { addFlag, appendCommand, insertWord, removeCommand } from "../dockerfile/edits.ts";
import type { Facts, RunInstruction } from "../dockerfile/facts.ts";
import { shippedRunsWith } from "../dockerfile/sites.ts";
import { type Edit, insertAt } from "../text/edit.ts";
import { cover } from "../text/span.ts";
import type { Remedy } from "../tools/effect.ts";
import type { World } from "../world.ts";
import type { Finding, Fix, FixSafety } from "./finding.ts";
import { defineRule } from "./rule.ts";

/** Each means the cache of one tool: a comment for one of them says nothing about another. */
const peersOf: Readonly<Record<string, readonly string[]>> = {
  "apt-lists": ["hadolint DL3009"],
  apk: ["hadolint DL3019"],
  dnf: ["hadolint DL3032", "hadolint DL3040"],
  zypper: ["hadolint DL3036"],
  pip: ["hadolint DL3042"],
  yarn: ["hadolint DL3060"],
};

export const packageCacheKept = defineRule({
  id: "package-cache-kept",
  on: "dockerfile",
  peers: [
    ...Object.values(peersOf).flat(),
    ...["dockle DKL-DI-0004", "dockle DKL-DI-0005", "trivy DS-0015"],
    ...["trivy DS-0025", "droast DF004", "droast DF029", "droast DF030", "dockerfile-doctor DD004"],
    ...["dockerfile-doctor DD009", "tally prefer-package-cache-mounts", "tally ruby/leftover-bundler-cache"],
  ],
  summary: "The index or the downloads of a package manager stay in the layer that fetched them.",
  docs: `
\`apt-get update\` writes the package index below \`/var/lib/apt/lists\`. Nothing reads it at run time, and a
later \`RUN\` that deletes it hides the files without giving their bytes back: the deletion has to stand in
the same \`RUN\`, or the directory has to be a cache mount.

Downloaded \`.deb\` files need no attention on Debian's and Ubuntu's images, which delete them by
themselves (\`/etc/apt/apt.conf.d/docker-clean\`); they are reported where a line takes that away.

The same holds for the downloads of pip, uv, Poetry, npm, Yarn, Composer, conda, Go and Cargo. uv links files from its
cache into the environment: kept in the same layer, the cache costs a few megabytes of metadata, and a second copy of
everything only with \`UV_LINK_MODE=copy\`.

So it is with the index that apk keeps without \`--no-cache\`, and for the metadata that dnf, yum, microdnf and
zypper keep until \`clean\`.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN apt-get update && apt-get install -y curl
\`\`\`

\`\`\`dockerfile
FROM alpine:3.20
RUN apk add curl
\`\`\`

\`\`\`dockerfile
FROM fedora:40
RUN dnf install -y curl
\`\`\`

## Not reported
\`\`\`dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl
\`\`\`

\`\`\`dockerfile
FROM fedora:40
RUN dnf install -y curl && dnf clean all
\`\`\`

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
    for (const run of shippedRunsWith(facts, "cache")) {
      for (const kept of keptCaches(facts, run)) {
        // A later deletion is the finding of removed-in-later-layer.
        if (!isEmptiedLater(facts, kept)) yield findingOf(facts, world, kept);
      }
    }
  },
});

const whys = {
  index: "Only installs read an index, nothing does at run time",
  downloads: "Downloads are needed once, to install",
  builds: "Only a later build would read it",
} as const;

function findingOf(facts: Facts, world: World, kept: KeptCache): Finding {
  const { run, effect, command, fillers } = kept;
  const [program, action] = command.words;
  return {
    at: program && action ? cover(program.at, action.at) : command.at,
    what: `this layer keeps ${effect.label}`,
    why: `${whys[effect.holds]}, and a later instruction that deletes them does not give their bytes back.`,
    saving: cacheSize(facts, world, run, effect),
    peers: peersOf[effect.cache] ?? [],
    related: fillers
      .filter((it) => it.run !== run)
      .map((it) => ({ at: it.command.at, message: "This would fill it where it is not there already" })),
    get fixes() {
      return isReadLater(facts, kept)
        ? []
        : effect.avoid.flatMap((way) =>
            isRoots(way) && runsAsOther(facts, run) ? [] : (fixBy(way, facts, kept) ?? []),
          );
    },
  };
}

const isRoots = (way: Remedy): boolean =>
  (way.by === "mount" && way.target.startsWith("/root/")) ||
  (way.by === "cleanup" && way.command.includes(" /root/"));

function fixBy(way: Remedy, facts: Facts, kept: KeptCache): Fix | undefined {
  const { label } = kept.effect;
  switch (way.by) {
    case "cleanup": {
      const title = `Delete ${label} in the same RUN`;
      return runsFix(title, "safe", kept, (run) => appendCommand(facts, run, way.command));
    }
    case "mount": {
      const mount = `--mount=type=cache,target=${way.target}${way.locked ? ",sharing=locked" : ""}`;
      return runsFix("Keep the cache on a cache mount (BuildKit)", "review", kept, (run) =>
        run.form === "shell" ? addFlag(run, mount) : undefined,
      );
    }
    case "flag":
      return commandsFix(`Add ${way.flag}`, facts, kept);
    case "variable":
      return commandsFix(`Set ${way.assignment}`, facts, kept);
    case "omission":
      return commandsFix("Leave the command out", facts, kept);
  }
}

/** Ways that concern a RUN have to exist for every one that fills the cache. */
function runsFix(
  title: string,
  safety: FixSafety,
  { fillers }: KeptCache,
  editOf: (run: RunInstruction) => Edit | undefined,
): Fix | undefined {
  const edits = [...new Set(fillers.map(({ run }) => run))].map(editOf);
  const known = edits.flatMap((it) => it ?? []);
  return known.length < edits.length ? undefined : { title, safety, edits: known };
}

/** Ways that concern single commands have to exist for every command that fills the cache. */
function commandsFix(title: string, facts: Facts, { fillers }: KeptCache): Fix | undefined {
  const edits = fillers.map((it) => commandEdit(facts, it));
  const known = edits.flatMap((it) => it ?? []);
  return known.length < edits.length ? undefined : { title, safety: "safe", edits: known };
}

/** The first way that concerns the command alone. */
function commandEdit(facts: Facts, { run, command, effect }: Filler): Edit | undefined {
  for (const way of effect.avoid) {
    if (way.by === "flag") return insertWord(way.after, way.flag);
    if (way.by === "variable")
      return run.form === "shell" ? insertAt(command.at.start, `${way.assignment} `) : undefined;
    if (way.by === "omission") return removeCommand(facts, run, command);
  }
  return undefined;
}
