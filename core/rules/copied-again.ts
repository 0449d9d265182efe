import { sizeBeneath } from "../dockerfile/beneath.ts";
import { chainBefore } from "../dockerfile/chain.ts";
import { copiedSize } from "../dockerfile/copied.ts";
import { removeInstruction } from "../dockerfile/edits.ts";
import type { CopyInstruction, Facts } from "../dockerfile/facts.ts";
import { type Common, commonOf } from "../dockerfile/inherited.ts";
import { scriptIn } from "../dockerfile/installer-scripts.ts";
import { normalised, withoutSlash } from "../dockerfile/paths.ts";
import { mayWrite } from "../dockerfile/writes.ts";
import { measuredLayer } from "../link/measurements.ts";
import { uvSize } from "../size/installer-sizes.ts";
import { storedAgain } from "../size/stored-again.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const copiedAgain = defineRule({
  id: "copied-again",
  on: "dockerfile",
  peers: [],
  summary: "A COPY stores again what the stage has already, unchanged.",
  docs: `
\`COPY --from\` of a path that both stages have from a common ancestor brings nothing new, as long as no instruction in
between writes there. Yet the classic image store keeps the files a second time; the containerd store drops files that
are equal in size, mode, owner and time. The same goes for a \`COPY\` that repeats an earlier one of its stage.

An instruction whose effect is not known may write anywhere: then nothing is reported.

## Reported
\`\`\`dockerfile
FROM debian:12 AS base
COPY tool /opt/tool

FROM base AS build
COPY src /src

FROM base
COPY --from=build /opt/tool /opt/tool
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12 AS base
COPY tool /opt/tool

FROM base AS build
RUN /opt/tool/update

FROM base
COPY --from=build /opt/tool /opt/tool
\`\`\`

\`\`\`dockerfile
FROM debian:12 AS build
COPY tool /opt/tool

FROM debian:12
COPY --from=build /opt/tool /opt/tool
\`\`\`
`,
  exampleContext: { "tool/run": 4_000_000, "src/main.c": 2_000 },
  *check(facts, world) {
    for (const copy of facts.shipped) {
      if (copy.kind !== "copy" || copy.heredoc) continue;
      const finding = inherited(facts, world, copy) ?? repeated(facts, world, copy);
      if (finding !== undefined) yield finding;
    }
  },
});

/** Owner and mode of the copy would be other ones. */
const isPlain = (copy: CopyInstruction): boolean =>
  copy.flags.every(({ name }) => name === "from" || name === "link");

function inherited(facts: Facts, world: World, copy: CopyInstruction): Finding | undefined {
  const [source] = copy.sources;
  if (copy.sources.length !== 1 || source?.text === undefined || !isPlain(copy)) return undefined;
  if (copy.destinationPath === undefined || /[*?[]/.test(source.text)) return undefined;
  const path = withoutSlash(normalised(`/${source.text}`));
  if (path === "/" || withoutSlash(copy.destinationPath) !== path) return undefined;
  const common = commonOf(facts, copy);
  if (common === undefined || common.apart.some((it) => mayWrite(it, path))) return undefined;
  const parting = common.stage?.from ?? facts.stages[copy.stage]?.from;
  return {
    at: source.at,
    what: `${path} is copied again: this stage has it already from ${common.name}`,
    why: "Both stages start from there, and nothing in between writes to it, so the copy brings no new file.",
    saving: measuredLayer(facts, world, copy) ?? storedAgain(fullSize(facts, world, copy, common, path)),
    related: parting === undefined ? [] : [{ at: parting.at, message: "Both stages start here" }],
    fixes: [{ title: "Remove the second copy", safety: "safe", edits: [removeInstruction(facts, copy)] }],
  };
}

/** What lies there where the stages part, when the words say how much. */
function fullSize(facts: Facts, { context }: World, copy: CopyInstruction, { apart }: Common, path: string) {
  const shared = chainBefore(facts, copy).filter((it) => !apart.includes(it));
  const copied = sizeBeneath([path], shared, context);
  if (copied !== undefined || path !== "/root/.local") return copied;
  const writers = shared.filter((it) => mayWrite(it, path));
  return writers.length > 0 && writers.every((it) => scriptIn(it)?.installs === "uv") ? uvSize : undefined;
}

/** The same words earlier in the same chain, and nothing written there since. */
function repeated(facts: Facts, world: World, copy: CopyInstruction): Finding | undefined {
  const { destinationPath } = copy;
  if (destinationPath === undefined || copy.sources.some(({ text }) => text === undefined)) return undefined;
  const before = chainBefore(facts, copy);
  const first = before.findLast((it): it is CopyInstruction => it.kind === "copy" && isSame(it, copy));
  if (first === undefined) return undefined;
  const between = before.slice(before.indexOf(first) + 1);
  if (between.some((it) => mayWrite(it, destinationPath))) return undefined;
  return {
    at: copy.sources[0]?.at ?? copy.keywordAt,
    what: "this repeats an earlier copy of the same files",
    why: "Nothing in between writes there, so the copy brings no new file.",
    saving: measuredLayer(facts, world, copy) ?? storedAgain(copiedSize(world, copy)),
    related: [{ at: first.at, message: "Copied here first" }],
    fixes: [{ title: "Remove the second copy", safety: "safe", edits: [removeInstruction(facts, copy)] }],
  };
}

const isSame = (a: CopyInstruction, b: CopyInstruction): boolean =>
  a.keyword === b.keyword &&
  !a.heredoc &&
  a.destinationPath === b.destinationPath &&
  a.sources.length === b.sources.length &&
  a.sources.every(({ text }, index) => text === b.sources[index]?.text) &&
  a.flags.length === b.flags.length &&
  a.flags.every(({ name, value }, index) => {
    const other = b.flags[index];
    return value !== undefined && name === other?.name && value === other.value;
  });
