import { describe, expect, it } from "vitest";
import { PythonCatalogue } from "../../../core/python/catalogue.ts";
import { indexAddresses, indexesFor, shownAddress } from "../../../core/python/index/addresses.ts";
import { iniValues } from "../../../core/python/index/ini.ts";
import { newestFor } from "../../../core/python/index/knowledge.ts";
import { absoluteAddress, readListing } from "../../../core/python/index/simple-api.ts";
import { readWheelTail } from "../../../core/python/index/wheel-directory.ts";
import { readPyproject } from "../../../core/python/pyproject/read-pyproject.ts";
import { readRequirementsFile } from "../../../core/python/requirements-file.ts";
import { targetOfImage } from "../../../core/python/target.ts";
import { TomlReader } from "../../../core/python/toml/reader.ts";
import { noProxySettings, proxyFor } from "../../../server/engine/http/proxy.ts";
import { loginIn } from "../../../server/engine/python/index/logins.ts";
import { wheelWith } from "../../support/index-server.ts";

const address = "https://index.example/simple/a/";
const target = targetOfImage("python:3.12-slim", undefined);

describe("a listing", () => {
  it("is read from JSON and from HTML alike", () => {
    const json = JSON.stringify({
      files: [
        {
          filename: "a-1.0-py3-none-any.whl",
          url: "../../f/a-1.0-py3-none-any.whl",
          "requires-python": ">=3.8",
        },
        { filename: "a-1.0.tar.gz", url: "https://f.example/a-1.0.tar.gz", size: 3 },
        { filename: "a-2.0-cp312-cp312-win_amd64.whl", url: "/f/w.whl" },
        { filename: "a-3.0-py3-none-any.whl", url: "/f/a-3.0-py3-none-any.whl", yanked: "broken" },
        7,
        { filename: 8 },
      ],
    });
    const html = `<!DOCTYPE html><a href="../../f/a-1.0-py3-none-any.whl#sha256=1" data-requires-python="&gt;=3.8">a-1.0-py3-none-any.whl</a>
      <a href='https://f.example/a-1.0.tar.gz'>a-1.0.tar.gz</a><a href="/f/a-3.0-py3-none-any.whl" data-yanked="broken">a-3.0-py3-none-any.whl</a>`;
    const wanted = [
      {
        name: "a-1.0-py3-none-any.whl",
        version: "1.0",
        url: "https://index.example/f/a-1.0-py3-none-any.whl",
        size: undefined,
        requiresPython: ">=3.8",
        metadata: false,
      },
    ];
    expect(readListing(json, "application/vnd.pypi.simple.v1+json", address)).toEqual(wanted);
    expect(readListing(html, "text/html; charset=utf-8", address)).toEqual(wanted);
  });

  it.each([
    ["{", "application/json"],
    ["[]", "application/json"],
    ['{"files": 1}', "application/json"],
    ["<h1>Log in", "text/plain"],
    ["", "text/html"],
  ])("is not what %s says", (text, type) => {
    expect(readListing(text, type, address)).toBeUndefined();
  });

  it("keeps the newest versions of a project with very many", () => {
    const files = Array.from({ length: 3_000 }, (_, at) => ({
      filename: `a-${at}.0-py3-none-any.whl`,
      url: `${at}.whl`,
    }));
    const read = readListing(JSON.stringify({ files }), "application/json", address);
    expect([read?.length, read?.[0]?.version, read?.[0]?.url]).toEqual([
      80,
      "2999.0",
      "https://index.example/simple/a/2999.whl",
    ]);
  });

  it.each([
    ["//cdn.example/x.whl", "https://cdn.example/x.whl"],
    ["?x", "https://index.example/simple/a/?x"],
    ["javascript:alert(1)", undefined],
    ["file:///etc/passwd", undefined],
    ["", undefined],
  ])("has addresses like %s", (url, absolute) => {
    expect(absoluteAddress(url, address)).toBe(absolute);
  });
});

