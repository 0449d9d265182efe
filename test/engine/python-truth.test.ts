import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { tomlAt } from "../../core/python/toml/nodes.ts";
import { TomlReader } from "../../core/python/toml/reader.ts";
import { addTable, addToList, removeFromList } from "../../core/python/toml-edits.ts";
import { Scales } from "../../core/python/weigh.ts";
import { middleOf, type Size } from "../../core/size/size.ts";
import { applyEdits } from "../../core/text/edit.ts";
import { catalogue, sets, truthOf, uvMissing, withoutRequirement } from "../../scripts/python-truth.ts";
import { EnvironmentReader } from "../../server/engine/python/environment.ts";

const missing = await uvMissing();
if (missing !== undefined) console.log(`skipped: ${missing}`);

const within = (size: Size, bytes: number): boolean =>
  size.kind === "estimated" && size.low <= bytes && bytes <= (size.high ?? Infinity);

describe.skipIf(missing !== undefined)("weighing, beside what uv really installs", () => {
  const inRange: boolean[] = [];

  it.each(Object.entries(sets))("%s", async (name, dependencies) => {
    const { weighed, folder, onDisk } = await truthOf(name, dependencies);
    const real = new Map([...onDisk].filter(([it]) => it !== "plimsoll-truth"));
    expect(weighed.packages.map((it) => it.node.name).sort()).toEqual([...real.keys()].sort());
    const environment = await new EnvironmentReader({}).find([folder], basename, new Set());
    const counted = [...(environment?.byName ?? [])].map(([it, [only]]) => [it, only?.bytes] as const);
    expect(new Map(counted.filter(([it]) => it !== "plimsoll-truth"))).toEqual(real);
    const total = [...real.values()].reduce((sum, it) => sum + it, 0);
    expect(Math.abs((middleOf(weighed.total) ?? 0) / total - 1)).toBeLessThan(0.1);
    for (const { node, size } of weighed.packages) {
      const bytes = real.get(node.name) ?? 0;
      if (bytes > 5_000_000 && catalogue.nearestMeasured(node.name, node.version) !== undefined) {
        const error = (middleOf(size) ?? 0) / bytes - 1;
        expect(Math.abs(error), `${node.name} ${node.version}`).toBeLessThan(0.15);
      } else inRange.push(within(size, bytes));
    }
  });

  it("holds the truth inside its ranges nine times in ten", () => {
    expect(inRange.length).toBeGreaterThan(50);
    expect(inRange.filter(Boolean).length / inRange.length).toBeGreaterThanOrEqual(0.9);
  });

  it.each(["web", "plots"])(
    "knows what disappears when a requirement of %s goes, to the byte where it is installed",
    async (set) => {
      const dependencies = sets[set] ?? [];
      const name = `removal-${set}`;
      const { scales, request, folder, onDisk } = await truthOf(name, dependencies);
      const environment = await new EnvironmentReader({}).find([folder], basename, new Set());
      if (environment === undefined) throw new Error("no environment");
      const measuring = new Scales({ ...request, sources: { environment } }).weigh();
      for (const requirement of scales.requirementsOf(["project"])) {
        const gone = [...scales.dominatedBy([requirement])].map((it) => it.name).sort();
        const kept = dependencies.filter((it) => !it.startsWith(requirement.name));
        const left = await withoutRequirement(name, kept);
        const really = [...onDisk].filter(([it]) => !left.has(it));
        expect(gone, requirement.name).toEqual(really.map(([it]) => it).sort());
        const bytes = really.reduce((sum, [, it]) => sum + it, 0);
        const weighed = measuring.requirements.find((it) => it.requirement.name === requirement.name);
        expect(weighed?.dominated, requirement.name).toMatchObject({ kind: "measured", bytes });
        const byLock = middleOf(scales.totalOf(scales.dominatedBy([requirement]))) ?? 0;
        if (bytes > 5_000_000) expect(Math.abs(byLock / bytes - 1), requirement.name).toBeLessThan(0.15);
      }
    },
  );
});

it("edits TOML so that Python's own reader finds what was meant, and the rest as it was", () => {
  const text = `[project]\nname = "a" # é 🚢\ndependencies = [\n  "b>=1", # why\n  'c; python_version > "3"',\n]\n\n[tool.x]\ny = { z = [1, 2] }\n`;
  const list = tomlAt(new TomlReader().read(text).root, "project", "dependencies");
  if (list?.kind !== "list") throw new Error("no list");
  const read = (it: string) =>
    JSON.parse(
      execFileSync(
        "python3",
        ["-c", "import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer)))"],
        {
          input: it,
          encoding: "utf8",
        },
      ),
    );
  const before = read(text);
  const project = (dependencies: readonly string[]) => ({
    ...before,
    project: { ...before.project, dependencies },
  });
  const [b, c] = before.project.dependencies as [string, string];
  expect(read(applyEdits(text, addToList(text, list, 'd; os_name == "x"')))).toEqual(
    project([b, c, 'd; os_name == "x"']),
  );
  expect(read(applyEdits(text, removeFromList(text, list, 0)))).toEqual(project([c]));
  expect(read(applyEdits(text, removeFromList(text, list, 1)))).toEqual(project([b]));
  expect(read(applyEdits(text, [addTable(text, "[dependency-groups]", ['dev = ["e"]'])]))).toEqual({
    ...before,
    "dependency-groups": { dev: ["e"] },
  });
});
