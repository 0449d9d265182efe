import { expect, it } from "vitest";
import { hoverOf, messageOf } from "../../core/message.ts";
import { newJudge, withPrices, worldWith } from "./support/judge.ts";

const judge = await newJudge();
const world = withPrices(worldWith({ "tests/a.py": 3_000_000, "main.py": 10 }));

function findingsIn(text: string): ReturnType<typeof judge.findings> {
  return judge.findings(judge.read("dockerfile", text), world, {});
}

it("begins a sentence with a capital, and a name as the name is written", () => {
  const text = "FROM python:3.12\nRUN pip install torch pytest\nCOPY tests ./tests\n";
  const messages = findingsIn(text).map(messageOf);
  const heads = messages.map((it) => it.slice(0, it.indexOf(" ")));
  expect(heads).toEqual(expect.arrayContaining(["python:3.12", "torch", "pytest", "Tests", "This"]));
  expect(heads).not.toContain("Torch");
});

it("does not say in a hover what the diagnostic there says", () => {
  const text = "FROM debian:12\nCOPY tests ./tests\n";
  const hover = hoverOf(findingsIn(text), [], text.indexOf("tests"), () => "");
  expect(hover?.markdown).toBe("Measured: files of the build context (test).");
});

it("names the finding in a hover on a place that belongs to it, where no diagnostic is", () => {
  const text =
    "FROM debian:12\nRUN apt-get update && apt-get install -y gcc g++ && rm -rf /var/lib/apt/lists/*\n";
  const hover = hoverOf(findingsIn(text), [], text.indexOf("g++"), () => "");
  expect(hover?.markdown).toMatch(/^\*\*Build tools are part of the image that ships: gcc, g\+\+\*\* \(~/);
});

it("names the packages of a fix as a sentence does", () => {
  const text =
    "FROM debian:12\nRUN apt-get update && apt-get install -y gcc g++ make && rm -rf /var/lib/apt/lists/*\n";
  const reading = judge.read("dockerfile", text);
  const titles = judge
    .findings(reading, world, {})
    .flatMap((it) => judge.fixes(reading, world, {}, it))
    .map(({ title }) => title);
  expect(titles).toContain("Do not install gcc, g++ and make");
});