describe("the version that an installer takes", () => {
  const wheel = (version: string, requiresPython?: string, tag = "py3-none-any") => ({
    name: `a-${version}-${tag}.whl`,
    version,
    url: "https://f.example/a.whl",
    size: 1,
    requiresPython,
    metadata: false,
  });
  const listed = [
    wheel("3.0", ">=3.13"),
    wheel("2.5rc1"),
    wheel("2.4", undefined, "cp311-cp311-manylinux_2_17_x86_64"),
    wheel("2.3"),
    wheel("1.0"),
  ];
  it.each([
    ["", "2.3"],
    ["<2", "1.0"],
    [">=2.5a0", "2.5rc1"],
    [">=4", undefined],
  ])("for %j", (specifier, version) => {
    expect(newestFor(listed, specifier, target)).toBe(version);
  });

  it("is the catalogue's newest that is allowed, where no index tells", () => {
    const catalogue = new PythonCatalogue({
      date: "2026-01-01",
      packages: [
        [
          "a",
          0,
          "",
          [
            ["3.0a1", 1, 1, 1],
            ["2.0", 1, 1, 1],
            ["1.0", 1, 1, 1],
          ],
        ],
      ],
    });
    expect(["", "<2", ">=3.0a0", ">=9"].map((it) => catalogue.newest("a", it))).toEqual([
      "2.0",
      "1.0",
      "3.0a1",
      "3.0a1",
    ]);
  });
});

describe("the indexes of a project", () => {
  const none = { setting: "", projects: [], uv: [], pip: [], variables: {}, lock: undefined };
  const pyproject = (text: string) => readPyproject(new TomlReader().read(text), "pyproject.toml");
  const urls = (more: object) => indexAddresses({ ...none, ...more }).map((it) => it.url);

  it("are none where nothing names one", () => {
    expect(urls({})).toEqual([]);
    expect(urls({ setting: "not an address", variables: { PIP_INDEX_URL: "file:///x" } })).toEqual([]);
  });

  it.each([
    ['[[tool.uv.index]]\nname = "i"\nurl = "https://a/simple/"\ndefault = true\n', ["https://a/simple"]],
    ['[tool.uv]\nindex-url = "https://a"\nextra-index-url = ["https://b"]\n', ["https://b", "https://a"]],
    ['[[tool.poetry.source]]\nname = "i"\nurl = "https://a"\npriority = "primary"\n', ["https://a"]],
    [`[[tool.pdm.source]]\nname = "pypi"\nurl = "https://u:$\{TOKEN}@a"\n`, ["https://u:t0ken@a"]],
    ['[[tool.pdm.source]]\nname = "x"\nurl = "https://a/links"\ntype = "find_links"\n', []],
  ])("are read from %j", (text, wanted) => {
    expect(urls({ projects: [pyproject(text)], variables: { TOKEN: "t0ken" } })).toEqual(wanted);
  });

  it("are read from options of requirements files, without pages of links", () => {
    const file = readRequirementsFile(
      "--index-url https://a/simple\n--extra-index-url=https://b\n-f https://links\nx\n",
      "requirements.txt",
    );
    expect(urls({ projects: [file] })).toEqual(["https://b", "https://a/simple"]);
  });

  it("are the setting's before the variables', before the project's, before the user's", () => {
    const all = {
      setting: "https://setting",
      variables: { UV_DEFAULT_INDEX: "https://variable", UV_INDEX: "n=https://named https://b" },
      projects: [pyproject('[[tool.uv.index]]\nurl = "https://project"\ndefault = true\n')],
      uv: ['[[index]]\nurl = "https://uv"\ndefault = true\n', "broken ="],
      pip: ["[global]\nindex-url = https://pip\nextra-index-url =\n    https://c\n    https://d\n"],
    };
    expect(urls(all)).toEqual(["https://named", "https://b", "https://c", "https://d", "https://setting"]);
    expect(urls({ ...all, setting: "" }).at(-1)).toBe("https://variable");
    expect(urls({ ...all, setting: "", variables: {} }).at(-1)).toBe("https://project");
    expect(urls({ ...all, setting: "", variables: {}, projects: [] }).at(-1)).toBe("https://uv");
  });

  it("are asked for a package as its origin says, explicit ones for no other", () => {
    const project = pyproject(
      '[tool.uv.sources]\ntorch = { index = "cpu" }\n[[tool.uv.index]]\nname = "cpu"\nurl = "https://cpu"\nexplicit = true\n[[tool.uv.index]]\nurl = "https://own"\n',
    );
    const all = indexAddresses({ ...none, setting: "https://usual", projects: [project] });
    expect(indexesFor("torch", all, project).map((it) => it.url)).toEqual(["https://cpu"]);
    expect(indexesFor("numpy", all, project).map((it) => it.url)).toEqual(["https://own", "https://usual"]);
  });

  it("are shown without their logins", () => {
    expect(shownAddress("https://me:s3cret@host/simple?token=x#y")).toBe("host/simple");
  });
});

