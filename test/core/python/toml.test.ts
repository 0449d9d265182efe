import { describe, expect, it } from "vitest";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";

const read = (text: string) => readPyproject(new TomlReader().read(text), "pyproject.toml");
/** "group name" with the source text of each place, so that a wrong line shows. */
const told = (text: string) =>
  read(text).requirements.map(
    (it) =>
      `${it.group} ${it.name} ${text.slice(it.nameAt.start, it.nameAt.end)} ${text.slice(it.at.start, it.at.end)}`,
  );

const whole = `[project]
name = "app"
dependencies = [
  "Fast_API>=1", # the server
  'uvicorn[standard] >= 0.2 ; python_version > "3.8"',
]

[project.optional-dependencies]
ml = ["torch"]
all = ["app[ml]"]
[dependency-groups]
test = ["pytest"]
dev = [{ include-group = "test" }, "ruff"]
`;

describe("reading TOML", () => {
  it("gives every requirement with its exact place", () => {
    expect(told(whole)).toEqual([
      'project fast-api Fast_API "Fast_API>=1"',
      `project uvicorn uvicorn 'uvicorn[standard] >= 0.2 ; python_version > "3.8"'`,
      'extra:ml torch torch "torch"',
      'group:test pytest pytest "pytest"',
      'group:dev ruff ruff "ruff"',
    ]);
    expect(read(whole).inclusions.map((it) => [it.group, it.includes])).toEqual([
      ["extra:all", "extra:ml"],
      ["group:dev", "group:test"],
    ]);
  });

  it("keeps what is whole while somebody types", () => {
    const unfinished = told(whole.replace('"Fast_API>=1"', '"Fast_API>=1'));
    expect(unfinished).toEqual(told(whole).filter((it) => !it.includes("fast-api")));
    const open = told(whole.replace("]\n\n[project.opt", "\n\n[project.opt"));
    expect(open).toEqual(told(whole));
    const half = told(whole.replace('ml = ["torch"]', 'ml = ["torch"'));
    expect(half.filter((it) => it.startsWith("project") || it.startsWith("group"))).toHaveLength(4);
  });

  it("survives every prefix of a file, and never names a wrong place", () => {
    const reader = new TomlReader();
    for (let end = 0; end <= whole.length; end += 1) {
      const text = whole.slice(0, end);
      for (const it of readPyproject(reader.read(text), "").requirements) {
        expect(text.slice(it.nameAt.start, it.nameAt.end).toLowerCase().replace("_", "-")).toBe(it.name);
      }
    }
  });

  it("is not misled by headers inside strings, by escapes, CRLF and dotted keys", () => {
    const tricky = `a = """\n[project]\n"""\r\n[project]\r\nname = "x"\r\noptional-dependencies.ml = ["t\\u006Frch"]\r\ndependencies = ["b"]\r\n`;
    expect(told(tricky)).toEqual(['project b b "b"', 'extra:ml torch "t\\u006Frch" "t\\u006Frch"']);
    expect(new TomlReader().read(tricky).broken).toBe(false);
  });
});

describe("other tools' tables", () => {
  it("reads poetry's groups, extras and constraints", () => {
    const text = `[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2.28"
torch = { version = "~2.1", optional = true, extras = ["opt"] }
pandas = [{ version = "<2", python = "<3.10" }, { version = ">=2", markers = "sys_platform == 'linux'" }]
[tool.poetry.extras]
ml = ["torch"]
[tool.poetry.group.dev]
optional = true
[tool.poetry.group.dev.dependencies]
pytest = "*"
`;
    const project = read(text);
    expect(project.requirements.map((it) => `${it.group} ${it.name} ${it.specifier}`)).toEqual([
      "project requests >=2.28,<3",
      "extra:ml torch >=2.1,<2.2",
      "project pandas <2",
      "project pandas >=2",
      "group:dev pytest ",
    ]);
    expect([project.requiresPython, project.manager, project.optionalGroups]).toEqual([
      ">=3.9,<4",
      "poetry",
      ["group:dev"],
    ]);
  });

  it("reads uv, PDM, hatch and flit", () => {
    const text = `[project]
name = "app"
dynamic = ["dependencies"]
[tool.setuptools.dynamic]
dependencies = { file = ["requirements.in"] }
[tool.uv]
dev-dependencies = ["a"]
[tool.uv.sources]
torch = { index = "cpu" }
[[tool.uv.index]]
name = "cpu"
url = "https://index.example/cpu"
explicit = true
[tool.uv.workspace]
members = ["packages/*"]
[tool.pdm.dev-dependencies]
lint = ["b"]
[tool.hatch.envs.docs]
dependencies = ["c"]
[tool.flit.metadata.requires-extra]
plot = ["d"]
`;
    const project = read(text);
    expect(told(text).map((it) => it.split(" ").slice(0, 2).join(" "))).toEqual([
      "group:dev a",
      "group:lint b",
      "group:docs c",
      "extra:plot d",
    ]);
    expect(project.files.map((it) => it.path)).toEqual(["requirements.in"]);
    expect(project.indexes.map((it) => [it.name, it.explicit])).toEqual([["cpu", true]]);
    expect(project.origins.map((it) => [it.name, it.index])).toEqual([["torch", "cpu"]]);
    expect(project.members).toEqual(["packages/*"]);
  });
});
