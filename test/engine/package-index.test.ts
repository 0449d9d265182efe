import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { readPyproject } from "../../core/python/pyproject/read-pyproject.ts";
import { scalesFor } from "../../core/python/scales-for.ts";
import { emptySurroundings } from "../../core/python/surroundings.ts";
import { TomlReader } from "../../core/python/toml/reader.ts";
import { machine, uvMissing, uvProgram } from "../../scripts/python-truth.ts";
import { noProxySettings } from "../../server/engine/http/proxy.ts";
import { EnvironmentReader } from "../../server/engine/python/environment.ts";
import { ProjectIndexes } from "../../server/engine/python/index/project-indexes.ts";
import { IndexServer } from "../support/index-server.ts";

const run = promisify(execFile);
const missing = await uvMissing();
if (missing !== undefined) console.log(`skipped: ${missing}`);
const folder = join(import.meta.dirname, "..", "..", ".cache", "package-index");
/** Native and pure, some with extras and markers. */
const asked = ["fastapi", "sqlalchemy", "pillow"];

let server: IndexServer | undefined;
afterAll(() => server?.close());

describe.skipIf(missing !== undefined)("a package index of real wheels", () => {
  it("tells what uv installs from it: the same distributions, versions and bytes", async () => {
    const wheels = join(folder, "wheels");
    await rm(folder, { recursive: true, force: true });
    await mkdir(wheels, { recursive: true });
    await run("python3", ["-m", "pip", "download", "-q", "--only-binary", ":all:", "-d", wheels, ...asked]);
    server = await IndexServer.start({
      wheels: await Promise.all(
        (await readdir(wheels)).map(async (name) => ({ name, content: await readFile(join(wheels, name)) })),
      ),
    });
    const environment = { ...process.env, UV_CACHE_DIR: join(folder, "cache"), UV_PYTHON_DOWNLOADS: "never" };
    const uv = (...words: string[]) => run(uvProgram, words, { cwd: folder, env: environment });
    await uv("venv", "-q", "--no-project", ".venv");
    await uv("pip", "install", "-q", "--default-index", server.url, ...asked);
    const [python] = await machine();
    const text = `[project]\nname = "p"\nrequires-python = "==${python}.*"\ndependencies = ${JSON.stringify(asked)}\n`;
    await writeFile(join(folder, "pyproject.toml"), text);

    const project = readPyproject(new TomlReader().read(text), "pyproject.toml");
    const { knowledge, troubles } = await new ProjectIndexes(undefined).ask(
      join(folder, "pyproject.toml"),
      project,
      emptySurroundings,
      {
        folder,
        settings: { address: server.url, proxy: { ...noProxySettings, enabled: false } },
        signal: new AbortController().signal,
      },
    );
    expect(troubles).toEqual([]);
    const weighed = scalesFor(
      project,
      { ...emptySurroundings, index: knowledge },
      { groups: ["project"], bytecode: false },
    ).weigh();
    const installed = await new EnvironmentReader({}).find([folder], basename, new Set());
    const real = [...(installed?.byName ?? [])].map(([name, [only]]) => `${name} ${only?.version}`);
    expect(weighed.packages.map((it) => `${it.node.name} ${it.node.version}`).sort()).toEqual(real.sort());
    for (const { node, size } of weighed.packages) {
      const bytes = installed?.byName.get(node.name)?.[0]?.bytes ?? 0;
      const isExact = size.kind === "estimated" && /directory of/.test(size.basis);
      if (bytes > 2_000_000) expect(isExact, node.name).toBe(true);
      if (size.kind === "estimated" && isExact) {
        expect(size.low, node.name).toBeLessThanOrEqual(bytes);
        expect(size.high, node.name).toBeGreaterThanOrEqual(bytes);
      }
    }
  });
});
