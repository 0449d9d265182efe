import { chainAfter } from "../dockerfile/chain.ts";
import type { Facts, RunInstruction } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { unknownSize } from "../size/size.ts";
import { insertAt } from "../text/edit.ts";
import type { Compile } from "../tools/compile.ts";
import type { Finding } from "./finding.ts";
import { defineRule } from "./rule.ts";

export const symbolsKept = defineRule({
  id: "symbols-kept",
  on: "dockerfile",
  peers: [],
  summary: "A program is built with its symbol table and debug data, and ships with them.",
  docs: `
\`go build\` puts a symbol table and debug data into the program, which only debuggers read; \`-ldflags="-s -w"\` leaves
them out. Stack traces keep their names and lines.

What other programs and libraries of an image hold is measured once the image is analysed.

## Reported
\`\`\`dockerfile
FROM golang:1.23 AS build
WORKDIR /src
COPY . .
RUN go build -o /app .

FROM gcr.io/distroless/static
COPY --from=build /app /app
\`\`\`

## Not reported
\`\`\`dockerfile
FROM golang:1.23 AS build
WORKDIR /src
COPY . .
RUN go build -ldflags="-s -w" -o /app .

FROM gcr.io/distroless/static
COPY --from=build /app /app
\`\`\`

\`\`\`dockerfile
FROM golang:1.23 AS build
WORKDIR /src
COPY . .
RUN go build -o /app . && strip /app

FROM gcr.io/distroless/static
COPY --from=build /app /app
\`\`\`
`,
  *check(facts) {
    for (const run of facts.instructions) {
      if (run.kind !== "run" || run.onbuild || run.opaque !== undefined) continue;
      for (const command of run.commands) {
        if (command.runs !== "always") continue;
        for (const effect of command.effects ?? []) {
          if (effect.kind !== "compile" || effect.keepsSymbols !== true || effect.output === undefined)
            continue;
          const finding = findingOf(facts, run, effect, effect.output.path);
          if (finding !== undefined) yield finding;
        }
      }
    }
  },
});

function findingOf(facts: Facts, run: RunInstruction, compile: Compile, output: string): Finding | undefined {
  const way = shipsFrom(facts, run, output);
  if (way === undefined || isStripped(facts, run)) return undefined;
  const { action, stripFlag, keepsDebugData } = compile;
  return {
    at: action.at,
    what: `${output} is built with its symbol table${keepsDebugData ? " and debug data" : ""}`,
    why: "Only debuggers read them; stack traces do without.",
    saving: unknownSize("it shows in the built program"),
    related: way === "layer" ? [] : [{ at: way.at, message: "this COPY takes it into the image that ships" }],
    get fixes() {
      return stripFlag === undefined
        ? []
        : [
            {
              title: `Build with ${stripFlag}`,
              safety: "review" as const,
              edits: [insertAt(action.at.end, ` ${stripFlag}`)],
            },
          ];
    },
  };
}

/** A packer or strip runs on something afterwards; on what, need not be known to be silent. */
const isStripped = (facts: Facts, run: RunInstruction): boolean =>
  [
    run,
    ...chainAfter(facts, run),
    ...facts.instructions.filter((it) => it.stage === run.stage && it.index > run.index),
  ].some(
    (it) =>
      it.kind === "run" &&
      it.commands.some(
        ({ effects, runs }) => runs !== "never" && effects?.some(({ kind }) => kind === "strip"),
      ),
  );
