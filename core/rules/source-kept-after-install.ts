import { appendCommand } from "../dockerfile/edits.ts";
import { sourcesKept } from "../dockerfile/left-behind.ts";
import { shippedRunsWith } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import { defineRule } from "./rule.ts";

export const sourceKeptAfterInstall = defineRule({
  id: "source-kept-after-install",
  on: "dockerfile",
  peers: ["parfum source-then-rm (in part)"],
  summary: "A source tree stays in the layer beside what was built and installed from it.",
  docs: `
After \`make install\` or \`pip install ./tree\` the program is elsewhere; the tree with its sources, objects and history
is of no more use. Delete it in the same \`RUN\`, or build in a stage that does not ship and copy the result.

Silent where a later instruction names the tree or runs in it, and for editable installs, which run from it.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN git clone --depth 1 https://example.org/tool.git /src/tool && make -C /src/tool && make -C /src/tool install
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN git clone --depth 1 https://example.org/tool.git /src/tool && make -C /src/tool install && rm -rf /src/tool
\`\`\`

\`\`\`dockerfile
FROM python:3.12
RUN git clone --depth 1 https://example.org/tool.git /src/tool && pip install --no-cache-dir -e /src/tool
\`\`\`
`,
  *check(facts) {
    // A tree comes by a clone or an archive.
    const runs = [...shippedRunsWith(facts, "clone"), ...shippedRunsWith(facts, "unpack")];
    for (const run of new Set(runs)) {
      for (const { tree, word } of sourcesKept(facts, run)) {
        const isPlain = /^\/[\w./+@-]+$/.test(tree);
        const removal = isPlain ? appendCommand(facts, run, `rm -rf ${tree}`) : undefined;
        yield {
          at: word.at,
          what: `the source tree ${tree} stays beside what was installed from it`,
          why: "The installed program does not read it. Delete it in the same RUN, or build in a stage that does not ship.",
          saving: unknownSize("the size of the tree is not known"),
          fixes:
            removal === undefined
              ? []
              : [{ title: "Delete the source tree in the same RUN", safety: "review", edits: [removal] }],
        };
      }
    }
  },
});
