import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { plimsoll } from "./support/command-line.ts";
import { folderWith, root, sampleCopy } from "./support/places.ts";

interface Size {
  readonly kind: string;
  readonly low: number;
  readonly high: number;
}
interface Report {
  readonly project: string;
  readonly python: string;
  readonly platform: string;
  readonly total: Size;
  readonly requirements: readonly {
    readonly path: string;
    readonly line: number;
    readonly name: string;
    readonly group: string;
    readonly own: Size;
    readonly closure: Size;
    readonly dominated: Size;
  }[];
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly bytes: Size;
    readonly requiredBy: readonly string[];
  }[];
}

/** What docs/weigh.schema.json, which allows nothing unknown, says against a report. */
async function objections(report: unknown): Promise<readonly string[]> {
  const schema = JSON.parse(await readFile(join(root, "docs", "weigh.schema.json"), "utf8")) as object;
  // Strict: a keyword that means nothing is a fault of the schema.
  const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);
  validate(report);
  return (validate.errors ?? []).map((it) => `${it.instancePath} ${it.message}`);
}

describe("weigh", () => {
  it("finds what the sample's report found, by itself", async () => {
    const folder = await sampleCopy();
    const { code, out, err } = await plimsoll(folder, ["weigh", "--extra", "ml", "--format", "json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({
      project: "truthgraph",
      python: "3.12",
      platform: "linux x86_64 glibc 2.41",
    });
    const middle = (it: Size): number => (it.low + it.high) / 2;
    const megabytes = (...names: RegExp[]): number =>
      report.packages
        .filter((it) => names.some((name) => name.test(it.name)))
        .reduce((sum, it) => sum + middle(it.bytes) / 1e6, 0);
    // The real figures are in data/facts/python-wheels.tsv; the report's own were of older versions.
    for (const [name, low, high] of [
      [/^nvidia-/, 2_700, 3_700],
      [/^torch$/, 1_000, 1_250],
      [/^triton$/, 900, 1_250],
      [/^scipy$/, 85, 130],
      [/^transformers$/, 45, 60],
      [/^scikit-learn$/, 28, 40],
      [/^numpy$/, 45, 60],
      [/^sympy$/, 25, 32],
      [/^networkx$/, 6, 9],
    ] as const) {
      expect(megabytes(name), String(name)).toBeGreaterThan(low);
      expect(megabytes(name), String(name)).toBeLessThan(high);
    }
    const pytest = report.requirements.find((it) => it.name === "pytest" && it.group === "extra:ml");
    expect(pytest).toMatchObject({ path: "pyproject.toml", line: 28 });
    const names = new Set(report.packages.map((it) => it.name));
    expect([names.has("pytest"), names.has("mypy"), names.has("truthgraph")]).toEqual([true, false, false]);
    expect(report.packages.find((it) => it.name === "nvidia-cudnn-cu13")?.requiredBy).toEqual(["torch"]);
    expect(await objections(report)).toEqual([]);
    expect((await plimsoll(folder, ["weigh", "--extra", "ml"])).out).toMatch(/nvidia-\* \(\d+ packages\)/);
  });

  it("prints what the schema has where versions and sizes are unknown or measured, and where nothing is asked for", async () => {
    const folder = await folderWith({
      "requirements.txt": "flask\nsome-name-of-nobody\n",
      "empty/requirements.txt": "",
      "here/pyproject.toml": '[project]\nname = "here"\ndependencies = ["one"]\n',
      "here/.venv/pyvenv.cfg": "version = 3.12.1\n",
      "here/.venv/lib/python3.12/site-packages/one/__init__.py": "one = 1\n",
      "here/.venv/lib/python3.12/site-packages/one-1.0.dist-info/METADATA": "Name: one\nVersion: 1.0\n",
      "here/.venv/lib/python3.12/site-packages/one-1.0.dist-info/RECORD":
        "one/__init__.py,,8\none-1.0.dist-info/METADATA,,24\none-1.0.dist-info/RECORD,,\n",
    });
    for (const words of [[], ["empty"], ["here"]]) {
      const { out } = await plimsoll(folder, ["weigh", ...words, "--format", "json"]);
      expect(await objections(JSON.parse(out))).toEqual([]);
    }
  });

  it("reads requirements files with all that they name", async () => {
    const folder = await folderWith({
      "requirements.txt": "-r base.txt\nnumpy==2.4.6\n",
    });
    await writeFile(join(folder, "base.txt"), "-r requirements.txt\nrequests\n");
    const { code, out } = await plimsoll(folder, ["weigh", "--format", "json"]);
    expect(code).toBe(0);
    const { requirements } = JSON.parse(out) as Report;
    expect(requirements.map((it) => `${it.path}:${it.line} ${it.name}`)).toEqual([
      "requirements.txt:1 numpy",
      "base.txt:1 requests",
    ]);
  });

  it.each([
    [{ "pyproject.toml": "[project]\nname = 'a'\n" }, ["--extra", "ml"], 'no extra "ml"'],
    [{ "pyproject.toml": "", "uv.lock": "version = = 1" }, [], "cannot read uv.lock"],
    [{ "a.txt": "" }, ["a.txt"], "not a pyproject.toml"],
    [{}, [], "there is no pyproject.toml"],
  ])("says in one line what is wrong with %j %j", async (files, words, message) => {
    const { code, out, err } = await plimsoll(await folderWith(files as Record<string, string>), [
      "weigh",
      ...words,
    ]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^plimsoll: .+\n$/);
    expect(err).toContain(message);
  });

  it("takes broken files for what they say, and says that they are broken", async () => {
    const text = '[project]\nname = "a"\ndependencies = [\n"numpy",\n"bro';
    const folder = await folderWith({ "pyproject.toml": text });
    const { code, out, err } = await plimsoll(folder, ["weigh"]);
    expect(code).toBe(2);
    expect(out).toMatch(/^a: .* in 1 package, runtime\n/);
    expect(err).toMatch(
      /^plimsoll: pyproject\.toml is no valid TOML \(.+ in line \d+\); only what can be read of it is weighed\n$/,
    );
  });
});

