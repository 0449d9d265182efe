import { sizeBeneath } from "../dockerfile/beneath.ts";
import { chainBefore } from "../dockerfile/chain.ts";
import type { Facts, Word } from "../dockerfile/facts.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { isIdle, type TouchedGroup, type TouchedSite, touchedBy } from "../dockerfile/touched-copies.ts";
import { measuredLayer } from "../link/measurements.ts";
import { type Size, unknownSize } from "../size/size.ts";
import { storedAgain } from "../size/stored-again.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";
import { copyFlagFixes, jointCopyFlagFixes } from "./support/copy-flag-fixes.ts";

export const copiedThenChanged = defineRule({
  id: "copied-then-changed",
  on: "dockerfile",
  peers: ["tally prefer-copy-chmod"],
  summary: "A RUN changes mode or owner of copied files, and its layer stores them a second time.",
  docs: `
A layer stores whole files. \`chown\` and \`chmod\` in a \`RUN\` of their own store every file that they touch again,
contents and all. \`COPY --chown\` and \`COPY --chmod\` give owner and mode to the first copy.

The classic image store keeps a file again even when nothing about it changes (\`chmod -R a+rX\` on readable files);
the containerd store drops files that are equal in size, mode, owner and time. Such a saving is shown as a range
until an image is analyzed.

Several commands of one \`RUN\` that touch the same copies are one finding: their layer stores each file once.

Priced are the copied files. Where another instruction writes there too (\`npm ci\`, \`pip install --target\`, \`cp\`), the
layer stores at least that much; after a command that Plimsoll does not know the size is unknown.

## Reported
\`\`\`dockerfile
FROM debian:12
COPY app /app
RUN chown -R 1000:1000 /app
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY run.sh /usr/local/bin/run.sh
RUN chmod +x /usr/local/bin/run.sh
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
COPY --chown=1000:1000 app /app
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN curl -fsSLo /usr/local/bin/tool https://example.org/tool && chmod +x /usr/local/bin/tool
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY app /app
RUN mkdir /data && chown 1000:1000 /data /app
\`\`\`
`,
  exampleContext: { "app/main": 3_000_000, "app/lib/one": 1_000_000, "run.sh": 900 },
  *check(facts, world) {
    for (const group of groupsOf(facts, world)) yield findingOf(facts, world, group);
  },
});

function groupsOf(facts: Facts, world: World): readonly TouchedGroup[] {
  const groups: [TouchedSite, ...TouchedSite[]][] = [];
  for (const site of shippedSites(facts, "touch")) {
    if (site.effect.changes === "times") continue;
    const touched = touchedBy(facts, world.context, site);
    if (touched.length === 0 || site.command.words.length === 0) continue;
    const copies = new Set(touched.map(({ copy }) => copy));
    const group = groups.find(
      ([first, ...others]) =>
        first.run === site.run &&
        [first, ...others].some((it) => it.touched.some(({ copy }) => copies.has(copy))),
    );
    if (group === undefined) groups.push([{ ...site, touched }]);
    else group.push({ ...site, touched });
  }
  return groups;
}

function findingOf(facts: Facts, world: World, group: TouchedGroup): Finding {
  const main = group.find((it) => !isIdle(it)) ?? group[0];
  const paths = [...new Set(group.flatMap(({ touched }) => touched.map((it) => it.path.path)))];
  const copies = [...new Set(group.flatMap(({ touched }) => touched.map((it) => it.copy)))];
  const others = group.filter((it) => it !== main);
  return {
    at: programOf(main).at,
    what: `this stores what was copied to ${paths.length > 2 ? `${paths[0]} and ${paths.length - 1} other places` : paths.join(" and ")} a second time`,
    why: group.every(isIdle)
      ? "Nothing about files that are readable already changes, yet the layer stores them again, contents and all."
      : "A layer stores whole files: who only changes their mode or owner stores the contents again.",
    saving: sizeOf(facts, world, group, paths),
    related: [
      ...copies.map((it) => ({ at: it.keywordAt, message: "Copied here" })),
      ...others.map((it) => ({ at: programOf(it).at, message: "This changes them too, in the same layer" })),
    ],
    get fixes() {
      return group.length === 1 ? copyFlagFixes(facts, main, copies) : jointCopyFlagFixes(facts, group);
    },
  };
}

function programOf({ command, effect }: TouchedSite): Word {
  const [program] = command.words;
  if (program === undefined) throw new Error(`a ${effect.kind} without a program`);
  return program;
}

function sizeOf(facts: Facts, world: World, group: TouchedGroup, paths: readonly string[]): Size {
  const [{ run }] = group;
  const isAlone = run.commands.every(
    (it) =>
      group.some(({ command }) => command === it) ||
      it.effects?.every(({ kind }) => kind === "nothing") === true,
  );
  const layer = isAlone ? measuredLayer(facts, world, run) : undefined;
  if (layer !== undefined) return layer;
  const full = sizeBeneath(paths, chainBefore(facts, run), world.context, group[0]);
  if (group.every(isIdle)) return storedAgain(full);
  return full ?? unknownSize("analyze the built image to measure it");
}
