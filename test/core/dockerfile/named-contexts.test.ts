import { expect, it } from "vitest";
import { emptyWorld } from "../../../core/world.ts";
import { newJudge, worldWith } from "../support/judge.ts";

const judge = await newJudge();

const factsWith = (text: string, namedContexts: ReadonlyMap<string, string | undefined>) => {
  const facts = judge.factsOf(judge.read("dockerfile", text), { ...emptyWorld, namedContexts });
  if (facts === undefined) throw new Error("nothing was read");
  return facts;
};

it.each([
  ["base", "base"],
  ["python", "docker.io/library/python:latest"],
  ["python:3.12", "python:3.12"],
])("a FROM means the context %s", (name, written) => {
  const facts = factsWith(`FROM ${written}\nRUN a\n`, new Map([[name, "debian:12"]]));
  expect(facts.stages[0]?.baseImage).toBe("debian:12");
  const folder = factsWith(`FROM ${written}\nRUN a\n`, new Map([[name, undefined]]));
  expect(folder.stages[0]?.baseImage).toBeUndefined();
});

it("a stage with the name of a context is not built", () => {
  const text = "FROM node AS build\nRUN npm ci\nFROM build\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\n";
  const facts = factsWith(text, new Map([["build", "alpine"]]));
  expect(facts.shipped.map((it) => it.source)).toEqual([
    "FROM build",
    "COPY --from=build /a /a",
    "COPY --from=0 /b /b",
  ]);
  expect(facts.stages[1]).toMatchObject({ parent: undefined, baseImage: "alpine" });
  expect(facts.shipped.map((it) => (it.kind === "copy" ? it.fromStage : undefined))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  // The same text without it, and again with it: what was read before does not stick.
  const plain = judge.read("dockerfile", text).facts;
  expect(plain?.stages[1]?.parent).toBe(0);
  expect(factsWith(text, new Map([["build", "alpine"]])).stages[1]?.parent).toBeUndefined();
});

it("a copy from a folder with a name has that folder's bytes", () => {
  const text = "FROM scratch\nCOPY --from=shared lib /lib\n";
  const { context } = worldWith({ "lib/a": 1_000_000, "lib/b": 500_000, c: 7 });
  if (context === undefined) throw new Error("no context");
  const world = {
    ...emptyWorld,
    namedContexts: new Map([["shared", undefined]]),
    namedFolders: new Map([["shared", context]]),
  };
  const reading = judge.read("dockerfile", text);
  expect(judge.hints(reading, world).map(({ label }) => label)).toEqual(["1.50 MB"]);
  expect(judge.hints(reading, emptyWorld)).toEqual([]);
});
