/**
 * A large lock, made by the real uv: how long reading and weighing it takes, beside `uv tree --show-sizes` on the same
 * lock, and what a key costs in its pyproject.toml. `PLIMSOLL_BENCH_CUDA=1` also installs torch with its CUDA stack (some
 * gigabytes) and weighs it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PythonCatalogue } from "../../core/python/catalogue.ts";
import { readUvLock } from "../../core/python/locks/uv-lock.ts";
import { readPyproject } from "../../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../../core/python/target.ts";
import { TomlReader } from "../../core/python/toml/reader.ts";
import { Scales } from "../../core/python/weigh.ts";
import { bytes, bytesLabel } from "../../core/size/bytes.ts";
import { middleOf, type Size, sizeLabel } from "../../core/size/size.ts";
import { pythonCatalogue } from "../catalogue.ts";
import { truthOf, uvMissing } from "../python-truth.ts";
import { type Program, timed, uv } from "./peers.ts";
import { benchFolder, dist } from "./places.ts";
import { median, milliseconds, ratio } from "./statistics.ts";
import { printTable } from "./table.ts";
import { ours, typing } from "./typing.ts";

const rounds = 11;
const keystrokes = 60;
const folder = join(benchFolder, "python");

export async function benchPython(): Promise<void> {
  const tree = uv(["tree", "--show-sizes", "--frozen", "--project", folder]);
  const trouble = typeof tree === "string" ? tree : locked(tree);
  if (typeof tree === "string" || trouble !== undefined) {
    console.log(`\nPython: ${trouble}`);
    return;
  }
  const text = readFileSync(join(folder, "pyproject.toml"), "utf8");
  const lock = readFileSync(join(folder, "uv.lock"), "utf8");
  const catalogue = new PythonCatalogue(pythonCatalogue());
  let packages = 0;
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    const read = readUvLock(lock, "uv.lock");
    if (!read.ok) throw new Error(read.why);
    packages = read.lock.packages.length;
    new Scales({
      project: readPyproject(new TomlReader().read(text), "pyproject.toml"),
      target: targetOfImage("python:3.12-slim", undefined),
      lock: read.lock,
      catalogue,
      groups: ["project"],
    }).weigh();
    return performance.now() - start;
  });
  const peer = median(Array.from({ length: 3 }, () => timed(tree)));
  const weigh: Program = {
    name: "plimsoll weigh",
    command: process.execPath,
    words: [dist("cli.js"), "weigh", folder],
  };
  const own = median(Array.from({ length: 3 }, () => timed(weigh)));
  printTable(
    `A uv.lock of ${packages} packages, ${(lock.length / 1e6).toFixed(1)} MB`,
    ["", "time", "to uv tree"],
    [
      ["read and weighed, first in the process", milliseconds(times[0] ?? 0), ""],
      [`read and weighed, median of ${rounds}`, milliseconds(median(times)), ""],
      ["uv tree --show-sizes, whole process", milliseconds(peer), ratio(peer, peer)],
      ["plimsoll weigh, whole process", milliseconds(own), ratio(own, peer)],
    ],
  );
  const places = text
    .split("\n")
    .flatMap((line, index) => (/^\s+"[a-z]/.test(line) ? [{ line: index, character: line.length - 2 }] : []));
  const document = { path: join(folder, "pyproject.toml"), languageId: "toml", text, places };
  const figures = await typing(ours, document, keystrokes);
  printTable(
    `Keystroke to diagnostics in its pyproject.toml (${text.split("\n").length} lines), median of ${keystrokes}`,
    ["", "a key", "open, from start"],
    [["plimsoll", milliseconds(figures.typed), milliseconds(figures.first)]],
  );
  if (process.env["PLIMSOLL_BENCH_CUDA"] === "1") await benchCuda();
}

/** By the lock, beside what the installation has on the disk. */
async function benchCuda(): Promise<void> {
  const missing = await uvMissing();
  if (missing !== undefined) {
    console.log(`\nCUDA: ${missing}`);
    return;
  }
  const { weighed, onDisk } = await truthOf("cuda", ["torch"]);
  const total = [...onDisk.values()].reduce((sum, it) => sum + it, 0);
  const off = (size: Size, bytes: number): string =>
    `${(((middleOf(size) ?? 0) / bytes - 1) * 100).toFixed(1)} %`;
  const largest = weighed.packages.filter(({ node }) => (onDisk.get(node.name) ?? 0) > 100_000_000);
  printTable(
    "torch with its CUDA stack, installed by uv",
    ["", "weighed by the lock", "on the disk", "middle is off by"],
    [
      ["all", sizeLabel(weighed.total), bytesLabel(bytes(total)), off(weighed.total, total)],
      ...largest.map(({ node, size }) => {
        const real = onDisk.get(node.name) ?? 0;
        return [node.name, sizeLabel(size), bytesLabel(bytes(real)), off(size, real)];
      }),
    ],
  );
}

/** Locks once; a sentence where that fails. */
function locked({ command }: Program): string | undefined {
  if (existsSync(join(folder, "uv.lock"))) return undefined;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pyproject.toml"), pyproject());
  const done = spawnSync(command, ["lock", "--quiet", "--project", folder], {
    encoding: "utf8",
    env: { ...process.env, UV_PYTHON_DOWNLOADS: "never" },
  });
  return done.status === 0 ? undefined : `uv cannot lock: ${done.stderr.trim().split("\n")[0]}`;
}

function pyproject(): string {
  const list = (names: readonly string[]): string => names.map((it) => `    "${it}",\n`).join("");
  const filler = Array.from({ length: 300 }, (_, index) => `"src/part_${index}.py" = ["E501"]`);
  const head = `[project]\nname = "many"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [\n${list(required)}]\n`;
  const rest = `\n[tool.ruff.lint.per-file-ignores]\n${filler.join("\n")}\n`;
  return `${(head + rest).split("\n").slice(0, 299).join("\n")}\n`;
}

/** Popular ones of many kinds, so that several hundred packages come together. */
const required = [
  ...[
    "apache-airflow",
    "mlflow",
    "jupyterlab",
    "notebook",
    "streamlit",
    "dask[complete]",
    "prefect",
    "dagster",
  ],
  ...[
    "django",
    "djangorestframework",
    "celery[redis]",
    "flask",
    "fastapi[standard]",
    "sqlalchemy",
    "alembic",
  ],
  ...["scrapy", "playwright", "selenium", "beautifulsoup4", "boto3", "azure-identity", "azure-storage-blob"],
  ...[
    "google-cloud-storage",
    "google-cloud-bigquery",
    "google-cloud-pubsub",
    "langchain",
    "langchain-community",
  ],
  ...[
    "openai",
    "anthropic",
    "transformers",
    "scikit-learn",
    "scikit-image",
    "xgboost",
    "lightgbm",
    "statsmodels",
  ],
  ...["matplotlib", "seaborn", "plotly", "bokeh", "altair", "polars", "pyarrow", "duckdb", "opencv-python"],
  ...["spacy", "nltk", "gensim", "sentence-transformers", "onnxruntime", "pytest", "hypothesis", "sphinx"],
  ...[
    "mypy",
    "ruff",
    "pre-commit",
    "tox",
    "poetry",
    "hatch",
    "twine",
    "ansible",
    "dbt-core",
    "great-expectations",
  ],
];
