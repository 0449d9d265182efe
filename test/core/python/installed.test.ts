import { describe, expect, it } from "vitest";
import { headersOf } from "../../../core/python/core-metadata.ts";
import { installedInImage, installedWorld } from "../../../core/python/installed.ts";
import { lockOf } from "../../../core/python/lock.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { modulesOf, readRecord } from "../../../core/python/record.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales, type WeighRequest } from "../../../core/python/weigh.ts";
import { bytes } from "../../../core/size/bytes.ts";

describe("RECORD", () => {
  it("sums what lies on the disk, without bytecode, with itself", () => {
    const text = `a/__init__.py,sha256=x,100\n"a/b,c.so",sha256=y,2000\na/__pycache__/__init__.cpython-312.pyc,,\na-1.dist-info/RECORD,,\n../../bin/a,sha256=z,30\r\n`;
    const read = readRecord(text);
    expect(read).toMatchObject({ bytes: 2_130 + text.length, pythonBytes: 100, sizeless: [] });
  });

  it("names files whose size is not told, and survives nonsense", () => {
    expect(readRecord("a.py\nb.py,,\nc.py,,-5\n,,\n\n").sizeless).toEqual(["a.py", "b.py"]);
    expect(readRecord("x,y,99999999999999999999\n").bytes).toBe(0);
  });

  it.each([
    [["numpy/__init__.py", "numpy/core/x.py", "numpy-2.dist-info/METADATA"], ["numpy"]],
    [
      ["six.py", "_cffi_backend.cpython-312-x86_64-linux-gnu.so"],
      ["six", "_cffi_backend"],
    ],
    [["google/cloud/storage/__init__.py", "google/cloud/storage/blob.py"], ["google.cloud.storage"]],
    [["google/api/http_pb2.py"], ["google.api.http_pb2"]],
    [["../../bin/tool.py", "x.libs/libz.so.1", "a-b/c.py"], []],
  ])("knows what programs import of %j", (paths, modules) => {
    expect(modulesOf(paths)).toEqual(modules);
  });
});

it("reads headers with folded lines, and no body", () => {
  const headers = headersOf(
    "Name: a\r\nRequires-Dist: b\nRequires-Dist: c ;\n  extra == 'x'\n\nRequires-Dist: body\n",
  );
  expect(headers.get("requires-dist")).toEqual(["b", "c ; extra == 'x'"]);
  expect(headers.get("name")).toEqual(["a"]);
});

const row = { ecosystem: "python", name: "Num_Py", version: "2.0", layer: 1, dependsOn: ["b"], bytes: 100 };

describe("an analysed image", () => {
  it("has its distributions once, over all layers", () => {
    const world = installedInImage("api:1", [
      row,
      { ...row, layer: 3, bytes: 7 },
      // The same installed twice in one layer.
      { ...row, layer: 3, bytes: 9 },
      { ...row, ecosystem: "deb", name: "python3-numpy" },
    ]);
    expect(world?.byName.get("num-py")).toMatchObject([{ version: "2.0", bytes: 109, requires: ["b"] }]);
    expect(world?.from).toBe("image api:1");
  });

  it("says nothing without any", () => {
    expect(installedInImage("api:1", [{ ...row, ecosystem: "npm" }])).toBeUndefined();
  });
});

const distribution = (name: string, version: string, more: object = {}) => ({
  name,
  version,
  bytes: bytes(1_000),
  pythonBytes: bytes(500),
  requires: [] as string[],
  modules: [],
  tags: ["py3-none-any"],
  ...more,
});

function weighed(dependencies: readonly string[], more: Partial<WeighRequest>) {
  const text = `[project]\nname = "p"\ndependencies = ${JSON.stringify(dependencies)}\n`;
  return new Scales({
    project: readPyproject(new TomlReader().read(text), "pyproject.toml"),
    target: targetOfImage("python:3.12-slim", undefined),
    lock: undefined,
    catalogue: undefined,
    groups: ["project"],
    ...more,
  }).weigh();
}

const locked = (name: string, version: string, wheels: readonly string[] = []) => ({
  name,
  version,
  source: "registry" as const,
  address: undefined,
  dependencies: [],
  extras: new Map(),
  groups: new Map(),
  forks: [],
  wheels: wheels.map((it) => ({ name: it, size: 300, url: undefined })),
  sdist: undefined,
});

