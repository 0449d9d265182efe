import { expect, it } from "vitest";
import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { pythonFactsOf, readPythonText } from "../../../core/python/python-facts.ts";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { byRelevance, shippedPython } from "../../../core/python/shipped.ts";
import { emptySurroundings } from "../../../core/python/surroundings.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { pythonParts } from "../../../core/summary/python-parts.ts";
import { emptyWorld } from "../../../core/world.ts";
import { pythonCatalogue } from "../../../scripts/catalogue.ts";
import { newJudge, worldWith } from "../support/judge.ts";

const judge = await newJudge();
const requirements = "flask\npytest\n";

const catalogue = new PythonCatalogue(pythonCatalogue());

const rulesAt = (path: string, ...dockerfiles: readonly string[]): readonly string[] => {
  const project = readRequirementsFile(requirements, "");
  const images = dockerfiles.flatMap((text, index) => {
    const { facts } = judge.read("dockerfile", text);
    return (
      (facts &&
        shippedPython(
          facts,
          { path: `Dockerfile.${index}`, shown: `Dockerfile.${index}` },
          project,
          emptyWorld,
        )) ??
      []
    );
  });
  const folder = /^(?:\/home\/me\/tests\/app|\/p|C:\\p)/.exec(path)?.[0] ?? "";
  const first = byRelevance(images, { path, kind: "requirements" });
  const world = {
    ...emptyWorld,
    python: { path, surroundings: { ...emptySurroundings, folder, images: first } },
  };
  return judge.findings(judge.read("requirements", requirements), world, {}).map(({ rule }) => rule);
};

const image = (command: string): string =>
  `FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD ${command}\n`;

it.each([
  ["/p/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/p/tests/requirements.txt", [], []],
  ["/p/docs/sphinx/requirements.txt", [], []],
  ["C:\\p\\tests\\requirements.txt", [], []],
  ["/home/me/tests/app/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/home/me/tests/app/tests/requirements.txt", [], []],
  ["/elsewhere/tests/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/p/latest/requirements.txt", [], ["dev-tool-in-runtime"]],
  ["/p/requirements.txt", [image('["flask", "run"]')], ["dev-tool-in-runtime"]],
  ["/p/tests/requirements.txt", [image('["flask", "run"]')], ["dev-tool-in-runtime"]],
  ["/p/requirements.txt", [image('["pytest"]')], []],
  ["/p/requirements.txt", [image('["pytest"]'), image('["flask", "run"]')], ["dev-tool-in-runtime"]],
])("%s with images %j: %j", (path, dockerfiles, expected) => {
  expect(rulesAt(path, ...dockerfiles)).toEqual(expected);
});

it.each([
  ["/p/requirements.txt", ["cuda-stack-pulled"]],
  ["/p/requirements-gpu.txt", []],
  ["/p/requirements_amd.txt", []],
  ["C:\\p\\requirements-cu121.txt", []],
  ["/p/requirements-camd.txt", ["cuda-stack-pulled"]],
])("torch in %s: %j", (path, expected) => {
  const reading = judge.read("requirements", "torch\nflask\n");
  const world = { ...emptyWorld, python: { path, surroundings: { ...emptySurroundings, catalogue } } };
  expect(judge.findings(reading, world, {}).map(({ rule }) => rule)).toEqual(expected);
});

it("tells what each image installs", () => {
  const text =
    '[project]\nname = "a"\ndependencies = ["flask"]\n[project.optional-dependencies]\nml = ["numpy"]\n';
  const read = readPythonText("pyproject", text, new TomlReader());
  const images = ["/app[ml]", "/app", "nothing-of-it"].flatMap((what, index) => {
    const dockerfile = `FROM python:3.12-slim\nCOPY . /app\nRUN pip install "${what}"\n`;
    const { facts } = judge.read("dockerfile", dockerfile);
    return (
      (facts &&
        shippedPython(
          facts,
          { path: `${index}.Dockerfile`, shown: `${index}.Dockerfile` },
          read.project,
          emptyWorld,
        )) ??
      []
    );
  });
  const surroundings = { ...emptySurroundings, catalogue, images };
  const parts = pythonParts(pythonFactsOf(read, surroundings, "/p/pyproject.toml"), []);
  expect(parts.map(({ id, weight }) => [id, weight.replace(/:.*/, "")]).slice(0, 3)).toEqual([
    ["file", "Installed by 0.Dockerfile"],
    ["image:1.Dockerfile", "Installed by 1.Dockerfile"],
    ["project", "Runtime"],
  ]);
});

it.each([
  ["/p/api/requirements.txt", ["/app/requirements.txt"]],
  ["/p/requirements.txt", []],
  ["C:\\p\\api\\requirements.txt", ["/app/requirements.txt"]],
  ["/p/other/requirements.txt", []],
])("%s is the list that is copied from api: %j", (document, expected) => {
  const { facts } = judge.read(
    "dockerfile",
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY api/requirements.txt .\nRUN pip install -r requirements.txt\n",
  );
  if (facts === undefined) throw new Error("nothing was read");
  const world = worldWith({ "api/requirements.txt": 20, "requirements.txt": 20 });
  const project = readRequirementsFile(requirements, "");
  const shipped = shippedPython(
    facts,
    { path: "/p/Dockerfile", shown: "Dockerfile", document },
    project,
    world,
  );
  expect(shipped?.files).toEqual(expected);
});

it.each([
  ["git clone --depth 1 https://example.org/a.git /app", []],
  ["mkdir /app && curl -fsSL https://example.org/a.tgz | tar xz -C /app", []],
  ["git clone --depth 1 https://example.org/a.git /other", ["/app/requirements.txt"]],
])("a list in a tree that %s brings is nobody's here", (fetch, expected) => {
  const dockerfile = `FROM python:3.12\nRUN ${fetch}\nRUN pip install -r /app/requirements.txt\n`;
  const { facts } = judge.read("dockerfile", dockerfile);
  if (facts === undefined) throw new Error("nothing was read");
  const place = { path: "/p/Dockerfile", shown: "Dockerfile", document: "/p/requirements.txt" };
  const shipped = shippedPython(facts, place, readRequirementsFile(requirements, ""), emptyWorld);
  expect(shipped?.files).toEqual(expected);
});

it("leads from a requirement to the words of the Dockerfile that install it", () => {
  const text =
    '[project]\nname = "a"\ndependencies = ["flask"]\n[project.optional-dependencies]\nml = ["pytest"]\n';
  const dockerfile = [
    "FROM python:3.12-slim",
    "COPY . /app",
    "RUN pip install /app",
    "RUN pip install \\",
    "    '/app[ml]'",
  ].join("\n");
  const { facts } = judge.read("dockerfile", dockerfile);
  const reading = judge.read("pyproject", text);
  const project = reading.python?.project;
  if (facts === undefined || project === undefined) throw new Error("nothing was read");
  const shipped = shippedPython(facts, { path: "/p/Dockerfile", shown: "Dockerfile" }, project, emptyWorld);
  const images = shipped === undefined ? [] : [shipped];
  const world = {
    ...emptyWorld,
    python: { path: "/p/pyproject.toml", surroundings: { ...emptySurroundings, images } },
  };
  const found = judge.findings(reading, world, {}).find(({ rule }) => rule === "dev-tool-in-runtime");
  const places = found?.elsewhere?.map(({ file, at }) => [
    file.path,
    file.lines.positionAt(at.start),
    dockerfile.slice(at.start, at.end),
  ]);
  expect(places).toEqual([["/p/Dockerfile", { line: 4, character: 4 }, "'/app[ml]'"]]);
});
