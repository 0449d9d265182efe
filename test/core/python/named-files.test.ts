import { describe, expect, it } from "vitest";
import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { type PythonProject, withNamedFiles } from "../../../core/python/project.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales } from "../../../core/python/weigh.ts";

const catalogue = new PythonCatalogue({
  date: "2026-01-01",
  packages: [
    [
      "a",
      0,
      "b|c",
      [
        ["2.0", 10, 200, -1],
        ["1.0", 10, 100, -1],
      ],
    ],
    [
      "b",
      0,
      "",
      [
        ["3.0", 10, 3_000, -1],
        ["2.5", 10, 2_500, -1],
        ["2.0", 10, 2_000, -1],
      ],
    ],
    ["c", 0, "", [["1.0", 10, 10, -1]]],
  ],
});
const pyproject = (text: string) => readPyproject(new TomlReader().read(text), "pyproject.toml");

function versionsOf(project: PythonProject): readonly string[] {
  const scales = new Scales({
    project,
    target: targetOfImage("python:3.12-slim", undefined),
    lock: undefined,
    catalogue,
    groups: ["project"],
  });
  return scales
    .weigh()
    .packages.map((it) => `${it.node.name} ${it.node.version}`)
    .sort();
}

const files = (all: Readonly<Record<string, PythonProject>>) => (path: string) => all[path];
const requirements = (text: string) => readRequirementsFile(text, "requirements.txt");

describe("without a lock", () => {
  it.each([
    ["a", ["a 2.0", "b 3.0", "c 1.0"]],
    ["a<2", ["a 1.0", "b 3.0", "c 1.0"]],
    // What a list of all pins says holds for whoever brings it, in any order.
    ["a==1.0\nb==2.0\nc==1.0", ["a 1.0", "b 2.0", "c 1.0"]],
    ["b<3\na", ["a 2.0", "b 2.5", "c 1.0"]],
    ["b<3 ; sys_platform == 'win32'\na", ["a 2.0", "b 3.0", "c 1.0"]],
    ["b==2.5,!=2.4\na", ["a 2.0", "b 2.5", "c 1.0"]],
  ])("%j has one version of each", (text, wanted) => {
    expect(versionsOf(requirements(text))).toEqual(wanted);
  });
});

describe("constraints", () => {
  it("say versions of what is installed, and install nothing", () => {
    const project = requirements("-c constraints.txt\na\n");
    const whole = withNamedFiles(project, files({ "constraints.txt": requirements("b==2.0\nz==1\n") }));
    expect(versionsOf(whole)).toEqual(["a 2.0", "b 2.0", "c 1.0"]);
    expect(whole.requirements).toHaveLength(1);
  });

  it("come from uv's tables too", () => {
    const text =
      '[project]\nname = "p"\ndependencies = ["a"]\n[tool.uv]\nconstraint-dependencies = ["b<3"]\noverride-dependencies = ["a==1.0", 7]\n';
    expect(versionsOf(pyproject(text))).toEqual(["a 1.0", "b 2.5", "c 1.0"]);
  });

  it("of a named file hold as well", () => {
    const inner = withNamedFiles(requirements("-c c.txt\na"), files({ "c.txt": requirements("b==2.5") }));
    expect(versionsOf(withNamedFiles(requirements("-r inner.txt"), files({ "inner.txt": inner })))).toEqual([
      "a 2.0",
      "b 2.5",
      "c 1.0",
    ]);
  });
});

describe("projects that a requirements file names", () => {
  const project = pyproject(
    '[project]\nname = "p"\ndependencies = ["c"]\n[project.optional-dependencies]\nmore = ["b"]\nall = ["p[more]"]\ndev = ["a"]\n',
  );

  it.each([
    ["-e .", ".", ["c 1.0"]],
    ["--editable=./api[all]", "./api", ["b 3.0", "c 1.0"]],
    ["./api[more] ; python_version > '3'", "./api", ["b 3.0", "c 1.0"]],
    [".[dev, more]", ".", ["a 2.0", "b 3.0", "c 1.0"]],
  ])("%j brings what it asks for", (line, path, wanted) => {
    const file = requirements(line);
    expect(file.files).toMatchObject([{ path, kind: "project" }]);
    expect(versionsOf(withNamedFiles(file, files({ [path]: project })))).toEqual(wanted);
  });

  it("are left out where they cannot be read", () => {
    expect(versionsOf(withNamedFiles(requirements("-e ../gone\nc"), files({})))).toEqual(["c 1.0"]);
  });
});

it("reads features of hatch's environments and flit's old tables", () => {
  const hatch = pyproject(
    '[project]\nname = "p"\n[project.optional-dependencies]\nx = ["b"]\n[tool.hatch.envs.test]\nfeatures = ["x"]\ndependencies = ["c"]\n',
  );
  expect(hatch.inclusions).toMatchObject([{ group: "group:test", includes: "extra:x" }]);
  const flit = pyproject(
    '[tool.flit.metadata]\nmodule = "p"\nrequires = ["a"]\ndev-requires = ["b"]\n[tool.flit.metadata.requires-extra]\nx = ["c"]\n',
  );
  expect(flit.requirements.map((it) => `${it.group} ${it.name}`)).toEqual([
    "project a",
    "extra:dev b",
    "extra:x c",
  ]);
});

it("says what it leaves out of an extra that nothing tells", () => {
  const scales = new Scales({
    project: requirements("a[fast]"),
    target: targetOfImage("python:3.12-slim", undefined),
    lock: undefined,
    catalogue,
    groups: ["project"],
  });
  const { total, requirements: all } = scales.weigh();
  expect(total).toMatchObject({
    kind: "estimated",
    basis: expect.stringContaining("without what a[fast] brings"),
  });
  expect(all[0]?.own).toMatchObject({ kind: "estimated", basis: expect.not.stringContaining("without") });
});