it("tells what it cannot read as a requirement", async () => {
  const lines = ["flask", "./local.whl", "git+https://example.org/a.git", "this is none", "==2"];
  const folder = await folderWith({
    "requirements.txt": `${lines.join("\n")}\n`,
    "api/pyproject.toml": '[project]\nname = "a"\ndependencies = [\n  "flask",\n  "not one",\n]\n',
  });
  const { code, err } = await plimsoll(folder, ["weigh"]);
  expect(code).toBe(2);
  expect(err.split("\n").slice(0, -1)).toEqual([
    "plimsoll: requirements.txt:4 cannot be read as a requirement, and is not weighed: this is none",
    "plimsoll: requirements.txt:5 cannot be read as a requirement, and is not weighed: ==2",
  ]);
  const other = await plimsoll(folder, ["weigh", "api"]);
  expect(other.err).toContain(
    "api/pyproject.toml:5 cannot be read as a requirement, and is not weighed: not one",
  );
});

it("waits for no pipe", async () => {
  const folder = await folderWith({ "requirements.txt": "flask\n-r requirements-pipe.txt\n" });
  execFileSync("mkfifo", [join(folder, "requirements-pipe.txt")]);
  const pipe = await plimsoll(folder, ["weigh", "requirements-pipe.txt"]);
  expect(pipe).toMatchObject({
    code: 2,
    err: "plimsoll: cannot read requirements-pipe.txt: it is neither a file nor a folder\n",
  });
  expect((await plimsoll(folder, ["weigh"])).out).toContain("flask");
});

it("takes in projects and constraints that a requirements file names, on the disk", async () => {
  const folder = await folderWith({
    "requirements.txt":
      "-c pins/constraints.txt\n-e ./api[fast]\n-e ./gone\n-e git+https://example.org/x#egg=x\n",
    "pins/constraints.txt": "numpy==1.26.4\n",
    "api/pyproject.toml":
      '[project]\nname = "api"\ndynamic = ["dependencies"]\noptional-dependencies.fast = ["numpy"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["deps.txt"] }\n',
    "api/deps.txt": "requests\n-r ../requirements.txt\n",
  });
  const { code, out } = await plimsoll(folder, ["weigh", "requirements.txt", "--format", "json"]);
  expect(code).toBe(0);
  const { requirements, packages } = JSON.parse(out) as Report;
  expect(requirements.map((it) => `${it.path} ${it.name}`).sort()).toEqual([
    "api/deps.txt requests",
    "api/pyproject.toml numpy",
    "requirements.txt x",
  ]);
  expect(packages.find((it) => it.name === "numpy")?.version).toBe("1.26.4");
});

it.each([
  [
    {
      Dockerfile:
        "FROM python:3.10-alpine\nCOPY api/requirements.txt .\nRUN pip install -r requirements.txt\n",
    },
    "3.10",
  ],
  [
    { "docker/Dockerfile": "FROM python:3.10\nCOPY api /app\nRUN pip install -r /app/requirements.txt\n" },
    "3.10",
  ],
  // Whose list that is nobody can tell.
  [{ Dockerfile: "FROM python:3.10\nCOPY . .\nRUN pip install -r requirements.txt\n" }, "3.12"],
  [
    {
      "web/Dockerfile":
        "FROM python:3.10\nCOPY web/requirements.txt .\nRUN pip install -r requirements.txt\n",
    },
    "3.12",
  ],
  [
    {
      "api/.github/Dockerfile":
        "FROM python:3.9-alpine\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
      "api/Dockerfile": "FROM python:3.11\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
    },
    "3.11",
  ],
])("takes interpreter and platform from the Dockerfile that installs it: %j", async (files, python) => {
  const folder = await folderWith({
    "api/requirements.txt": "numpy\n",
    ...(files as Record<string, string>),
  });
  const { out } = await plimsoll(folder, ["weigh", "api", "--format", "json"]);
  expect((JSON.parse(out) as Report).python).toBe(python);
});
