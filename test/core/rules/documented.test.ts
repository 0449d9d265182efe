import { describe, expect, it } from "vitest";
import type { DocumentKind } from "../../../core/document-kind.ts";
import { rules } from "../../../core/rules/index.ts";
import type { Rule } from "../../../core/rules/rule.ts";
import { emptyWorld, type World } from "../../../core/world.ts";
import { ignoreWorldWith, newJudge, withPrices, worldWith } from "../support/judge.ts";
import { pythonWorldOf } from "../support/python-world.ts";

const judge = await newJudge();
const all: readonly Rule[] = rules;

describe.each(all)("$id", (rule) => {
  const worldOf = ({ kind, source }: Example): World => {
    if (rule.on === "dockerignore") return ignoreWorldWith(judge, rule.exampleContext ?? {});
    if (kind !== "dockerfile") return pythonWorldOf(source);
    const files =
      rule.on === "dockerfile" && rule.exampleContext
        ? worldWith(rule.exampleContext, rule.exampleIgnore)
        : emptyWorld;
    return rule.examplePrices ? withPrices(files) : files;
  };

  it("has examples of both kinds, more silent ones among all rules", () => {
    const found = examplesIn(rule.docs);
    expect(found.some((it) => it.reported)).toBe(true);
    expect(found.some((it) => !it.reported)).toBe(true);
  });

  it.each(examplesIn(rule.docs))("behaves as documented: $reported $source", (example) => {
    const { reported, source, kind } = example;
    const reading = judge.read(kind, source);
    const found = judge.findings(reading, worldOf(example), {}).filter((it) => it.rule === rule.id);
    expect(found.length).toBe(reported ? 1 : 0);
  });

  it.each(examplesIn(rule.docs).filter((it) => it.reported))("its fixes silence it: $source", (example) => {
    const { source, kind } = example;
    const world = worldOf(example);
    const reading = judge.read(kind, source);
    for (const finding of judge.findings(reading, world, {}).filter((it) => it.rule === rule.id)) {
      expect(judge.fixes(reading, world, {}, finding).length).toBe(finding.fixes.length);
    }
  });

  it.each(examplesIn(rule.docs).filter((it) => it.reported))(
    "is silenced by a comment: $source",
    (example) => {
      if (rule.on === "suppressions") return;
      const { source, kind } = example;
      const world = worldOf(example);
      const reading = judge.read(kind, source);
      const [finding] = judge.findings(reading, world, {}).filter((it) => it.rule === rule.id);
      const comment = finding && judge.suppression(reading, finding);
      const { at = 0, before = "", after: end = "" } = comment ?? {};
      const text = `${source.slice(0, at)}${before}why${end}${source.slice(at)}`;
      const after = judge.findings(judge.read(kind, text), world, {});
      expect(after.filter((it) => it.rule === rule.id || it.rule === "suppression-unused")).toEqual([]);
    },
  );

  it("can be switched off and fixed in severity", () => {
    for (const example of examplesIn(rule.docs).filter((it) => it.reported)) {
      const world = worldOf(example);
      const reading = judge.read(example.kind, example.source);
      const own = (choice: "off" | "error") =>
        judge.findings(reading, world, { rules: { [rule.id]: choice } }).filter((it) => it.rule === rule.id);
      expect(own("off")).toEqual([]);
      expect(own("error").map((it) => it.severity)).toEqual(["error"]);
    }
  });
});

interface Example {
  readonly reported: boolean;
  readonly kind: DocumentKind;
  readonly source: string;
}

const kinds: Readonly<Record<string, DocumentKind>> = {
  dockerfile: "dockerfile",
  toml: "pyproject",
  requirements: "requirements",
  ignore: "dockerignore",
};

function examplesIn(docs: string): readonly Example[] {
  const [, loud = "", silent = ""] = /## Reported([\s\S]*)## Not reported([\s\S]*)/.exec(docs) ?? [];
  const blocks = (text: string, reported: boolean): readonly Example[] =>
    [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, language = "", source = ""]) => {
      const kind = kinds[language];
      return kind === undefined ? [] : [{ reported, kind, source }];
    });
  return [...blocks(loud, true), ...blocks(silent, false)];
}
