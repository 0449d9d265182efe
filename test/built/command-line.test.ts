import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { flagsFor } from "../../server/cli/v8-flags.ts";
import { plimsoll } from "./support/command-line.ts";
import { folderWith, root, sampleCopy } from "./support/places.ts";

const kept = "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n";

describe("flags of the JavaScript engine", () => {
  it.each([
    ["11.3.244.8-node.38", ["--liftoff-only", "--interrupt-budget=300000"]],
    ["12.4.254.21-node.57", ["--liftoff-only"]],
    ["14.1.146.11-node.25", ["--liftoff-only"]],
    ["99.0.1", []],
    [undefined, []],
  ])("of version %s are those that it knows", (version, flags) => {
    expect(flagsFor(version)).toEqual(flags);
  });
});

describe("usage", () => {
  it.each([
    [[]],
    [["weigh"]],
    [["weigh", "a", "b"]],
    [["weigh", "--format", "sarif"]],
    [["compare", "a", "b"]],
    [["inspect"]],
    [["help", "inspect"]],
    [["--inspect"]],
    [["check", ""]],
    [["analyze", "./nowhere"]],
    [["analyze", "nowhere.tar"]],
    [["check", "--image", "x", "--archive", "x.tar"]],
    [["check", "--image", ""]],
    [["check", "--format", "yaml"]],
    [["check", "--fail-on", "warn"]],
    [["check", "--fail-on"]],
    [["check", "--unknown"]],
    [["check", "nowhere"]],
    [["fix", "--format", "json"]],
    [["analyze"]],
    [["analyze", "a", "b"]],
    [["analyze", "a", "--format", "markdown"]],
    [["analyze", "a", "--context", "."]],
  ])("refuses %j with 2 and one clear line", async (words) => {
    const { code, out, err } = await plimsoll(await folderWith({ Dockerfile: kept }), words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^plimsoll: .+\n$/);
  });

  it("helps, and names its version", async () => {
    const folder = await folderWith();
    for (const words of [["--help"], ["help"], ["check", "--help"], ["fix", "-h"], ["analyze", "--help"]]) {
      const { code, out, err } = await plimsoll(folder, words);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("plimsoll");
    }
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    expect(await plimsoll(folder, ["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("check", () => {
  it.each([
    [
      'name = "app"\nsource = { virtual = "." }\n[[package]]\nname = "member"\nsource = { editable = "member" }',
      1,
    ],
    ['name = "app"\nsource = { virtual = "." }\n[[package]]\nname = "member"\nversion = "1.0"', 0],
  ])("a lock above a project is its own where it has it as a member: %j", async (packages, stale) => {
    const folder = await folderWith({
      "uv.lock": `version = 1\n[[package]]\n${packages}\n`,
      "pyproject.toml": '[project]\nname = "app"\n',
      "member/pyproject.toml": '[project]\nname = "member"\ndependencies = ["flask"]\n',
    });
    const { out } = await plimsoll(folder, ["check", "--format", "json"]);
    expect(out.match(/"lock-file-stale"/g) ?? []).toHaveLength(stale);
  });

  it("says which files it could read in part only, and judges the part", async () => {
    const folder = await folderWith({
      Dockerfile: kept,
      "pyproject.toml": '[project]\ndependencies = ["torch",\n[tool.x]\n',
    });
    await writeFile(join(folder, "requirements.txt"), Buffer.from("flask # caf\xe9\n", "latin1"));
    const { code, out, err } = await plimsoll(folder, ["check"]);
    expect(code).toBe(2);
    expect(out).toContain("package-cache-kept");
    const [, ...lines] = err.split("plimsoll: ").map((it) => it.trim());
    expect(lines.sort()).toEqual([
      expect.stringMatching(
        /^pyproject\.toml is no valid TOML \(.+ in line \d+\); only what can be read of it is checked$/,
      ),
      "requirements.txt is not UTF-8; it is read as if it were",
    ]);
  });

  it("judges nothing of a file that is UTF-16, and says that alone", async () => {
    const folder = await folderWith({});
    await writeFile(join(folder, "Dockerfile"), Buffer.from(`\ufeff${kept}`, "utf16le"));
    await writeFile(join(folder, "requirements.txt"), Buffer.from("\ufeffflask\n", "utf16le").swap16());
    const { code, out, err } = await plimsoll(folder, ["check"]);
    expect({ code, out }).toEqual({ code: 2, out: "No file could be looked at.\n" });
    expect(err.split("\n")).toEqual([
      "plimsoll: Dockerfile is not analysed: it is UTF-16, not UTF-8",
      "plimsoll: requirements.txt is not analysed: it is UTF-16, not UTF-8",
      "",
    ]);
    expect((await plimsoll(folder, ["weigh"])).err).toContain("it is UTF-16, not UTF-8");
  });

  it("writes the JSON of the schema, and nothing beside it", async () => {
    const folder = await sampleCopy();
    const { code, out, err } = await plimsoll(folder, ["check", "--format", "json"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const report: unknown = JSON.parse(out);
    const schema: unknown = JSON.parse(await readFile(join(root, "docs", "check.schema.json"), "utf8"));
    const ajv = new Ajv({ strict: true, allErrors: true });
    expect(ajv.validate(schema as object, report), ajv.errorsText()).toBe(true);
    const { documents } = report as {
      documents: {
        path: string;
        findings: {
          rule: string;
          range: { start: { line: number } };
          saving: { kind: string; bytes?: number };
        }[];
      }[];
    };
    expect(documents.map((it) => it.path)).toEqual(["docker/api.Dockerfile", "pyproject.toml"]);
    const onLine = (line: number, rule: string) =>
      documents[0]?.findings.find((it) => it.range.start.line + 1 === line && it.rule === rule);
    expect(onLine(28, "build-tools-shipped")).toBeDefined();
    const bytesBelow = async (path: string): Promise<number> => {
      let res = 0;
      for (const it of await readdir(join(folder, path), { withFileTypes: true, recursive: true })) {
        if (it.isFile()) res += (await stat(join(it.parentPath, it.name))).size;
      }
      return res;
    };
    expect(onLine(103, "tests-copied")?.saving).toMatchObject({
      kind: "measured",
      bytes: await bytesBelow("tests"),
    });
    expect(onLine(107, "tests-copied")?.saving).toMatchObject({
      kind: "measured",
      bytes: await bytesBelow("scripts"),
    });
  });

  it("prints SARIF that the published schema accepts, with places that exist", async () => {
    const folder = await sampleCopy();
    await writeFile(join(folder, "Docker file & co.dockerfile"), `\uFEFF${kept}`);
    const { code, out } = await plimsoll(folder, ["check", "--format", "sarif"]);
    expect(code).toBe(0);
    const report: unknown = JSON.parse(out);
    const fixture = join(import.meta.dirname, "fixtures", "sarif-schema-2.1.0.json");
    const { $schema: _, id: $id, ...schema } = JSON.parse(await readFile(fixture, "utf8"));
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    expect(ajv.validate({ $id, ...schema }, report), ajv.errorsText()).toBe(true);
    const { runs } = report as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          locations: {
            physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
          }[];
          relatedLocations: { physicalLocation: { artifactLocation: { uri: string } } }[];
        }[];
      }[];
    };
    const [run] = runs;
    expect(run?.results.length).toBeGreaterThan(3);
    for (const it of run?.results ?? []) {
      const place = it.locations[0]?.physicalLocation;
      expect(run?.tool.driver.rules[it.ruleIndex]?.id).toBe(it.ruleId);
      const text = await readFile(
        join(folder, decodeURIComponent(place?.artifactLocation.uri ?? "")),
        "utf8",
      );
      expect(place?.region.startLine).toBeLessThanOrEqual(text.split("\n").length);
    }
    const tool = run?.results.find(({ ruleId }) => ruleId === "dev-tool-in-runtime");
    expect(tool?.relatedLocations.map((it) => it.physicalLocation.artifactLocation.uri)).toEqual([
      "docker/api.Dockerfile",
    ]);
  });

  it("prints a table of waste in Markdown", async () => {
    const folder = await sampleCopy();
    const { code, out } = await plimsoll(folder, ["check", "--format", "markdown"]);
    expect(code).toBe(0);
    expect(out).toContain("## `docker/api.Dockerfile`");
    expect(out).toMatch(/\n\| Line \| What is there \| Bytes \| What to do \|\n\| ---: /);
    expect(out).toMatch(/\n\| 103 \| tests are copied into the image \(`tests-copied`\) \| 2\.75 MB \| /);
    expect(out).toMatch(/\n\| {2}\| \*\*Total\*\* \| \*\*.+ measured, .+\*\* \| {2}\|\n/);
  });

  it("tells people the place, the size and the sum, without colours in a pipe", async () => {
    const folder = await folderWith({ "a/Dockerfile": kept, "requirements.txt": "six\n" });
    const { code, out } = await plimsoll(folder, ["check"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^a\/Dockerfile\n {2}2:5 +\w+ .+\[package-cache-kept\]\n/);
    expect(out).toMatch(/\n1 finding in 1 of 2 files; .+\.\n$/);
    expect(out).not.toContain("\u001b");
  });

  it("breaks only on what it is told to", async () => {
    const folder = await folderWith({ Dockerfile: kept });
    expect((await plimsoll(folder, ["check"])).code).toBe(0);
    expect((await plimsoll(folder, ["check", "--fail-on", "hint"])).code).toBe(1);
    expect((await plimsoll(folder, ["check", "--fail-on", "error"])).code).toBe(0);
    const clean = await folderWith({ Dockerfile: "FROM debian:12\n" });
    expect((await plimsoll(clean, ["check", "--fail-on", "hint"])).code).toBe(0);
  });

  it("finds documents by name, in the order of their paths, and follows no links", async () => {
    const names = [
      "A.Dockerfile",
      "Containerfile.dev",
      "DOCKERFILE",
      "b/dockerfile-prod",
      "b/Dockerfile_old",
      "b/PyProject.toml",
      "b/requirements-dev.txt",
      "b/x.containerfile",
    ];
    const others = [
      ".git/Dockerfile",
      "node_modules/x/Dockerfile",
      "venv/pyvenv.cfg",
      "venv/lib/Dockerfile",
      "Dockerfile.dockerignore",
      "Dockerfiles",
      "my-requirements.md",
    ];
    const folder = await folderWith(
      Object.fromEntries([...names, ...others].map((it) => [it, it.endsWith(".toml") ? "" : "FROM a\n"])),
    );
    await symlink(folder, join(folder, "b", "loop"));
    await symlink(join(folder, "DOCKERFILE"), join(folder, "b", "Dockerfile"));
    const { code, out } = await plimsoll(folder, ["check", "--format", "json", ".", "b", "DOCKERFILE"]);
    expect(code).toBe(0);
    const { documents } = JSON.parse(out) as { documents: { path: string }[] };
    expect(documents.map((it) => it.path)).toEqual([...names].sort());
  });

  it("does not analyse what is too large to be written by hand", async () => {
    const folder = await folderWith({ Dockerfile: `FROM scratch\n${"RUN true\n".repeat(230_000)}` });
    const { code, out, err } = await plimsoll(folder, ["check"]);
    expect({ code, out }).toEqual({ code: 2, out: "No file could be looked at.\n" });
    expect(err).toBe("plimsoll: Dockerfile is not analysed: it has 2.07 MB of text, and 2 MB are the most\n");
  });

  it("tells of a broken compose file, and takes what it says", async () => {
    const folder = await folderWith({
      "app/Dockerfile": `${kept.replace(":12", ":12 AS base")}FROM scratch\n`,
      "app/compose.yaml": 'services:\n  a:\n    build: { context: ., target: base }\n    image: "x\n',
    });
    const { code, out, err } = await plimsoll(folder, ["check"]);
    expect(err).toContain("app/compose.yaml is no valid YAML (line 5)");
    expect(code).toBe(0);
    expect(out).toContain("[package-cache-kept]");
  });

  it("says what it cannot read, and still tells the rest", async () => {
    const folder = await folderWith({ "a/Dockerfile": kept, "b/Dockerfile": kept });
    await chmod(join(folder, "b", "Dockerfile"), 0o000);
    const asRoot = process.getuid?.() === 0;
    const { code, out, err } = await plimsoll(folder, ["check"]);
    expect(out).toContain("a/Dockerfile");
    if (!asRoot) {
      expect(code).toBe(2);
      expect(err).toBe("plimsoll: cannot read b/Dockerfile: permission denied\n");
    }
    const empty = await plimsoll(await folderWith({ "a.txt": "" }), ["check"]);
    expect(empty.code).toBe(2);
    expect(empty.err).toMatch(/^plimsoll: there is no Dockerfile.+\n$/);
  });
});

describe("fix", () => {
  it("changes what is safe, keeps CRLF, BOM and mode, and has nothing to do twice", async () => {
    const folder = await folderWith({ Dockerfile: `\ufeff${kept.replaceAll("\n", "\r\n")}` });
    const path = join(folder, "Dockerfile");
    await chmod(path, 0o640);
    const first = await plimsoll(folder, ["fix"]);
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" });
    const text = await readFile(path, "utf8");
    expect(text.startsWith("\ufeffFROM debian:12\r\n")).toBe(true);
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(text).not.toBe(`\ufeff${kept.replaceAll("\n", "\r\n")}`);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(["Dockerfile"]);
    const second = await plimsoll(folder, ["fix"]);
    expect(second.code).toBe(0);
    expect(second.out).toContain("Nothing to fix");
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("only tells with --dry-run", async () => {
    const folder = await folderWith({ Dockerfile: kept });
    const { code, out } = await plimsoll(folder, ["fix", "--dry-run"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^--- a\/Dockerfile$/m);
    expect(out).toMatch(/^-RUN apt-get update && apt-get install -y --no-install-recommends curl$/m);
    expect(out).toMatch(/^\+RUN .+$/m);
    expect(await readFile(join(folder, "Dockerfile"), "utf8")).toBe(kept);
    const clean = await folderWith({ Dockerfile: "FROM debian:12\n" });
    expect((await plimsoll(clean, ["fix", "--dry-run"])).code).toBe(0);
  });

  it("leaves alone what leads out of the folder", async () => {
    const outside = await folderWith({ Dockerfile: kept });
    const folder = await folderWith({ "a.txt": "" });
    await symlink(join(outside, "Dockerfile"), join(folder, "Dockerfile"));
    const found = await plimsoll(folder, ["fix"]);
    expect(found.code).toBe(2);
    const named = await plimsoll(folder, ["fix", "Dockerfile"]);
    expect(named.code).toBe(2);
    expect(await readFile(join(outside, "Dockerfile"), "utf8")).toBe(kept);
    expect((await lstat(join(folder, "Dockerfile"))).isSymbolicLink()).toBe(true);
  });

  it("leaves bytes alone that are not UTF-8", async () => {
    const folder = await folderWith();
    const bytes = Buffer.concat([Buffer.from(kept), Buffer.from([0x23, 0x20, 0xff, 0x0a])]);
    await writeFile(join(folder, "Dockerfile"), bytes);
    const { code, err } = await plimsoll(folder, ["fix"]);
    expect(code).toBe(2);
    expect(err).toContain("not UTF-8");
    expect(await readFile(join(folder, "Dockerfile"))).toEqual(bytes);
  });

  it("of the sample with --review leaves nothing to do", async () => {
    const folder = await sampleCopy();
    const first = await plimsoll(folder, ["fix", "--review"]);
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" });
    const text = await readFile(join(folder, "docker", "api.Dockerfile"), "utf8");
    const second = await plimsoll(folder, ["fix", "--review", "--dry-run"]);
    expect(second.code).toBe(0);
    expect(await readFile(join(folder, "docker", "api.Dockerfile"), "utf8")).toBe(text);
    const after = await plimsoll(folder, ["check", "--format", "json"]);
    expect(
      (JSON.parse(after.out) as { documents: { findings: unknown[] }[] }).documents[0]?.findings,
    ).toEqual([]);
  });
});

describe("thresholds", () => {
  it("are sizes as people write them, in check and fix", async () => {
    const folder = await folderWith({
      Dockerfile: "FROM scratch\nCOPY tests /tests\n",
      "tests/test_a.py": "x".repeat(2_000_000),
    });
    const failing = ["check", "--fail-on", "warning"];
    expect((await plimsoll(folder, failing)).code).toBe(1);
    expect((await plimsoll(folder, [...failing, "--warn-from", "3 MB"])).code).toBe(0);
    expect((await plimsoll(folder, [...failing, "--report-from=3MB"])).out).not.toContain("tests-copied");
    const wrong = await plimsoll(folder, ["check", "--warn-from", "much"]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(
      '--warn-from takes a size in B, kB, MB, GB or TB, such as 500kB or 10MB, not "much"',
    );
    for (const [given, said] of [
      ["-5", 'not "-5"'],
      ["1MiB", 'not "1MiB"'],
      ["--format", "--warn-from needs a value; plimsoll check --help lists the options"],
    ] as const) {
      const { code, err } = await plimsoll(folder, ["check", "--warn-from", given]);
      expect(code).toBe(2);
      expect(err).toContain(said);
    }
    const spared = await plimsoll(folder, ["fix", "--review", "--dry-run", "--report-from", "3MB"]);
    expect(spared.code).toBe(0);
  });
});
