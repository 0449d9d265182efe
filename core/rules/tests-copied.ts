import type { BuildContext } from "../context/build-context.ts";
import {
  type DevelopmentEntry,
  type DevelopmentKind,
  developmentEntriesBelow,
  developmentKind,
  isTestDirectoryName,
} from "../context/development-files.ts";
import { keptOutInVain } from "../context/ineffective.ts";
import { removeInstruction, removeSource } from "../dockerfile/edits.ts";
import type { CopyInstruction, Facts, Word } from "../dockerfile/facts.ts";
import { mentions, runsTests, usersOf } from "../dockerfile/mentions.ts";
import { shipsForDevelopment } from "../dockerfile/purpose.ts";
import { bytesLabel, noBytes, sumOf } from "../size/bytes.ts";
import { estimated, measured, type Size, unknownSize } from "../size/size.ts";
import type { World } from "../world.ts";
import type { Finding, Fix } from "./finding.ts";
import { defineRule } from "./rule.ts";
import { ignoreEdits } from "./support/ignore-edits.ts";

export const testsCopied = defineRule({
  id: "tests-copied",
  on: "dockerfile",
  needs: "context",
  peers: [],
  summary: "Tests or benchmark scripts are copied into the image that ships.",
  docs: `
Tests, their fixtures and benchmark scripts serve development; the image that ships does not run them. What a
\`COPY\` takes is measured in the build context, under the rules of its ignore file.

A directory counts by its name (\`tests\`, \`test\`, \`__tests__\`, \`e2e\`, \`benchmarks\` and their like), or when every
program in it is a benchmark or a profiler by name. What a later instruction names, or a stage that runs tests
needs, is left alone. To run tests in a container, copy them in a stage of their own:
\`FROM runtime AS test\`, \`COPY tests ./tests\`.

## Reported
\`\`\`dockerfile
FROM debian:12
WORKDIR /app
COPY src ./src
COPY tests ./tests
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY . /app
\`\`\`

## Not reported
\`\`\`dockerfile
FROM debian:12 AS runtime
COPY src /app/src

FROM runtime AS test
COPY tests /app/tests
RUN pytest /app/tests

FROM runtime
CMD ["/app/src/main"]
\`\`\`

\`\`\`dockerfile
FROM debian:12
COPY tests /app/tests
CMD ["pytest", "/app/tests"]
\`\`\`
`,
  exampleContext: { "src/main": 5_000, "tests/test_main.py": 3_000, "tests/fixtures/rows.json": 1_500_000 },
  *check(facts, world) {
    if (shipsForDevelopment(facts, world)) return;
    for (const copy of facts.shipped) {
      if (copy.kind !== "copy" || copy.from !== undefined || copy.heredoc) continue;
      // Their effect on what is taken is not modelled.
      if (copy.flags.some(({ name }) => name === "exclude" || name === "parents")) continue;
      for (const source of copy.sources) {
        const found = developmentFilesIn(world.context, source);
        const finding = found && findingOf(facts, world, copy, source, found);
        if (finding !== undefined) yield finding;
      }
    }
  },
});

/** Development files that one COPY source takes. */
interface Found {
  readonly kind: DevelopmentKind;
  /** The source is such a directory itself; else it only holds some. */
  readonly whole: boolean;
  /** Relative to the context. */
  readonly paths: readonly string[];
  readonly size: Size;
}

function developmentFilesIn(context: BuildContext | undefined, { text }: Word): Found | undefined {
  if (text === undefined || /^(?:https?|git|ssh):|^git@/.test(text)) return undefined;
  if (context === undefined) {
    if (!isTestDirectoryName(text)) return undefined;
    const path = text.replace(/^(?:\.?\/)+|\/+$/g, "");
    return { kind: "tests", whole: true, paths: [path], size: unknownSize("the build context is not known") };
  }
  const matches = context.matches(text);
  const named = matches.map((entry) => ({ entry, kind: developmentKind(context, entry) }));
  const whole = matches.length > 0 && named.every(({ kind }) => kind !== undefined);
  const all: DevelopmentEntry[] = named.flatMap(({ entry, kind }) => {
    if (kind !== undefined) return [{ kind, entry }];
    return entry.kind === "directory" ? developmentEntriesBelow(context, entry.path) : [];
  });
  const found = all.filter(({ entry }) => !keptOutInVain(context).has(entry.path));
  const [first] = found;
  const size = sumOf(found.map(({ entry }) => entry.taken.bytes));
  if (first === undefined || size === 0) return undefined;
  return {
    kind: found.some(({ kind }) => kind === "tests") ? "tests" : first.kind,
    whole,
    paths: found.map(({ entry }) => entry.path),
    size: context.complete
      ? measured(size, `files of the build context (${context.foundBy})`)
      : estimated(noBytes, size, `the part of the build context that was read, ${bytesLabel(size)}`),
  };
}

function findingOf(
  facts: Facts,
  world: World,
  copy: CopyInstruction,
  source: Word,
  found: Found,
): Finding | undefined {
  const users = usersOf(facts, copy);
  const shippedUsers = users.filter((it) => facts.shipped.includes(it));
  if (shippedUsers.some((it) => runsTests(it) || found.paths.some((path) => mentions(it, path))))
    return undefined;
  const isNeeded = users.some((it) => runsTests(it) || found.paths.some((path) => mentions(it, path)));
  const what =
    found.kind === "tests"
      ? "tests are copied into the image"
      : "benchmark scripts are copied into the image";
  const where = found.whole ? "" : ` In this directory: ${listOf(found.paths)}.`;
  const advice = isNeeded ? " Another stage uses them from here: copy them in that stage." : "";
  return {
    at: source.at,
    what,
    why: `Nothing in the image that ships runs them.${where}${advice}`,
    saving: found.size,
    get fixes() {
      return isNeeded ? [] : fixesOf(facts, world, copy, source, found);
    },
  };
}

function fixesOf(
  facts: Facts,
  world: World,
  copy: CopyInstruction,
  source: Word,
  found: Found,
): readonly Fix[] {
  const noun = found.kind === "tests" ? "tests" : "benchmark scripts";
  if (found.whole) {
    const alone = copy.sources.length === 1;
    const edits = alone ? [removeInstruction(facts, copy)] : removeSource(facts, copy, source);
    return edits === undefined ? [] : [{ title: `Do not copy the ${noun}`, safety: "review", edits }];
  }
  const ignored = world.context && ignoreEdits(world.context, found.paths);
  if (ignored === undefined) return [];
  const title = `Leave the ${noun} out of the build context (${ignored.path})`;
  return [{ title, safety: "review", edits: [], otherFiles: [ignored] }];
}

/** Some names, and how many more. */
const listOf = (paths: readonly string[]): string =>
  paths.length <= 4 ? paths.join(", ") : `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more`;