it("reads pip.conf as configparser does", () => {
  const values = iniValues(
    "; c\n[Global]\nIndex_URL: https://a\nextra-index-url =\n  b\n  # c\n  d\n[x]\nk\n=v\n",
  );
  expect([...values]).toEqual([
    ["global.index-url", "https://a"],
    ["global.extra-index-url", "\nb\nd"],
  ]);
});

describe("a wheel's last bytes", () => {
  const { content } = wheelWith("a", "1", { "a/__init__.py": 700, "a/b.so": 300 }, { requires: ["b>1"] });

  it("tell what it unpacks to, what it needs and what is imported", () => {
    const read = readWheelTail(content, content.length);
    const notes = "Wheel-Version: 1.0\nTag: py3-none-any\n".length + 76;
    expect(read).toMatchObject({
      kind: "known",
      wheel: { pythonBytes: 700, requires: ["b>1"], modules: ["a"] },
    });
    expect(read.kind === "known" ? read.wheel.unpacked : 0).toBeCloseTo(1_000 + notes, -2);
  });

  it("say how many more are needed", () => {
    const read = readWheelTail(content.subarray(content.length - 60), content.length);
    expect(read.kind).toBe("more");
    const bytes = read.kind === "more" ? read.bytes : 0;
    expect(readWheelTail(content.subarray(content.length - bytes), content.length).kind).toBe("known");
  });

  it("may be broken anywhere", () => {
    for (let at = 0; at < content.length; at += 7) {
      const broken = Uint8Array.from(content);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      readWheelTail(broken, broken.length);
      expect(["known", "more", "unreadable"]).toContain(
        readWheelTail(content.subarray(at), content.length).kind,
      );
    }
    expect(readWheelTail(new Uint8Array(0), 0).kind).toBe("unreadable");
    expect(readWheelTail(content.subarray(0, 50), 50).kind).toBe("unreadable");
  });
});

describe("the way to an index", () => {
  const through = (url: string, variables: NodeJS.ProcessEnv, settings = noProxySettings) =>
    proxyFor(new URL(url), settings, variables);

  it.each([
    ["https://a.example/x", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
    ["https://a.example/x", { https_proxy: "p:1" }, "http://p:1"],
    ["https://a.example/x", { ALL_PROXY: "http://p:1" }, "http://p:1"],
    ["http://a.example/x", { https_proxy: "http://p:1" }, undefined],
    ["https://a.example/x", { https_proxy: "http://p:1", NO_PROXY: "b, .example" }, undefined],
    ["https://a.example/x", { https_proxy: "http://p:1", no_proxy: "xample" }, "http://p:1"],
    ["https://a.example:8443/x", { https_proxy: "http://p:1", no_proxy: "a.example:443" }, "http://p:1"],
    ["https://a.example/x", { https_proxy: "http://p:1", no_proxy: "a.example:443" }, undefined],
    ["https://a.example/x", { https_proxy: "http://p:1", no_proxy: "*" }, undefined],
    ["https://a.example/x", {}, undefined],
  ])("%s with %j is %s", (url, variables, wanted) => {
    expect(through(url, variables)).toBe(wanted);
  });

  it("is the editor's where that names one, or none where it says so", () => {
    const variables = { https_proxy: "http://p:1" };
    expect(through("https://a.example", variables, { ...noProxySettings, proxy: "http://q:2" })).toBe(
      "http://q:2",
    );
    expect(through("https://a.example", variables, { ...noProxySettings, enabled: false })).toBeUndefined();
    expect(
      through("https://a.example", variables, { ...noProxySettings, exceptions: ["a.example"] }),
    ).toBeUndefined();
  });

  it.each([
    ["machine a login u password p\nmachine b login v password q\n", "b", ["v", "q"]],
    ["machine a\n  login u\n  account x\n  password p\n", "a", ["u", "p"]],
    ["default login d password e", "z", ["d", "e"]],
    ["# machine a login u password p\n", "a", undefined],
    ["machine a login", "a", ["", ""]],
    ["", "a", undefined],
  ])("netrc %j for %s", (text, host, wanted) => {
    expect(loginIn(text, host)).toEqual(wanted);
  });
});
