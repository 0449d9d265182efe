import { copiedWaste, wasteList } from "../dockerfile/copied-waste.ts";
import { defineRule } from "./rule.ts";
import { wasteFixes } from "./support/ignore-edits.ts";

export const contextWasteCopied = defineRule({
  id: "context-waste-copied",
  on: "dockerfile",
  needs: "context",
  peers: ["dockle DKL-LI-0003 (in part)", "droast DF006 (in part)"],
  summary:
    "A COPY takes version control, caches, environments, documentation or notebooks of the build context along.",
  docs: `
What a \`COPY\` takes is measured in the build context, under the rules of its ignore file. Reported are directories
that no image needs, by their names and contents: \`.git\`, virtual environments, caches of Python and Node tools,
folders of editors, \`node_modules\` where the image installs its own, documentation and notebooks.

What the Dockerfile names itself is left alone; \`.git\` also where something runs that asks git for a version. Tests
are the finding of tests-copied. Without any ignore file it is the finding of dockerignore-missing.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
COPY .venv /opt/venv
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY src ./src
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim AS docs
COPY . /src
FROM python:3.12-slim
COPY src /app/src
\`\`\`
`,
  exampleContext: {
    "src/main.py": 5_000,
    ".git/objects/pack/one.pack": 9_000_000,
    ".venv/pyvenv.cfg": 100,
    ".venv/lib/python3.12/site-packages/big.so": 40_000_000,
  },
  exampleIgnore: "dist\n",
  *check(facts, { context }) {
    if (context === undefined) return;
    for (const copy of facts.shipped) {
      if (copy.kind !== "copy") continue;
      for (const source of copy.sources) {
        const found = copiedWaste(facts, context, copy, source);
        // Then there is one cause for all of it.
        if (found === undefined || (context.ignoreFile === undefined && found.root)) continue;
        yield {
          at: source.at,
          what: `this copies what the image does not need: ${wasteList(found)}`,
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
