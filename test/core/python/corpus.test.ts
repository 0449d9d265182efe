import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { lockNames, readLock } from "../../../core/python/locks/read-lock.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales } from "../../../core/python/weigh.ts";

const sample = join(import.meta.dirname, "../../../examples/truthgraph");
/** A folder with files of more projects, in `pyproject` and `locks`, where the variable names one. */
const corpus = process.env["PLIMSOLL_CORPUS"];

function filesIn(folder: string, own: readonly string[]): readonly (readonly [string, string])[] {
  const more = corpus === undefined ? "" : join(corpus, folder);
  const paths = more !== "" && existsSync(more) ? readdirSync(more).map((name) => join(more, name)) : [];
  return [...own, ...paths].map((it) => [basename(it), readFileSync(it, "utf8")] as const);
}

it("reads real pyproject files at their exact places", () => {
  const reader = new TomlReader();
  for (const [name, text] of filesIn("pyproject", [join(sample, "pyproject.toml")])) {
    const document = reader.read(text);
    expect(document.broken, name).toBe(false);
    for (const it of readPyproject(document, name).requirements) {
      const source = text.slice(it.nameAt.start, it.nameAt.end).replace(/^["']|["'].*$/gs, "");
      expect(source.toLowerCase().replace(/[-_.]+/g, "-"), name).toBe(it.name);
    }
  }
});

const ownLocks = [join(sample, "uv.lock")].concat(
  ["uv.lock", "poetry.lock", "pylock.toml", "pdm.lock"].map((it) =>
    join(import.meta.dirname, "fixtures", it),
  ),
);

it("weighs real locks as if each package were asked for", () => {
  for (const [name, text] of filesIn("locks", ownLocks)) {
    const kind = lockNames.find((it) => name.endsWith(it));
    if (kind === undefined) continue;
    const read = readLock(kind, text, name);
    expect(read, name).toMatchObject({ ok: true });
    if (!read.ok) continue;
    expect(read.lock.packages.length, name).toBeGreaterThan(0);
    const asked = [...read.lock.byName.keys()].map((it) => `"${it}"`).join(",\n");
    const project = readPyproject(
      new TomlReader().read(`[project]\nname = "plimsoll-test"\ndependencies = [\n${asked}\n]\n`),
      name,
    );
    const target = targetOfImage("python:3.12-slim", read.lock.requiresPython);
    const { packages } = new Scales({
      project,
      target,
      lock: read.lock,
      catalogue: undefined,
      groups: ["project"],
    }).weigh();
    expect(packages.length, name).toBeGreaterThan(0);
  }
});
