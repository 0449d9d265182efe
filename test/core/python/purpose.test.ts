import { expect, it } from "vitest";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { byRelevance, shippedPython } from "../../../core/python/shipped.ts";
import { emptySurroundings } from "../../../core/python/surroundings.ts";
import { emptyWorld } from "../../../core/world.ts";
import { newJudge } from "../support/judge.ts";

const judge = await newJudge();
const requirements = "flask\npytest\n";

const rulesAt = (path: string, ...dockerfiles: readonly string[]): readonly string[] => {
  const project = readRequirementsFile(requirements, "");
  const images = dockerfiles.flatMap((text, index) => {
    const { facts } = judge.read("dockerfile", text);
    return (facts && shippedPython(facts, `Dockerfile.${index}`, project, emptyWorld)) ?? [];
  });
  const first = byRelevance(images, { path, kind: "requirements" });
  const world = { ...emptyWorld, python: { path, surroundings: { ...emptySurroundings, images: first } } };
  return judge.findings(judge.read("requirements", requirements), world, {}).map(({ rule }) => rule);
};

const image = (command: string): string =>
  `FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD ${command}\n`;

it.each([
  ["/p/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/p/tests/requirements.txt", [], []],
  ["/p/docs/sphinx/requirements.txt", [], []],
  ["C:\\p\\tests\\requirements.txt", [], []],
  ["/p/latest/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/p/requirements.txt", [image('["flask", "run"]')], ["dev-tool-in-runtime"]],
  ["/p/tests/requirements.txt", [image('["flask", "run"]')], ["dev-tool-in-runtime"]],
  ["/p/requirements.txt", [image('["pytest"]')], []],
  ["/p/requirements.txt", [image('["pytest"]'), image('["flask", "run"]')], ["dev-tool-in-runtime"]],
])("%s with images %j: %j", (path, dockerfiles, expected) => {
  expect(rulesAt(path, ...dockerfiles)).toEqual(expected);
});
