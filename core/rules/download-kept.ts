import { appendCommand } from "../dockerfile/edits.ts";
import { archivesUsedLater, staysAfter, usedArchives } from "../dockerfile/left-behind.ts";
import { shippedRunsWith } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import { defineRule } from "./rule.ts";

export const downloadKept = defineRule({
  id: "download-kept",
  on: "dockerfile",
  peers: ["parfum curl-then-rm (in part)"],
  summary: "A downloaded archive or package stays in the layer beside what it was unpacked or installed to.",
  docs: `
Once an archive is unpacked, or a \`.deb\`, \`.rpm\` or setup program has installed itself, the file is of no more use,
yet it stays in the layer. Delete it in the same \`RUN\`: a later one only hides it. Or let the program that fetches it
write to the one that unpacks it: \`curl … | tar -xz\`.

## Reported
\`\`\`dockerfile
FROM debian:12
RUN curl -fsSLo /tmp/tool.tar.gz https://example.org/tool.tar.gz && tar -xzf /tmp/tool.tar.gz -C /opt
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12
RUN curl -fsSLo /tmp/tool.tar.gz https://example.org/tool.tar.gz && tar -xzf /tmp/tool.tar.gz -C /opt && rm /tmp/tool.tar.gz
\`\`\`

\`\`\`dockerfile
FROM debian:12
RUN curl -fsSL https://example.org/tool.tar.gz | tar -xz -C /opt
\`\`\`
`,
  *check(facts) {
    for (const run of shippedRunsWith(facts, "download")) {
      for (const { file, user } of archivesUsedLater(facts, run)) {
        yield {
          at: file.word.at,
          what: `the download ${file.path} stays beside what a later RUN made of it`,
          why: "Nothing reads it again, and a later layer cannot take it out. Fetch, use and delete it in one RUN, or pipe it into the program that unpacks it.",
          saving: unknownSize("the length of the download is not known"),
          related: [{ at: user.words[0]?.at ?? user.at, message: "Used here" }],
          fixes: [],
        };
      }
      for (const { file } of usedArchives(run)) {
        if (!staysAfter(facts, run, file.path)) continue;
        const isPlain = /^[\w./+@~-]+$/.test(file.path);
        const removal = isPlain ? appendCommand(facts, run, `rm ${file.path}`) : undefined;
        yield {
          at: file.word.at,
          what: `the download ${file.path} stays beside what was made of it`,
          why: "Nothing reads it again. Delete it in the same RUN, or pipe it into the program that unpacks it.",
          saving: unknownSize("the length of the download is not known"),
          fixes:
            removal === undefined
              ? []
              : [{ title: "Delete the download in the same RUN", safety: "review", edits: [removal] }],
        };
      }
    }
  },
});
