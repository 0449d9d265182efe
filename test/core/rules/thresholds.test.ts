import { describe, expect, it } from "vitest";
import type { RuleChoices } from "../../../core/rules/settings.ts";
import { bytes, bytesFrom } from "../../../core/size/bytes.ts";
import { newJudge, worldWith } from "../support/judge.ts";

const judge = await newJudge();
const world = worldWith({ "tests/a.py": 2_000_000, "src/a.py": 5 });
const told = (choices: RuleChoices, text = "FROM scratch\nCOPY tests /tests\n"): readonly string[] =>
  judge
    .findings(judge.read("dockerfile", text), world, choices)
    .map(({ rule, severity }) => `${severity} ${rule}`);

describe("thresholds of what rates by itself", () => {
  it.each<[RuleChoices, readonly string[]]>([
    [{}, ["warning tests-copied"]],
    [{ warnFrom: bytes(2_000_000) }, ["warning tests-copied"]],
    [{ warnFrom: bytes(2_000_001) }, ["information tests-copied"]],
    [{ warnFrom: bytes(0) }, ["warning tests-copied"]],
    [{ reportFrom: bytes(2_000_000) }, ["warning tests-copied"]],
    [{ reportFrom: bytes(2_000_001) }, []],
    [{ reportFrom: bytes(2_000_001), rules: { "tests-copied": "hint" } }, ["hint tests-copied"]],
    [{ reportFrom: bytes(1), rules: { "tests-copied": "off" } }, []],
  ])("%j", (choices, expected) => {
    expect(told(choices)).toEqual(expected);
  });

  it.each([
    [2, {}, "hint"],
    [9_999, {}, "hint"],
    [10_000, {}, "information"],
    [999_999, {}, "information"],
    [2, { warnFrom: bytes(1) }, "warning"],
    [2, { rules: { "tests-copied": "error" } }, "error"],
  ] as const)("%d measured bytes with %j: %s", (size, choices, severity) => {
    const reading = judge.read("dockerfile", "FROM scratch\nCOPY tests /tests\n");
    const found = judge.findings(reading, worldWith({ "tests/a.py": size, "src/a.py": 5 }), choices);
    expect(found.map((it) => it.severity)).toEqual([severity]);
  });

  it("keep what is of unknown size, what is about no bytes, and comments for what is too small", () => {
    const reportFrom = bytes(1_000_000_000);
    const unknown = "FROM debian:12\nRUN git clone https://example.org/a.git /a\n";
    expect(told({ reportFrom }, unknown)).toEqual(told({}, unknown));
    const comment = "# plimsoll: ignore[tests-copied] they run in the container\nCOPY";
    expect(told({ reportFrom }, `FROM scratch\n${comment} tests /tests\n`)).toEqual([]);
    expect(told({ reportFrom }, `FROM scratch\n${comment} src /src\n`)).toEqual([
      "information suppression-unused",
    ]);
  });
});

describe("a size that people write", () => {
  it.each([
    ["1 MB", 1_000_000],
    ["500kB", 500_000],
    ["1.5gb", 1_500_000_000],
    ["12", 12],
    [" 0 B ", 0],
    ["0.0004 kB", 0],
    ["", undefined],
    ["1 MiB", undefined],
    ["-1", undefined],
    ["1e9", undefined],
    ["MB", undefined],
    ["99999999999 TB", undefined],
  ])("%j", (text, expected) => {
    expect(bytesFrom(text)).toBe(expected);
  });
});
