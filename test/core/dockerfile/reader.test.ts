import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Judge, Reading } from "../../../core/judge.ts";
import { newJudge } from "../support/judge.ts";
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

describe("reading again after an edit", () => {
  let judge: Judge;
  beforeAll(async () => {
    judge = await newJudge();
  });

  it.each([
    ["the sample", sample],
    ["many constructs", constructs],
    ["many constructs with CRLF", constructs.replaceAll("\n", "\r\n")],
  ])("gives the facts of a fresh reading: %s", (_, start) => {
    const next = numbers(7);
    let text = start;
    let reading: Reading = judge.read("dockerfile", text);
    for (let round = 0; round < 60; round += 1) {
      const at = round % 10 === 9 ? text.length : next(text.length + 1);
      const removed = next(3) === 0 ? next(60) : 0;
      text = text.slice(0, at) + (pieces[next(pieces.length)] ?? "") + text.slice(at + removed);
      if (round % 15 === 14) text = start;
      reading = judge.read("dockerfile", text, reading);
      const fresh = judge.read("dockerfile", text);
      if (reading.facts === undefined || fresh.facts === undefined) throw new Error("no facts");
      const [ours, wanted] = [reading.facts, fresh.facts].map((it) => JSON.stringify(plainFacts(it)));
      expect(ours === wanted, `round ${round}:\n${text}`).toBe(true);
    }
  });

  it("keeps what an edit does not touch", () => {
    const before = judge.read("dockerfile", sample);
    const after = judge.read("dockerfile", sample.replace("    curl \\", "    curlx \\"), before);
    expect(after.facts?.instructions[3]).toBe(before.facts?.instructions[3]);
  });
});

/** The same numbers on every machine. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
