import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { plimsoll } from "./support/command-line.ts";
import { folderWith } from "./support/places.ts";

const project =
  '[project]\nname = "app"\nversion = "1"\ndependencies = [\n    "flask",\n    "plotly==7.1.0",\n]\n';
const app = { "pyproject.toml": project, "app/main.py": "from flask import Flask\n" };

async function found(folder: string): Promise<readonly string[]> {
  const { out } = await plimsoll(folder, ["check", "pyproject.toml", "--format", "json"]);
  const { documents } = JSON.parse(out) as { documents: { findings: { rule: string; what: string }[] }[] };
  return documents
    .flatMap((it) => it.findings)
    .flatMap((it) => (it.rule.startsWith("unused") ? [it.what] : []));
}

it("names what no file of the project mentions, and removes it", async () => {
  const folder = await folderWith({
    ...app,
    "uv.lock": 'version = 1\n[[package]]\nname = "plotly"\nversion = "7.1.0"\n',
    "requirements.txt": "plotly\n",
    ".venv/pyvenv.cfg": "home = /usr\n",
    ".venv/lib/python3.12/site-packages/plotly/__init__.py": "import plotly\n",
    "node_modules/x/index.js": "plotly\n",
    "README.md": "plotly\n",
  });
  // The lock knows plotly alone, so that nobody knows what flask needs.
  expect(await found(folder)).toEqual(["no file of the project mentions plotly"]);
  const { out } = await plimsoll(folder, ["fix", "pyproject.toml", "--review", "--dry-run"]);
  expect(out).toContain("Remove plotly (then run uv lock) (review)");
});

it.each([
  ["a notebook", { "notes/a.ipynb": '{"cells": [{"source": ["import plotly.express as px"]}]}' }],
  [
    "a Dockerfile",
    { Dockerfile: 'FROM python:3.12\nCOPY . .\nRUN pip install .\nCMD ["python", "-m", "plotly"]\n' },
  ],
  ["a script", { "bin/run.sh": "exec plotly serve\n" }],
  ["configuration", { "conf/app.yaml": "backend: plotly\n" }],
  ["an entry point", { "pyproject.toml": `${project}\n[project.scripts]\nshow = "plotly.x:main"\n` }],
  ["a dynamic import", { "app/load.py": "import importlib\nimportlib.import_module(name)\n" }],
])("is silent where %s may use it", async (_, files) => {
  expect(await found(await folderWith({ ...app, ...(files as Record<string, string>) }))).toEqual([]);
});

it("is silent without sources, and where a link leads to more of them", async () => {
  expect(await found(await folderWith({ "pyproject.toml": project }))).toEqual([]);
  const folder = await folderWith(app);
  expect(await found(folder)).toHaveLength(1);
  await symlink("/usr/share", join(folder, "shared"));
  expect(await found(folder)).toEqual([]);
});
