import { describe, expect, it } from "vitest";
import { worldWith } from "../support/judge.ts";

const files = {
  "a.txt": 1,
  "b/a.txt": 2,
  "b/c/d.md": 4,
  "node_modules/x/y.js": 8,
  "README.md": 16,
  ".env": 32,
};

const taken = (ignore: string, source = "."): number =>
  (worldWith(files, ignore).context?.matches(source) ?? []).reduce((sum, it) => sum + it.taken.bytes, 0);

describe("the ignore file", () => {
  it.each([
    ["", 63],
    ["node_modules", 55],
    ["/node_modules/", 55],
    ["*.md", 47],
    ["**/*.md", 43],
    ["b/*", 57],
    ["b", 57],
    ["*\n!README.md", 16],
    ["*\n!b/c", 4],
    ["b\n!b/c/d.md", 61],
    ["# a.txt\n", 63],
    ["  a.txt  ", 62],
    ["\uFEFFa.txt", 62],
    ["./b/../a.txt", 62],
    ["[ab].txt", 62],
    ["[", 63],
    ["[b-a].txt", 63],
    ["node_module[r-t]", 55],
    ["[-a].txt", 63],
    ["[\\-a].txt", 62],
    ["no-such-file", 63],
    ["no\\-such", 63],
    ["A.TXT", 63],
    ["**", 0],
    [".*", 31],
    ["?.txt", 62],
    ["!a.txt", 63],
    ["*.md\n!*.md\nREADME.md", 47],
  ])("%j lets %i bytes through", (text, expected) => {
    expect(taken(text)).toBe(expected);
  });
});

describe("a COPY source", () => {
  it.each([
    ["b", 6],
    ["/b/", 6],
    ["./b/c", 4],
    ["*.txt", 1],
    ["b/*", 6],
    ["*/a.txt", 2],
    ["../b", 6],
    ["nothing", 0],
    ["**", 63],
  ])("%s takes %i bytes", (source, expected) => {
    expect(taken("", source)).toBe(expected);
  });
});
