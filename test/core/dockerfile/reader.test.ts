import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Judge, Reading } from "../../../core/judge.ts";
import type { RatedFinding } from "../../../core/rules/check.ts";
import { rules } from "../../../core/rules/index.ts";
import type { Rule } from "../../../core/rules/rule.ts";
import { judgeMaker, withPrices, worldWith } from "../support/judge.ts";
import { plainFacts } from "../support/plain-facts.ts";

const sample = readFileSync(
  join(import.meta.dirname, "../../../examples/truthgraph/docker/api.Dockerfile"),
  "utf8",
);
const constructs = `# escape=\\
ARG TAG=12
FROM debian:\${TAG} AS one
RUN <<EOF
apt-get update
# a comment of the script
apt-get install -y curl
EOF
COPY <<A <<B /etc/
a
A
b
B
ARG X=1
ENV Y=$X
ONBUILD RUN make
FROM one AS two
SHELL ["/bin/bash", "-c"]
WORKDIR app
RUN cd /srv && \\

    # between
    rm -rf cache; \\
    if [ "$Y" = "1" ]; then echo yes; fi
RUN ["sh", "-c", "echo $Y"]
COPY --from=one --chown=1:1 /a /b ./
FROM scratch
COPY --from=two /srv /srv
CMD ["x"]`;

/** What people and tools type, paste and delete, also what breaks the text around it. */
const pieces = [
  "x",
  "\n",
  " \\\n",
  "#",
  "\n# note\n",
  "\nFROM one AS three\n",
  "\nENV Y=2\n",
  "\nONBUILD ENV Y=1\n",
  "\nWORKDIR /w\n",
  "\nRUN rm -rf /srv\n",
  "<<EOF",
  "\nEOF\n",
  '"',
  "'",
  "\r\n",
  "# escape=`\n",
  "\uFEFF",
  "",
];

/** Texts after each other, each a small change of the one before; from the start again after every `resets` of them. */
function* versionsOf(start: string, rounds: number, resets: number, seed: number): Generator<string> {
  const next = numbers(seed);
  let text = start;
  for (let round = 0; round < rounds; round += 1) {
    const at = round % 10 === 9 ? text.length : next(text.length + 1);
    const removed = next(3) === 0 ? next(60) : 0;
    text = text.slice(0, at) + (pieces[next(pieces.length)] ?? "") + text.slice(at + removed);
    if (round % resets === resets - 1) text = start;
    yield text;
  }
}

describe("reading again after an edit", () => {
  let fresh: () => Judge;
  let judge: Judge;
  beforeAll(async () => {
    fresh = await judgeMaker();
    judge = fresh();
  });

  it.each([
    ["the sample", sample],
    ["many constructs", constructs],
    ["many constructs with CRLF", constructs.replaceAll("\n", "\r\n")],
  ])("gives the facts of a fresh reading: %s", (_, start) => {
    let reading: Reading = judge.read("dockerfile", start);
    for (const text of versionsOf(start, 60, 15, 7)) {
      reading = judge.read("dockerfile", text, reading);
      const wanted = fresh().read("dockerfile", text);
      if (reading.facts === undefined || wanted.facts === undefined) throw new Error("no facts");
      const [ours, theirs] = [reading.facts, wanted.facts].map((it) => JSON.stringify(plainFacts(it)));
      expect(ours === theirs, text).toBe(true);
    }
  });

  it.each([
    ["the sample", sample, worldWith({ "app/main.py": 3_000_000, "tests/test_a.py": 2_000_000 })] as const,
    ["many constructs", constructs, worldWith({ a: 10, b: 2_000_000 })] as const,
    ...rules.flatMap((rule) =>
      rule.on === "dockerfile" ? [[rule.id, examplesOf(rule.docs), worldWith(contextOf(rule))] as const] : [],
    ),
  ])("gives the findings of a fresh judge: %s", (_, start, context) => {
    const world = withPrices(context);
    let reading: Reading = judge.read("dockerfile", start);
    for (const text of versionsOf(start, 14, 5, start.length)) {
      reading = judge.read("dockerfile", text, reading);
      const other = fresh();
      const ours = judge.findings(reading, world, {});
      const theirs = other.findings(other.read("dockerfile", text), world, {});
      expect(ours.map(plainFinding), text).toEqual(theirs.map(plainFinding));
    }
  });

  it("keeps what an edit does not touch", () => {
    const before = judge.read("dockerfile", sample);
    const after = judge.read("dockerfile", sample.replace("    curl \\", "    curlx \\"), before);
    expect(after.facts?.instructions[3]).toBe(before.facts?.instructions[3]);
  });
});

const contextOf = (rule: Rule): Readonly<Record<string, number>> => rule.exampleContext ?? {};

/** All examples of a page as one file of many stages; the last one ships, and is a reported one. */
const examplesOf = (docs: string): string =>
  [...docs.matchAll(/^```dockerfile\n(.*?)^```/gms)]
    .map((it) => it[1] ?? "")
    .reverse()
    .join("\n");

const plainFinding = ({ at, rule, severity, what, why, saving, related, fixes }: RatedFinding) => ({
  ...{ at, rule, severity, what, why, saving, related },
  fixes: fixes.map(({ title, edits }) => ({ title, edits })),
});

/** The same numbers on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
