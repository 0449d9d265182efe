import { describe, expect, it } from "vitest";
import { emptyWorld } from "../../../core/world.ts";
import { newJudge } from "../support/judge.ts";

const judge = await newJudge();
const text = "FROM node:22-slim\nRUN npm install -g yarn\nRUN npm install -g serve\n";

describe("the fixes of a finding", () => {
  const reading = judge.read("dockerfile", text);
  const findings = judge.findings(reading, emptyWorld, {}).filter((it) => it.rule === "package-cache-kept");
  const titles = (most?: number) =>
    findings.map((it) => judge.fixes(reading, emptyWorld, {}, it, most).map(({ title }) => title));

  it("are verified each by itself: what only another fix makes sound is not offered", () => {
    // A cleanup in the second RUN alone would delete what the first one left.
    expect(titles()).toEqual([
      ["Delete npm's downloads in the same RUN", "Keep the cache on a cache mount (BuildKit)"],
      ["Keep the cache on a cache mount (BuildKit)"],
    ]);
  });

  it("end with the best sound one for who shows no other", () => {
    expect(titles(1)).toEqual([
      ["Delete npm's downloads in the same RUN"],
      ["Keep the cache on a cache mount (BuildKit)"],
    ]);
  });
});
