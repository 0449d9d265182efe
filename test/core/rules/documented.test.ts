import { describe, expect, it } from "vitest";
import { rules } from "../../../core/rules/index.ts";
import type { Rule } from "../../../core/rules/rule.ts";
import { emptyWorld } from "../../../core/world.ts";
import { newJudge, worldWith } from "../support/judge.ts";

const judge = await newJudge();
const all: readonly Rule[] = rules;

describe.each(all)("$id", (rule) => {
  const world =
    rule.on === "dockerfile" && rule.exampleContext
      ? worldWith(rule.exampleContext, rule.exampleIgnore)
      : emptyWorld;

  it("has examples of both kinds, more silent ones among all rules", () => {
    const found = examplesIn(rule.docs);
    expect(found.some((it) => it.reported)).toBe(true);
    expect(found.some((it) => !it.reported)).toBe(true);
  });

  it.each(examplesIn(rule.docs))("behaves as documented: $reported $source", ({ reported, source }) => {
    const reading = judge.read("dockerfile", source);
    const found = judge.findings(reading, world, {}).filter((it) => it.rule === rule.id);
    expect(found.length).toBe(reported ? 1 : 0);
  });

  it.each(examplesIn(rule.docs).filter((it) => it.reported))(
    "its fixes silence it: $source",
    ({ source }) => {
      const reading = judge.read("dockerfile", source);
      for (const finding of judge.findings(reading, world, {}).filter((it) => it.rule === rule.id)) {
        expect(judge.fixes(reading, world, {}, finding).length).toBe(finding.fixes.length);
      }
    },
  );

  it.each(examplesIn(rule.docs).filter((it) => it.reported))(
    "is silenced by a comment: $source",
    ({ source }) => {
      if (rule.on === "suppressions") return;
      const reading = judge.read("dockerfile", source);
      const [finding] = judge.findings(reading, world, {}).filter((it) => it.rule === rule.id);
      const edit = finding && judge.suppressionEdit(reading, finding);
      const text = source.slice(0, edit?.at.start) + (edit?.insert ?? "") + source.slice(edit?.at.start ?? 0);
      const after = judge.findings(judge.read("dockerfile", text), world, {});
      expect(after.filter((it) => it.rule === rule.id || it.rule === "suppression-unused")).toEqual([]);
    },
  );

  it("can be switched off and fixed in severity", () => {
    for (const { source } of examplesIn(rule.docs).filter((it) => it.reported)) {
      const reading = judge.read("dockerfile", source);
      const own = (choice: "off" | "error") =>
        judge.findings(reading, world, { [rule.id]: choice }).filter((it) => it.rule === rule.id);
      expect(own("off")).toEqual([]);
      expect(own("error").map((it) => it.severity)).toEqual(["error"]);
    }
  });
});

function examplesIn(docs: string): { reported: boolean; source: string }[] {
  const [, loud = "", silent = ""] = /## Reported([\s\S]*)## Not reported([\s\S]*)/.exec(docs) ?? [];
  const blocks = (text: string) =>
    [...text.matchAll(/```dockerfile\n([\s\S]*?)```/g)].map((it) => it[1] ?? "");
  return [
    ...blocks(loud).map((source) => ({ reported: true, source })),
    ...blocks(silent).map((source) => ({ reported: false, source })),
  ];
}
