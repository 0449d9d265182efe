import { appendCommand, insertWord } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction } from "../dockerfile/facts.ts";
import { mayRemove, sourcesKept, staysAfter } from "../dockerfile/left-behind.ts";
import { withoutSlash } from "../dockerfile/paths.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import type { Clone } from "../tools/file-effects.ts";
import type { Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const gitHistoryCloned = defineRule({
  id: "git-history-cloned",
  on: "dockerfile",
  peers: ["tally prefer-add-git (in part)"],
  summary: "A git clone brings the whole history into the image.",
  docs: `
\`git clone\` fetches every version of every file. The program needs one: \`--depth 1\` fetches it alone, and deleting
\`.git\` in the same \`RUN\` drops the rest. Where another commit is checked out afterwards, only the deletion helps.

Silent where the tree or its \`.git\` is deleted, and where a later instruction works in the tree with git. A tree that
is of no use any more is the finding of source-kept-after-install.

## Reported
\`\`\`dockerfile
FROM node:22
RUN git clone https://example.org/site.git /srv/site
\`\`\`

## Not reported
\`\`\`dockerfile
FROM node:22
RUN git clone --depth 1 https://example.org/site.git /srv/site
\`\`\`

\`\`\`dockerfile
FROM node:22
RUN git clone https://example.org/site.git /srv/site && rm -rf /srv/site/.git
\`\`\`
`,
  *check(facts) {
    for (const { run, command, effect } of shippedSites(facts, "clone")) {
      const tree = withoutSlash(effect.tree.path);
      if (effect.shallow || sourcesKept(facts, run).some((it) => it.tree === tree)) continue;
      const history = `${tree}/.git`;
      if (run.commands.some((it) => mayRemove(it, history)) || usesGit(facts, run)) continue;
      if (!staysAfter(facts, run, history)) continue;
      yield {
        at: effect.action.at,
        what: "the whole history of the repository is cloned into the image",
        why: "One version of the files is used. A shallow clone fetches that alone.",
        saving: unknownSize("the length of the history is not known"),
        get fixes() {
          return fixesOf(facts, run, command, effect, history);
        },
      };
    }
  },
});

/** A later layer of the chain works with the repository. */
const usesGit = (facts: Facts, run: RunInstruction): boolean =>
  facts.instructions.some(
    (it) =>
      it.index > run.index &&
      it.kind === "run" &&
      it.commands.some(({ words }) => words[0]?.text === "git" && words[1]?.text !== "clone"),
  );

function fixesOf(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  clone: Clone,
  history: string,
): readonly Fix[] {
  const later = run.commands.slice(run.commands.indexOf(command) + 1);
  // Another commit is wanted: a shallow clone may not have it.
  const picks = later.some(
    ({ words }) => words[0]?.text === "git" && !words.some(({ text }) => text === "clone"),
  );
  const fixes: Fix[] = [];
  if (!picks && !clone.submodules) {
    fixes.push({
      title: "Clone the newest commit only",
      safety: "review",
      edits: [insertWord(clone.action, "--depth 1")],
    });
  }
  const removal = /^\/[\w./+@-]+$/.test(history) ? appendCommand(facts, run, `rm -rf ${history}`) : undefined;
  if (removal !== undefined)
    fixes.push({ title: "Delete the history in the same RUN", safety: "review", edits: [removal] });
  return fixes;
}
