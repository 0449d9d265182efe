import { expect, it } from "vitest";
import { newJudge, worldWith } from "../support/judge.ts";

const judge = await newJudge();

const factsOf = (text: string) => {
  const { facts } = judge.read("dockerfile", text);
  if (facts === undefined) throw new Error("nothing was read");
  return facts;
};

it("a trigger runs right behind the FROM that sets it off, where that stage stands", () => {
  const facts = factsOf(`FROM debian AS base
ONBUILD ARG DIR=/srv
ONBUILD WORKDIR \${DIR}
ONBUILD COPY . ./
ONBUILD RUN rm -rf cache
FROM base AS app
RUN touch done
FROM app
RUN touch more
`);
  expect(facts.shipped.map((it) => [it.source.replace(/^(\S+ \S+).*$/, "$1"), it.triggered])).toEqual([
    ["FROM debian", false],
    ["FROM base", false],
    ["ONBUILD ARG", true],
    ["ONBUILD WORKDIR", true],
    ["ONBUILD COPY", true],
    ["ONBUILD RUN", true],
    ["RUN touch", false],
    ["FROM app", false],
    ["RUN touch", false],
  ]);
  const runs = facts.shipped.flatMap((it) => (it.kind === "run" ? it.commands : []));
  expect(runs.map((it) => it.directory)).toEqual(["/srv", "/srv", "/srv"]);
  expect(facts.shipped.flatMap((it) => (it.kind === "copy" ? it.destinationPath : []))).toEqual(["/srv/"]);
  // Written once, whatever triggers them.
  expect(facts.instructions).toHaveLength(9);
});

it("what a trigger leaves behind is said on its line, once, and its fix is for review", () => {
  const text = `FROM debian AS base
ONBUILD COPY . /app
FROM base AS one
RUN a
FROM base AS two
RUN b
`;
  const world = { ...worldWith({ "a.js": 9, "tests/a.js": 2_000_000 }), targets: ["one", "two"] };
  const reading = judge.read("dockerfile", text);
  const found = judge.findings(reading, world, {}).filter(({ rule }) => rule === "tests-copied");
  expect(found.map(({ at }) => reading.lines.lineAt(at.start))).toEqual([1]);
  const [finding] = found;
  const fixes = finding === undefined ? [] : judge.fixes(reading, world, {}, finding);
  expect(fixes.every((it) => it.edits.length === 0 || it.safety === "review")).toBe(true);
});
