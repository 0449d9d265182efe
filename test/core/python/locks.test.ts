import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LockKind } from "../../../core/python/lock.ts";
import { readLock } from "../../../core/python/locks/read-lock.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { Scales } from "../../../core/python/weigh.ts";

/** "name version" of everything that these requirements bring on CPython 3.12. */
function installed(kind: LockKind, lock: string, ...asked: string[]): readonly string[] {
  const read = readLock(kind, lock, kind);
  if (!read.ok) throw new Error(read.why);
  const text = `[project]\nname = "app"\ndependencies = ${JSON.stringify(asked)}\n`;
  const project = readPyproject(new TomlReader().read(text), "pyproject.toml");
  const target = targetOfImage("python:3.12-slim", undefined);
  const scales = new Scales({ project, target, lock: read.lock, catalogue: undefined, groups: ["project"] });
  return scales
    .weigh()
    .packages.map(({ node }) => `${node.name} ${node.version}`)
    .sort();
}

const poetry = `[[package]]
name = "Web"
version = "1.0"
optional = false
files = [{ file = "web-1.0-py3-none-any.whl", hash = "sha256:0" }]
[package.dependencies]
click = ">=8"
colorama = { version = "*", markers = "sys_platform == 'win32'" }
fast = { version = ">=1", optional = true, markers = "extra == 'speed' and python_version >= '3.9'" }
slow = [{ version = "1", markers = "python_version < '3.12'" }, { version = "2", markers = "python_version >= '3.12'" }]
[package.extras]
speed = ["fast (>=1)"]
[[package]]
name = "click"
version = "8.1"
[[package]]
name = "fast"
version = "1.5"
[[package]]
name = "slow"
version = "1"
markers = "python_version < '3.12'"
[[package]]
name = "slow"
version = "2"
markers = { main = "python_version >= '3.12'" }
[metadata]
lock-version = "2.1"
python-versions = "^3.9"
`;

it("reads poetry.lock: extras, markers, several versions", () => {
  expect(installed("poetry.lock", poetry, "web")).toEqual(["click 8.1", "slow 2", "web 1.0"]);
  expect(installed("poetry.lock", poetry, "web[speed]")).toContain("fast 1.5");
});

it("reads poetry.lock of before 1.3, whose files stand in one table", () => {
  const read = readLock(
    "poetry.lock",
    `[[package]]\nname = "a"\nversion = "1"\ncategory = "main"\n[metadata]\npython-versions = "^3.6"\n[metadata.files]\na = [{ file = "a-1-py3-none-any.whl", hash = "" }, { file = "a-1.tar.gz", hash = "" }]\n`,
    "poetry.lock",
  );
  expect(read.ok && read.lock.packages[0]).toMatchObject({
    wheels: [{ name: "a-1-py3-none-any.whl" }],
    sdist: { name: "a-1.tar.gz" },
  });
});

it("reads pdm.lock: a package with extras is an entry of its own", () => {
  const lock = `[metadata]
lock_version = "4.5.0"
[[package]]
name = "cov"
version = "7"
[[package]]
name = "cov"
version = "7"
extras = ["toml"]
dependencies = ["cov==7", "tomli; python_version >= '3.0'"]
[[package]]
name = "tomli"
version = "2"
[[package]]
name = "plugin"
version = "3"
dependencies = ["cov[toml]>=5"]
`;
  expect(installed("pdm.lock", lock, "cov")).toEqual(["cov 7"]);
  expect(installed("pdm.lock", lock, "plugin")).toEqual(["cov 7", "plugin 3", "tomli 2"]);
});

