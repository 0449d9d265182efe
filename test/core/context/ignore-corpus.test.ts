import { describe, expect, it } from "vitest";
import type { BuildContext } from "../../../core/context/build-context.ts";
import { IgnoreRules } from "../../../core/context/ignore-rules.ts";
import { worldWith } from "../support/judge.ts";
import { ignoreCorpus, ignoreTree, letThrough } from "./ignore-corpus.ts";

const files = Object.fromEntries([...ignoreTree, ".dockerignore"].map((it) => [it, 1]));

describe("what an ignore file lets through is what builders let through", () => {
  it.each(ignoreCorpus)("%j: %s", (ignore = "", row = "") => {
    const expected = letThrough(row);
    expect(new IgnoreRules(ignore).invalid.length > 0, "refused").toBe(expected === undefined);
    if (expected === undefined) return;
    const { context } = worldWith(files, ignore);
    expect(context && filesBelow(context, "").toSorted()).toEqual(expected);
    expect(context?.matches(".")[0]?.taken.files).toBe(expected.length);
  });
});

const filesBelow = (context: BuildContext, directory: string): readonly string[] =>
  context
    .children(directory)
    .flatMap((it) => (it.kind === "file" ? [it.path] : filesBelow(context, it.path)));
