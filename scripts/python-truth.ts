/**
 * Dependency sets of real kinds, installed by the real uv into an empty environment and counted on the disk: the
 * truth that weighing is compared with. Installs uv by pip once, below `.cache`.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PythonCatalogue } from "../core/python/catalogue.ts";
import { readUvLock } from "../core/python/locks/uv-lock.ts";
import type { PythonProject } from "../core/python/project.ts";
import { readPyproject } from "../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../core/python/target.ts";
import { TomlReader } from "../core/python/toml/reader.ts";
import { Scales, type Weighed, type WeighRequest } from "../core/python/weigh.ts";
import { pythonCatalogue } from "./catalogue.ts";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "..", ".cache", "python-truth");
export const catalogue = new PythonCatalogue(pythonCatalogue());

export interface Truth {
  readonly weighed: Weighed;
  readonly scales: Scales;
  /** What the scales were asked for. */
  readonly request: WeighRequest;
  readonly folder: string;
  /** Bytes on disk by distribution, without bytecode. */
  readonly onDisk: ReadonlyMap<string, number>;
}

/** Undefined: it is there; else why not. */
export async function uvMissing(): Promise<string | undefined> {
  if (existsSync(uvProgram)) return undefined;
  mkdirSync(cache, { recursive: true });
  try {
    await run("python3", ["-m", "pip", "install", "-q", "--target", join(cache, "uv"), "uv"]);
    return undefined;
  } catch {
    return "uv cannot be installed by pip";
  }
}

export const uvProgram = join(cache, "uv", "bin", "uv");

/** Locks and installs a set for the machine's own interpreter, and weighs its lock. */
export async function truthOf(name: string, dependencies: readonly string[]): Promise<Truth> {
  const folder = join(cache, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const project = await install(folder, dependencies);
  const lock = readUvLock(await readFile(join(folder, "uv.lock"), "utf8"), "uv.lock");
  if (!lock.ok) throw new Error(lock.why);
  const [python, glibc] = await machine();
  const target = {
    ...targetOfImage(`python:${python}-slim`, undefined),
    libc: { kind: "glibc" as const, major: 2, minor: glibc },
  };
  const request: WeighRequest = { project, target, lock: lock.lock, catalogue, groups: ["project"] };
  const scales = new Scales(request);
  return { weighed: scales.weigh(), scales, request, folder, onDisk: await countIn(folder) };
}

/** Bytes by distribution after the requirement is removed and the environment is rebuilt from the same lock. */
export async function withoutRequirement(
  name: string,
  kept: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const folder = join(cache, name);
  await install(folder, kept);
  return countIn(folder);
}

async function install(folder: string, dependencies: readonly string[]): Promise<PythonProject> {
  const [python] = await machine();
  const text = `[project]\nname = "plimsoll-truth"\nversion = "0"\nrequires-python = "==${python}.*"\ndependencies = ${JSON.stringify(dependencies)}\n`;
  await writeFile(join(folder, "pyproject.toml"), text);
  const environment = { ...process.env, UV_CACHE_DIR: join(cache, "wheels"), UV_PYTHON_DOWNLOADS: "never" };
  await run(uvProgram, ["sync", "--quiet", "--no-progress"], { cwd: folder, env: environment });
  return readPyproject(new TomlReader().read(text), "pyproject.toml");
}

let known: readonly [python: string, glibcMinor: number] | undefined;

export async function machine(): Promise<readonly [python: string, glibcMinor: number]> {
  if (known !== undefined) return known;
  const script = "import sys, platform; print('%d.%d' % sys.version_info[:2], platform.libc_ver()[1])";
  const [python = "", libc = ""] = (await run("python3", ["-c", script])).stdout.trim().split(" ");
  known = [python, Number(libc.split(".")[1])];
  return known;
}

async function countIn(folder: string): Promise<ReadonlyMap<string, number>> {
  const [python] = await machine();
  const packages = join(folder, ".venv", "lib", `python${python}`, "site-packages");
  const res = new Map<string, number>();
  for (const entry of await readdir(packages)) {
    const name = /^(.+?)-[^-]+\.dist-info$/.exec(entry)?.[1];
    if (name === undefined) continue;
    let bytes = 0;
    for (const line of (await readFile(join(packages, entry, "RECORD"), "utf8")).split("\n")) {
      const path = /^"(.*)",[^,]*,[^,]*$/.exec(line)?.[1] ?? line.split(",")[0];
      if (path === undefined || path === "" || path.endsWith(".pyc")) continue;
      bytes += await stat(resolve(packages, path)).then(
        (it) => it.size,
        () => 0,
      );
    }
    res.set(name.toLowerCase().replace(/[-_.]+/g, "-"), bytes);
  }
  return res;
}

/** Each takes seconds. */
export const sets: Readonly<Record<string, readonly string[]>> = {
  web: ["fastapi", "uvicorn[standard]", "sqlalchemy", "pydantic-settings", "httpx"],
  django: ["django", "psycopg[binary]", "celery", "redis", "gunicorn", "pillow"],
  data: ["pandas", "pyarrow", "openpyxl"],
  learning: ["scikit-learn", "onnxruntime", "joblib"],
  images: ["opencv-python-headless", "scikit-image"],
  cloud: ["boto3", "google-cloud-storage", "azure-storage-blob"],
  scraping: ["scrapy", "lxml", "beautifulsoup4", "requests"],
  plots: ["matplotlib", "seaborn", "plotly"],
  language: ["transformers", "tokenizers", "nltk"],
  tensors: ["tensorflow-cpu"],
};