describe("what is installed", () => {
  const environment = installedWorld("the environment .venv", [
    distribution("a", "1.5", { requires: ["b>=1", "c ; sys_platform == 'win32'", "d ; extra == 'x'"] }),
    distribution("b", "1"),
    distribution("d", "1"),
    distribution("native", "1", { tags: ["cp312-cp312-macosx_11_0_arm64"] }),
    distribution("built", "1", { tags: ["cp312-cp312-manylinux_2_17_x86_64"] }),
    distribution("linked", "1", { bytes: undefined }),
  ]);
  const sources = { environment };

  it("gives versions, what they need, and bytes where no lock does", () => {
    const { packages, total } = weighed(["a>=1"], { sources });
    expect(packages.map((it) => `${it.node.name} ${it.node.version}`)).toEqual(["a 1.5", "b 1"]);
    expect(total).toEqual({ kind: "measured", bytes: 2_000, from: "the environment .venv" });
    expect(weighed(["a[x]"], { sources }).packages).toHaveLength(3);
  });

  it("does not stand for a version that the project does not allow", () => {
    expect(weighed(["a>=2"], { sources }).packages).toMatchObject([
      { node: { name: "a", version: undefined }, size: { kind: "unknown" } },
    ]);
  });

  it("does not count what is built for another platform, or lies elsewhere", () => {
    const sizes = weighed(["native", "built", "linked"], { sources }).packages.map(
      (it) => `${it.node.name} ${it.size.kind}`,
    );
    expect(sizes).toEqual(["built measured", "linked unknown", "native unknown"]);
  });

  it("does not count another wheel than the lock's for the target", () => {
    const lock = lockOf({
      kind: "uv.lock",
      path: "uv.lock",
      requiresPython: undefined,
      packages: [
        locked("built", "1", ["built-1-cp312-cp312-manylinux_2_28_x86_64.whl"]),
        locked("a", "1.5", ["a-1.5-py2.py3-none-any.whl"]),
        locked("b", "2"),
      ],
    });
    const sizes = weighed(["a", "b", "built"], { sources, lock }).packages.map(
      (it) => `${it.node.name} ${it.node.version} ${it.size.kind}`,
    );
    expect(sizes).toEqual(["a 1.5 measured", "built 1 estimated", "b 2 unknown"]);
  });

  it("wins over a lock that the install does not obey, the image before the environment", () => {
    const image = installedWorld("image api:1", [
      distribution("a", "1.6", { tags: [], pythonBytes: undefined, bytes: bytes(2_000) }),
    ]);
    const lock = lockOf({
      kind: "uv.lock",
      path: "uv.lock",
      requiresPython: undefined,
      packages: [locked("a", "1.4", ["a-1.4-py3-none-any.whl"]), locked("z", "1", ["z-1-py3-none-any.whl"])],
    });
    const ignored = weighed(["a", "z"], {
      sources: { image, environment },
      lock,
      lockIgnoredBy: "uv pip install",
    });
    expect(ignored.packages.map((it) => [it.node.version, it.size.kind])).toEqual([
      ["1.6", "measured"],
      ["1", "estimated"],
    ]);
    expect(ignored.total).toMatchObject({
      basis: expect.stringContaining("uv.lock (not obeyed by uv pip install)"),
    });
    const obeyed = weighed(["a"], { sources: { image, environment }, lock });
    expect(obeyed.packages[0]).toMatchObject({ node: { version: "1.4" }, size: { kind: "estimated" } });
  });

  it("has the bytecode added that pip writes", () => {
    const [a] = weighed(["b"], { sources: { ...sources, bytecode: true } }).packages;
    expect(a?.size).toMatchObject({ kind: "estimated", low: 1_397, high: 1_732 });
  });
});

describe("the interpreter of an environment", () => {
  const beside = { from: "the environment .venv", python: "3.11" };
  it.each([
    [undefined, undefined, "3.11", "the environment .venv"],
    [undefined, ">=3.10", "3.11", "the environment .venv"],
    [undefined, ">=3.12", "3.12", "requires-python >=3.12"],
    ["python:3.13-slim", ">=3.10", "3.13", "python:3.13-slim"],
  ])("stands in where no image says more: %s %s", (image, requires, python, why) => {
    expect(targetOfImage(image, requires, "x86_64", beside)).toMatchObject({ python, why });
  });
});
