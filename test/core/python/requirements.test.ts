import { describe, expect, it } from "vitest";
import { holds, readMarker } from "../../../core/python/markers.ts";
import { readRequirement } from "../../../core/python/requirement-text.ts";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { environmentOf, targetOfImage } from "../../../core/python/target.ts";
import { fromPoetryConstraint } from "../../../core/python/versions.ts";

describe("requirements (PEP 508)", () => {
  it.each([
    ["requests", "requests  "],
    ["Foo.Bar-baz_q >=1, <2", "foo-bar-baz-q >=1,<2 "],
    ["a[x, Y_z]==1.*", "a[x,y-z] ==1.* "],
    ["a (>=1)", "a >=1 "],
    ["a @ https://e.example/a-1.whl ; os_name == 'posix'", "a  https://e.example/a-1.whl"],
    ["a~=1.4.2;python_version<'3.9'", "a ~=1.4.2 "],
    ["a===weird_1", "a ===weird_1 "],
  ])("reads %s", (text, told) => {
    const it = readRequirement(text);
    const extras = it?.extras.length === 0 ? "" : `[${it?.extras.join(",")}]`;
    expect(`${it?.name}${extras} ${it?.specifier} ${it?.url ?? ""}`).toBe(told);
  });

  it.each(["", "-r x", "a b", "a >=", "a; nonsense", "[x]", "a[", "a @", "./a", "ä"])(
    "refuses %j",
    (text) => {
      expect(readRequirement(text)).toBeUndefined();
    },
  );
});

describe("markers", () => {
  const environment = environmentOf(targetOfImage("python:3.12.4-slim", undefined), ["ml"]);
  it.each([
    ["python_version >= '3.10'", true],
    ["python_full_version < '3.12.5'", true],
    ["python_full_version >= '3.12.5'", false],
    ["'3.10' <= python_version", true],
    ["sys_platform == 'linux' and (platform_machine == 'aarch64' or os_name == 'posix')", true],
    ["platform_system != 'Linux'", false],
    ["extra == 'ml'", true],
    ["extra == 'dev'", false],
    ["extra != 'dev' and implementation_name == 'cpython'", true],
    ["python_version in '3.11 3.12'", true],
    ["platform_machine not in 'x86_64 arm64'", false],
    ["sys.platform == 'linux'", true],
    ["python_version == '3.*'", true],
    ["python_version == '3.1'", false],
  ])("%s: %s", (text, expected) => {
    const marker = readMarker(text);
    expect(marker).toBeDefined();
    expect(holds(marker, environment)).toBe(expected);
  });

  it.each(["", "python_version", "and", "(a == 'b'", "a == b == c", "os_name = 'x'", "(".repeat(5_000)])(
    "refuses %j",
    (text) => expect(readMarker(text)).toBeUndefined(),
  );
});

describe("requirements files", () => {
  it("reads options, hashes, continuations, addresses and comments as pip does", () => {
    const text = [
      "\uFEFF# all",
      "-r base.txt",
      "-c pins.txt",
      "--extra-index-url https://index.example/simple",
      "-e ./lib",
      "Django==4.2 \\",
      "    --hash=sha256:00 \\",
      "    --hash=sha256:11",
      "uvicorn[standard]  # server",
      "a#b",
      "pkg @ https://files.example/pkg-1.0-py3-none-any.whl",
      "git+https://git.example/x.git@main#egg=thing[z]",
      "https://files.example/d/some_wheel-2.0-py3-none-any.whl",
      "two ; \\\r",
      "  python_version < '3'",
      "",
    ].join("\n");
    const project = readRequirementsFile(text, "requirements.txt");
    expect(project.requirements.map((it) => text.slice(it.nameAt.start, it.nameAt.end))).toEqual([
      "Django",
      "uvicorn",
      "pkg",
      "git+https://git.example/x.git@main#egg=thing[z]",
      "https://files.example/d/some_wheel-2.0-py3-none-any.whl",
      "two",
    ]);
    expect(project.requirements.map((it) => it.name)).toEqual([
      "django",
      "uvicorn",
      "pkg",
      "thing",
      "some-wheel",
      "two",
    ]);
    expect(project.requirements[0]?.specifier).toBe("==4.2");
    expect(project.files.map((it) => [it.kind, it.path])).toEqual([
      ["requirements", "base.txt"],
      ["constraints", "pins.txt"],
      ["project", "./lib"],
    ]);
  });
});

it.each([
  ["^1.2.3", ">=1.2.3,<2"],
  ["^0.2.3", ">=0.2.3,<0.3"],
  ["^0.0.3", ">=0.0.3,<0.0.4"],
  ["^0", ">=0,<1"],
  ["~1.2.3", ">=1.2.3,<1.3"],
  ["~1", ">=1,<2"],
  ["1.2.*", "==1.2.*"],
  ["*", ""],
  [">=1,<2", ">=1,<2"],
  ["^1 || ^2", undefined],
])("poetry's %s is %s", (text, expected) => expect(fromPoetryConstraint(text)).toBe(expected));
