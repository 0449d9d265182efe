import { describe, expect, it } from "vitest";
import { bytes } from "../../../core/size/bytes.ts";
import { removable } from "../../../core/summary/part.ts";
import { emptyWorld, type World } from "../../../core/world.ts";
import { newJudge, withPrices, worldWith } from "../support/judge.ts";
import { pythonWorldOf } from "../support/python-world.ts";

const judge = await newJudge();

function partsOf(
  text: string,
  world: World,
  kind: "dockerfile" | "pyproject" | "requirements" = "dockerfile",
) {
  const reading = judge.read(kind, text);
  return judge.parts(reading, world, judge.findings(reading, world, {}));
}

const weights = (...asked: Parameters<typeof partsOf>): readonly string[] =>
  partsOf(...asked).map((it) => it.weight);

describe("the parts of a Dockerfile", () => {
  it.each<[string, World, readonly string[]]>([
    ["FROM scratch\nCOPY a /\n", worldWith({ a: 1000 }), ["Image: 1.00 kB measured"]],
    ["FROM scratch\nCOPY a /\nRUN x\n", worldWith({ a: 1000 }), ["Image: 1.00 kB measured, 1 unknown"]],
    ["FROM scratch\nCOPY a /\n", emptyWorld, ["Image: size unknown before the image is analyzed"]],
    ["FROM scratch\nENV A=1\n", emptyWorld, ["Image: nothing of its own"]],
    [
      "FROM scratch AS a\nCOPY a /\nFROM scratch AS b\nCOPY b /\nFROM a\nCOPY --from=b /b /\n",
      worldWith({ a: 1000, b: 2000 }),
      [
        "Image: 1.00 kB measured, 1 unknown",
        "a: 1.00 kB measured",
        "b: does not ship, but files are copied from it",
        "stage 2: size unknown before the image is analyzed",
      ],
    ],
    ["FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir\n", emptyWorld, []],
    ["# nothing yet\n", emptyWorld, []],
    ["", emptyWorld, []],
  ])("%j", (text, world, expected) => {
    expect(weights(text, world)).toEqual(expected);
  });

  it("take what an image measured, also of its base, only where the text is as it was built", () => {
    const text = "FROM debian:12\nRUN x\n";
    const layer = { instruction: "RUN x", layer: 1, bytes: bytes(5000), wasted: bytes(0), hides: bytes(0) };
    const knowledge = {
      image: "app:1",
      imageId: "sha256:0",
      layers: [layer],
      base: { image: "debian:12", bytes: bytes(7000) },
    };
    const world = withPrices({ ...emptyWorld, knowledge });
    expect(weights(text, world)).toEqual(["Image: 12.0 kB measured"]);
    expect(weights("FROM python:3.12-slim\nRUN x\n", world)[0]).toMatch(
      /^Image: 5\.00 kB measured, ~.* MB estimated$/,
    );
    expect(weights("FROM debian:12\nRUN y\n", world)).toEqual(["Image: 7.00 kB measured, 1 unknown"]);
  });

  it("sum up what can go, without what is not about bytes", () => {
    const comment = "# plimsoll: ignore[package-cache-kept] nothing here\nENV A=1\n";
    const text = `FROM scratch\nCOPY tests /tests\n${comment}`;
    const [image] = partsOf(text, worldWith({ "tests/a.py": 3_000_000 }));
    expect(image && removable(image)).toBe("3.00 MB measured (1 finding)");
    expect(image?.rows().map(({ name, note }) => [name, note])).toEqual([["COPY tests /tests", ""]]);
    const [none] = partsOf("FROM scratch\nENV A=1\n", emptyWorld);
    expect(none && removable(none)).toBeUndefined();
  });
});

describe("the parts of a Python document", () => {
  const project = `[project]
name = "p"
dependencies = ["numpy"]
[project.optional-dependencies]
plot = ["matplotlib"]
empty = []
`;
  it("are the whole, and each group that asks for something", () => {
    const world = pythonWorldOf(project);
    expect(partsOf(project, world, "pyproject").map(({ id }) => id)).toEqual([
      "file",
      "project",
      "extra:plot",
    ]);
    const [, , plot] = partsOf(project, world, "pyproject");
    expect(plot?.weight).toMatch(/^extra plot: ~.* estimated in \d+ packages, does not ship$/);
    expect(plot?.rows().find(({ name }) => name.startsWith("numpy"))?.note).toBe("others need it too");
  });

  it("are none where no size is known and where nothing is asked for", () => {
    expect(weights(project, emptyWorld, "pyproject")).toEqual([]);
    expect(weights("[tool.ruff]\n", pythonWorldOf(""), "pyproject")).toEqual([]);
    expect(weights("requests\n", pythonWorldOf(""), "requirements")[0]).toMatch(/^Installed: ~.* packages$/);
  });
});