it("reads pylock.toml, with sizes where it has them", () => {
  const lock = `lock-version = "1.0"
created-by = "test"
requires-python = ">=3.9"
[[packages]]
name = "a"
version = "1"
dependencies = [{ name = "b" }]
wheels = [{ url = "https://files.example/a-1-py3-none-any.whl", size = 10, hashes = { sha256 = "0" } }]
[[packages]]
name = "b"
version = "1"
marker = "python_version < '3.12'"
[[packages]]
name = "b"
version = "2"
marker = "python_version >= '3.12'"
vcs = { type = "git", url = "https://git.example/b", commit-id = "0" }
`;
  expect(installed("pylock.toml", lock, "a")).toEqual(["a 1", "b 2"]);
  const read = readLock("pylock.toml", lock, "pylock.toml");
  expect(read.ok && read.lock.packages.map((it) => [it.source, it.wheels[0]?.size])).toEqual([
    ["registry", 10],
    ["registry", undefined],
    ["git", undefined],
  ]);
});

it.each([
  ["uv.lock", "version = 2\n"],
  ["uv.lock", "version = = 1\n"],
  ["uv.lock", ""],
  ["poetry.lock", "x = 1\n"],
  ["poetry.lock", "[[package"],
  ["pdm.lock", ""],
  ["pylock.toml", "lock-version = '2.0'\n"],
] as const)("says why %s %j cannot be read", (kind, text) => {
  const read = readLock(kind, text, kind);
  expect(read.ok).toBe(false);
  expect(read.ok || read.why).toMatch(/^[^\n]+$/);
});

it.each([
  ["uv.lock", "version = 1\npackage = 3\n"],
  ["uv.lock", 'version = 1\n[[package]]\nname = 4\nwheels = "x"\ndependencies = [1, { name = 2 }]\n'],
  ["poetry.lock", "[metadata]\n[[package]]\nname = 3\ndependencies = 4\nextras = { a = 1 }\n"],
  ["pdm.lock", "[metadata]\n[[package]]\nname = 3\ndependencies = [4]\nfiles = { a = 1 }\n"],
  ["pylock.toml", 'lock-version = "1.0"\n[[packages]]\nwheels = 4\ndependencies = [1]\n'],
] as const)("takes what is odd in %s for nothing: %j", (kind, text) => {
  expect(readLock(kind, text, kind).ok).toBe(true);
});

describe("locks that the real tools made of one project", () => {
  /** uv 0.13, Poetry 2.5, PDM 2.22 and `uv export --format pylock.toml --no-dev`; addresses are replaced. */
  const lockAt = (kind: LockKind) => readFileSync(join(import.meta.dirname, "fixtures", kind), "utf8");
  const asked = ["flask>=3", "httpx[http2,socks]>=0.27", "tzdata ; sys_platform == 'win32'"];
  /** What `uv sync --no-dev --dry-run` and `poetry install --only main --dry-run`, `pdm install --prod --dry-run` would install on Linux. */
  const wanted =
    "anyio 4.16.0,blinker 1.9.0,certifi 2026.10.19.post1,click 8.5.1,flask 3.1.3,h11 0.16.0,h2 4.4.1,hpack 4.2.0,httpcore 1.0.9,httpx 0.28.1,hyperframe 6.1.0,idna 3.20,itsdangerous 2.2.0,jinja2 3.1.6,markupsafe 3.0.4,socksio 1.0.0,typing-extensions 4.16.0,werkzeug 3.1.9";

  it.each(["uv.lock", "poetry.lock", "pylock.toml", "pdm.lock"] as const)("%s installs the same", (kind) => {
    expect(installed(kind, lockAt(kind), ...asked).join()).toBe(wanted);
  });

  it.each([
    ["uv.lock", true],
    ["pylock.toml", true],
    ["poetry.lock", false],
    ["pdm.lock", false],
  ] as const)("%s has sizes of wheels: %s", (kind, sizes) => {
    const read = readLock(kind, lockAt(kind), kind);
    const flask = read.ok ? read.lock.byName.get("flask")?.[0] : undefined;
    expect(flask?.wheels.map((it) => [it.name, it.size !== undefined, it.url !== undefined])).toEqual([
      ["flask-3.1.3-py3-none-any.whl", sizes, sizes],
    ]);
  });
});
