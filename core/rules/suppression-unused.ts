import { noBytes } from "../size/bytes.ts";
import { measured } from "../size/size.ts";
import { removeAt } from "../text/edit.ts";
import type { Suppression } from "../text/suppression.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const suppressionUnused = defineRule({
  id: "suppression-unused",
  on: "suppressions",
  peers: ["ESLint --report-unused-disable-directives"],
  summary: "A suppression comment silences nothing.",
  docs: `
A comment \`# plimsoll: ignore[rule] reason\` stands on a line of its own directly above the instruction, the line
of a \`RUN\` or the requirement that it means, or at the end of a requirement's line; \`ignore-file[rule]\` stands
above everything else. One that silences nothing misleads its readers, and would hide what comes later.

A comment for a rule that is switched off is left alone.

## Reported
\`\`\`dockerfile
FROM debian:12
# plimsoll: ignore[package-cache-kept] the lists are needed
RUN true
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
# plimsoll: ignore[package-cache-kept] packages are added at run time
RUN apt-get update
\`\`\`
`,
  *check(unused, ruleIds) {
    for (const it of unused) {
      const isKnown = ruleIds.includes(it.rule);
      const alone = it.rulesInComment === 1;
      const fix = { title: "Remove the comment", safety: "safe" as const, edits: [removeAt(it.lineAt)] };
      yield {
        at: it.ruleAt,
        what: isKnown ? `the comment silences no ${it.rule}` : `there is no rule called ${it.rule}`,
        why: alone ? whyUnused(it) : `${whyUnused(it)} Take the name out of the list.`,
        saving: measured(noBytes, "a comment is no part of the image"),
        fixes: alone ? [fix] : [],
      } satisfies Finding;
    }
  },
});

const whyUnused = (it: Suppression): string =>
  it.scope === undefined
    ? "Nothing that it could silence stands directly below it, or it is not at the top of the file."
    : "The rule finds nothing there.";
