import { chainBefore } from "../dockerfile/chain.ts";
import { copiedPart, isAddress, isFromContext, unpackedByAdd } from "../dockerfile/copied.ts";
import { isJsonForm, removeCommand, replaceWord } from "../dockerfile/edits.ts";
import type { Command, CopyInstruction, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { mayRemove } from "../dockerfile/left-behind.ts";
import { mentions, usersOf } from "../dockerfile/mentions.ts";
import { isWithin, withoutSlash } from "../dockerfile/paths.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { mayWrite } from "../dockerfile/writes.ts";
import { measured, unknownSize } from "../size/size.ts";
import type { Unpack } from "../tools/file-effects.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const archiveCopiedThenExtracted = defineRule({
  id: "archive-copied-then-extracted",
  on: "dockerfile",
  peers: ["hadolint DL3010", "tally prefer-add-unpack"],
  summary: "An archive is copied into a layer of its own and unpacked in the next.",
  docs: `
The layer of the \`COPY\` holds the archive for good, beside the layer with its content. \`ADD\` of a local tar archive
unpacks it without storing it. For other archives a bind mount gives the file to the \`RUN\` that unpacks it.

An archive that a later \`RUN\` deletes is the finding of removed-in-later-layer.

## Reported
\`\`\`dockerfile
FROM debian:12
COPY tool.tar.gz /tmp/tool.tar.gz
RUN tar -xzf /tmp/tool.tar.gz -C /opt
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
ADD tool.tar.gz /opt/
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN --mount=type=bind,source=tool.tar.gz,target=/tmp/tool.tar.gz tar -xzf /tmp/tool.tar.gz -C /opt
\`\`\`
`,
  exampleContext: { "tool.tar.gz": 6_000_000 },
  *check(facts, world) {
    for (const site of shippedSites(facts, "unpack")) {
      const finding = findingOf(facts, world, site);
      if (finding !== undefined) yield finding;
    }
  },
});

interface Site {
  readonly run: RunInstruction;
  readonly command: Command;
  readonly effect: Unpack;
}

function findingOf(facts: Facts, world: World, site: Site): Finding | undefined {
  const { archive } = site.effect;
  const copy = chainBefore(facts, site.run).findLast(
    (it): it is CopyInstruction => it.kind === "copy" && holds(it, archive.path, world),
  );
  if (copy === undefined) return undefined;
  const runs = facts.shipped.filter(
    (it): it is RunInstruction => it.kind === "run" && it.index >= site.run.index,
  );
  if (runs.some((it) => it.commands.some((one) => mayRemove(one, archive.path)))) return undefined;
  const bytes = copiedPart(copy, archive.path, world.context)?.bytes;
  return {
    at: archive.word.at,
    what: "an archive is copied into the image and then unpacked: both stay",
    why: copy.sources.some(({ text }) => isAddress(text ?? ""))
      ? "ADD stores what it fetches. Fetch, unpack and delete it in one RUN."
      : "ADD unpacks a local tar archive without storing it; a bind mount gives any other to the RUN.",
    saving:
      bytes === undefined || world.context === undefined
        ? unknownSize("the length of the archive is not known")
        : measured(bytes, `files of the build context (${world.context.foundBy})`),
    related: [{ at: copy.keywordAt, message: "Copied here" }],
    get fixes() {
      return fixesOf(facts, site, copy);
    },
  };
}

const holds = (copy: CopyInstruction, path: string, { context }: World): boolean => {
  const part = copiedPart(copy, path, context);
  return part?.file === true && part.bytes !== 0 && (copy.from === undefined || part.whole);
};

function fixesOf(facts: Facts, { run, command, effect }: Site, copy: CopyInstruction): readonly Fix[] {
  const [source] = copy.sources;
  const { into } = effect;
  const isPlain =
    copy.keyword === "COPY" && copy.sources.length === 1 && copy.flags.length === 0 && isFromContext(copy);
  if (
    !isPlain ||
    isJsonForm(facts, copy) ||
    copy.destination === undefined ||
    into === undefined ||
    copy.stage !== run.stage
  )
    return [];
  if (!effect.plain || effect.format !== "tar" || !unpackedByAdd.test(source?.text ?? "")) return [];
  const others = usersOf(facts, copy).filter((it) => it !== run);
  if (others.some((it) => mentions(it, effect.archive.path))) return [];
  const between = chainBefore(facts, run).filter((it) => it.index > copy.index);
  const earlier = run.commands.slice(0, run.commands.indexOf(command));
  // ADD comes first now: what else writes there may come in another order.
  if (between.some((it) => mayWrite(it, into)) || isWithin(withoutSlash(into), "/tmp")) return [];
  if (earlier.some((it) => it.effects?.every(({ kind }) => kind === "nothing") !== true)) return [];
  const removed = removeCommand(facts, run, command);
  if (removed === undefined) return [];
  return [
    {
      title: "Unpack it with ADD",
      safety: "review",
      edits: [
        { at: copy.keywordAt, insert: "ADD" },
        ...replaceWord(copy.destination, into === "/" ? "/" : `${withoutSlash(into)}/`),
        removed,
      ],
    },
  ];
}
