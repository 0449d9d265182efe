import { chainBefore } from "../dockerfile/chain.ts";
import { removeWords } from "../dockerfile/edits.ts";
import type { Command, Facts, RunInstruction, Word } from "../dockerfile/facts.ts";
import { isWithin } from "../dockerfile/paths.ts";
import { shippedSites } from "../dockerfile/sites.ts";
import { unknownSize } from "../size/size.ts";
import type { PythonInstall } from "../tools/python-install.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const bytecodeDuplicated = defineRule({
  id: "bytecode-duplicated",
  on: "dockerfile",
  peers: [],
  summary: "Python's bytecode is compiled again in a layer above the one that has it already.",
  docs: `
pip writes bytecode (\`__pycache__\`) when it installs. \`compileall -f\` in a later \`RUN\` writes every file again: the new
ones hide the old ones, and both are stored. Without \`-f\` only what has no bytecode yet is compiled.

## Reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
RUN python -m compileall -f /usr/local/lib/python3.12/site-packages
\`\`\`

## Not reported
\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir flask
RUN python -m compileall /usr/local/lib/python3.12/site-packages
\`\`\`

\`\`\`dockerfile
FROM python:3.12-slim
RUN pip install --no-cache-dir --no-compile flask
RUN python -m compileall -f /usr/local/lib/python3.12/site-packages
\`\`\`
`,
  *check(facts) {
    for (const { run, command, effect } of shippedSites(facts, "compile-bytecode")) {
      if (effect.force === undefined) continue;
      const [first] = effect.paths.flatMap(({ path }) => compiledBelow(facts, run, path));
      if (first !== undefined) yield findingOf(facts, command, effect.force, first);
    }
  },
});

/** Installs of earlier layers that wrote bytecode there. */
const compiledBelow = (facts: Facts, run: RunInstruction, path: string): readonly PythonInstall[] =>
  chainBefore(facts, run).flatMap((it) =>
    it.kind !== "run"
      ? []
      : it.commands.flatMap((command) =>
          command.runs !== "always"
            ? []
            : (command.effects ?? []).flatMap((effect) =>
                effect.kind === "python-install" &&
                effect.compiles &&
                (isWithin(effect.into, path) || isWithin(path, effect.into))
                  ? [effect]
                  : [],
              ),
        ),
  );

function findingOf(facts: Facts, command: Command, force: Word, install: PythonInstall): Finding {
  return {
    at: force.at,
    what: "bytecode that a lower layer has already is compiled and stored again",
    why: "The files of the lower layer stay in the image, hidden by these.",
    saving: unknownSize("it is about a quarter of the Python files, which show in a build"),
    related: [{ at: install.action.at, message: "this writes bytecode too" }],
    get fixes() {
      const edits = force.text === "-f" ? removeWords(facts, command.words, [force]) : undefined;
      return edits === undefined
        ? []
        : [{ title: "Compile only what has no bytecode yet", safety: "safe" as const, edits }];
    },
  };
}
