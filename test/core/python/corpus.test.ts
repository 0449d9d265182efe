import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lockNames, readLock } from "../../../core/python/locks/read-lock.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales } from "../../../core/python/weigh.ts";

/** Files of other people's projects, laid beside the repository where there are any. */
const corpus = [
  process.env["PLIMSOLL_CORPUS"] ?? join(import.meta.dirname, "../../../../shared/corpus"),
].find((it) => existsSync(it));
if (corpus === undefined) console.log("skipped: real files of other projects are not beside this repository");

const filesIn = (folder: string) => {
  const path = corpus === undefined ? undefined : join(corpus, folder);
  return path === undefined || !existsSync(path)
    ? []
    : readdirSync(path).map((name) => [name, readFileSync(join(path, name), "utf8")] as const);
};

it.runIf(corpus !== undefined)("reads real pyproject files at their exact places", () => {
  const reader = new TomlReader();
  for (const [name, text] of filesIn("pyproject")) {
    const document = reader.read(text);
    expect(document.broken, name).toBe(false);
    for (const it of readPyproject(document, name).requirements) {
      const source = text.slice(it.nameAt.start, it.nameAt.end).replace(/^["']|["'].*$/gs, "");
      expect(source.toLowerCase().replace(/[-_.]+/g, "-"), name).toBe(it.name);
    }
  }
});

it.runIf(corpus !== undefined)("weighs real locks as if each package were asked for", () => {
  for (const [name, text] of filesIn("locks")) {
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
