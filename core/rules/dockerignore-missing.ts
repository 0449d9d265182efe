import { copiedWaste, wasteList } from "../dockerfile/copied-waste.ts";
import { defineRule } from "./rule.ts";
import { wasteFixes } from "./support/ignore-edits.ts";

export const dockerignoreMissing = defineRule({
  id: "dockerignore-missing",
  on: "dockerfile",
  needs: "context",
  peers: ["mint ID.10001", "droast DF033"],
  summary: "A COPY takes the whole build context, and no ignore file keeps out what the image does not need.",
  docs: `
\`COPY . .\` without a \`.dockerignore\` takes everything along: \`.git\`, virtual environments, caches. The quick fix
writes an ignore file for what is there now. Where the context holds nothing of that kind, nothing is reported.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY src ./src
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
COPY . /src
RUN git -C /src describe > /version
\`\`\`
`,
  exampleContext: { "src/main.py": 5_000, ".git/objects/pack/one.pack": 9_000_000 },
  *check(facts, { context }) {
    if (context === undefined || context.ignoreFile !== undefined) return;
    for (const copy of facts.shipped) {
      if (copy.kind !== "copy") continue;
      for (const source of copy.sources) {
        const found = copiedWaste(facts, context, copy, source);
        if (found?.root !== true) continue;
        yield {
          at: source.at,
          what: `the whole build context is copied, and there is no ignore file: ${wasteList(found)}`,
          why: "It serves development or version control, and nothing in the image reads it.",
          saving: found.size,
          get fixes() {
            return wasteFixes(facts, context, copy, found);
          },
        };
      }
    }
  },
});
