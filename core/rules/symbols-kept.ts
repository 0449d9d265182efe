import { chainAfter } from "../dockerfile/chain.ts";
import type { Command, Facts, Instruction, RunInstruction } from "../dockerfile/facts.ts";
import { shipsFrom } from "../dockerfile/flows.ts";
import { manifestAt } from "../dockerfile/manifest-at.ts";
import { shipsForDevelopment } from "../dockerfile/purpose.ts";
import { sitesOf } from "../dockerfile/sites.ts";
import { tomlValues } from "../python/toml/parse.ts";
import { isTable, tableIn } from "../python/untyped.ts";
import { unknownSize } from "../size/size.ts";
import { insertAt } from "../text/edit.ts";
import type { Compile } from "../tools/compile.ts";
import type { World } from "../world.ts";
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

Cargo does the same in a release build unless the profile in \`Cargo.toml\` or \`CARGO_PROFILE_RELEASE_STRIP\` strips it;
it is reported where the build context shows the file. Panics keep their messages then, backtraces lose names.

It is silent where the image has a debugger or a profiler, or is for development.

What other programs and libraries of an image hold is measured once the image is analyzed.

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
  *check(facts, world) {
    if (shipsForDevelopment(facts, world) || facts.shipped.some(looksInside)) return;
    for (const { run, command, effect } of sitesOf(facts, "compile")) {
      if (effect.output === undefined) continue;
      const keeps = effect.keepsSymbols ?? profileKeepsSymbols(facts, world, run, effect);
      if (keeps !== true) continue;
      const finding =
        effect.language === "rust"
          ? rustFinding(facts, run, command, effect, effect.output.path)
          : findingOf(facts, run, effect, effect.output.path);
      if (finding !== undefined) yield finding;
    }
  },
});

/** Debuggers, profilers and tracers read the symbol table of what they look into. */
const looksInside = (it: Instruction): boolean =>
  it.kind !== "copy" &&
  /(?:^|[\s"'/,])(?:gdb|gdbserver|lldb|lldb-server|dlv|delve|perf|linux-perf|linux-tools-\S+|valgrind|bpftrace|bpfcc-tools|heaptrack|systemtap|uftrace|samply)(?=$|[\s"',@])/m.test(
    it.source,
  );

function findingOf(facts: Facts, run: RunInstruction, compile: Compile, output: string): Finding | undefined {
  const way = shipsFrom(facts, run, output);
  if (way === undefined || isStripped(facts, run)) return undefined;
  const { action, stripFlag, keepsDebugData } = compile;
  return {
    at: action.at,
    what: `${output} is built with its symbol table${keepsDebugData ? " and debug data" : ""}`,
    nameFirst: true,
    why: "Only debuggers and profilers that look in from outside read them; stack traces do without.",
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

/** Cargo keeps the symbol table of a release build unless the profile strips it; undefined: the file is not known. */
function profileKeepsSymbols(
  facts: Facts,
  world: World,
  run: RunInstruction,
  { profileIn }: Compile,
): boolean | undefined {
  const text = manifestAt(facts, world, run, profileIn, "Cargo.toml");
  const read = text === undefined ? undefined : tomlValues(text);
  if (read?.ok !== true || !isTable(read.value)) return undefined;
  const strip = tableIn(tableIn(read.value, "profile"), "release")["strip"];
  return strip === undefined || strip === false || strip === "none";
}

function rustFinding(
  facts: Facts,
  run: RunInstruction,
  command: Command,
  { action }: Compile,
  output: string,
): Finding | undefined {
  const way = shipsFrom(facts, run, output);
  if (way === undefined || isStripped(facts, run)) return undefined;
  return {
    at: action.at,
    what: `programs in ${output} are built with their symbol tables`,
    why: "Only debuggers and profilers read them, and Cargo.toml does not strip them. Panics keep their messages; backtraces lose names.",
    saving: unknownSize("it shows in the built program"),
    related: way === "layer" ? [] : [{ at: way.at, message: "this COPY takes it into the image that ships" }],
    get fixes() {
      const variable = "CARGO_PROFILE_RELEASE_STRIP=symbols";
      return [
        {
          title: `Build with ${variable}`,
          safety: "review" as const,
          edits: [insertAt(command.at.start, `${variable} `)],
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
