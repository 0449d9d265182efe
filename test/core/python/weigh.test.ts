import { describe, expect, it } from "vitest";
import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { readUvLock } from "../../../core/python/locks/uv-lock.ts";
import type { GroupId } from "../../../core/python/project.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales } from "../../../core/python/weigh.ts";

/** Lines `name version: dependency, other[extra] ; marker | wheel bytes`, `+extra name: …` adds to the line before. */
function lockOf(lines: string): string {
  const dependency = (text: string): string => {
    const [, name, , extra, marker] = /^([\w-]+)(\[([\w-]+)\])?(?:\s*;\s*(.*))?$/.exec(text.trim()) ?? [];
    return `{ name = "${name}"${extra === undefined ? "" : `, extra = ["${extra}"]`}${marker === undefined ? "" : `, marker = "${marker}"`} }`;
  };
  const list = (text: string): string =>
    text
      .split(",")
      .filter((it) => it.trim() !== "")
      .map(dependency)
      .join(", ");
  return `version = 1\n${lines
    .trim()
    .split("\n")
    .map((line) => {
      const [head = "", rest = ""] = line.split(":");
      const [needs = "", size = "0"] = rest.split("|");
      const [name = "", version = ""] = head.trim().split(" ");
      if (name.startsWith("+")) return `[package.optional-dependencies]\n${name.slice(1)} = [${list(needs)}]`;
      return `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://index.example" }\ndependencies = [${list(needs)}]\nwheels = [{ url = "https://files.example/${name}-${version}-py3-none-any.whl", size = ${size.trim()} }]`;
    })
    .join("\n")}\n`;
}

const catalogue = new PythonCatalogue({
  date: "2026-01-01",
  packages: [
    ["a", 0, "", [["1", 10, 100, -1]]],
    ["b", 0, "", [["1", 10, 200, -1]]],
    ["c", 0, "", [["1", 10, 400, -1]]],
    ["d", 0, "e", [["1", 10, 800, -1]]],
    ["e", 0, 'd|f;extra=="x"', [["2", 10, 1_600, -1]]],
    ["f", 0, "", [["1", 10, 3_200, -1]]],
  ],
});

function scalesOf(pyproject: string, lock: string | undefined, groups: readonly GroupId[] = ["project"]) {
  const read = lock === undefined ? undefined : readUvLock(lock, "uv.lock");
  if (read?.ok === false) throw new Error(read.why);
  return new Scales({
    project: readPyproject(new TomlReader().read(pyproject), "pyproject.toml"),
    target: targetOfImage("python:3.12-slim", undefined),
    lock: read?.lock,
    catalogue,
    groups,
  }).weigh();
}

const bytesOf = (size: ReturnType<typeof scalesOf>["total"]): number | string =>
  size.kind === "measured"
    ? size.bytes
    : size.kind === "estimated"
      ? Math.round((size.low + (size.high ?? size.low)) / 2)
      : "?";

/** What wheels hold; the installer's own notes come on top. */
const lowest = (size: ReturnType<typeof scalesOf>["total"]): number | string =>
  size.kind === "estimated" ? size.low : bytesOf(size);

describe("weighing", () => {
  const lock = lockOf("a 1: b, c | 10\nb 1: c | 10\nc 1: a | 10\nd 1: c ; sys_platform == 'win32' | 10");

  it("knows own, closure and what goes, on cycles too", () => {
    const { requirements, total } = scalesOf('[project]\nname = "p"\ndependencies = ["a", "b", "d"]\n', lock);
    expect(lowest(total)).toBe(1_500);
    expect(
      requirements.map((it) => [
        it.requirement.name,
        lowest(it.own),
        lowest(it.closure),
        lowest(it.dominated),
      ]),
    ).toEqual([
      ["a", 100, 700, 0],
      ["b", 200, 700, 0],
      ["d", 800, 800, 800],
    ]);
  });

  it("counts an extra and a group with what is installed beside them", () => {
    const text =
      '[project]\nname = "p"\ndependencies = ["d"]\n[project.optional-dependencies]\nml = ["a"]\nall = ["p[ml]"]\n[dependency-groups]\ndev = ["b"]\n';
    const told = (groups: GroupId[]) =>
      scalesOf(text, lock, groups).groups.map(
        (it) => `${it.group} ${it.installed} ${lowest(it.closure)} ${lowest(it.dominated)}`,
      );
    expect(told(["project"])).toEqual([
      "project true 800 800",
      "extra:ml false 700 700",
      "extra:all false 700 700",
      "group:dev false 700 700",
    ]);
    expect(told(["project", "extra:all"])[3]).toBe("group:dev false 700 0");
    expect(lowest(scalesOf(text, lock, ["project", "extra:all"]).total)).toBe(1_500);
  });

  it("follows extras of dependencies, and forks by marker", () => {
    const forked = `${lockOf("a 1: b[fast] | 10\nb 1: | 10\n+fast: c\nc 1: | 10")}[[package]]
name = "d"
version = "0"
source = { registry = "https://index.example" }
resolution-markers = ["python_full_version < '3.12'"]
[[package]]
name = "d"
version = "1"
source = { registry = "https://index.example" }
resolution-markers = ["python_full_version >= '3.12'"]
wheels = [{ url = "https://files.example/d-1-py3-none-any.whl", size = 10 }]
`;
    const { packages } = scalesOf('[project]\nname = "p"\ndependencies = ["a", "d"]\n', forked);
    expect(packages.map((it) => `${it.node.name} ${it.node.version} ${it.requiredBy.join()}`)).toEqual([
      "d 1 p",
      "c 1 b",
      "b 1 a",
      "a 1 p",
    ]);
  });

  it("takes the catalogue's dependencies where no lock says them, extras too", () => {
    const plain = scalesOf('[project]\nname = "p"\ndependencies = ["d"]\n', undefined);
    expect([plain.packages.length, bytesOf(plain.total)]).toEqual([2, 2_400]);
    const extra = scalesOf('[project]\nname = "p"\ndependencies = ["e[x]"]\n', undefined);
    expect(extra.packages.map((it) => it.node.name)).toEqual(["f", "e", "d"]);
  });

  it("never counts what it does not know as nothing", () => {
    const { total, requirements } = scalesOf(
      '[project]\nname = "p"\ndependencies = ["d", "zzz"]\n',
      undefined,
    );
    expect(total).toMatchObject({
      kind: "estimated",
      basis: expect.stringContaining("without zzz of unknown size"),
    });
    expect(requirements[1]?.own.kind).toBe("unknown");
  });
});
