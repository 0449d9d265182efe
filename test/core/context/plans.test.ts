// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of compose and bake files
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bakePlans } from "../../../server/engine/context/bake.ts";
import { WorldFinder } from "../../../server/engine/context/find-world.ts";
import { FolderNames } from "../../../server/engine/context/folder-names.ts";
import { folderWith } from "../../built/support/places.ts";

/** What is found for `Dockerfile` of a folder with these files. */
async function found(files: Readonly<Record<string, string>>, dockerfile = "Dockerfile") {
  const { told: _, contexts: __, ...res } = await allFound(files, dockerfile);
  return res;
}

async function allFound(files: Readonly<Record<string, string>>, dockerfile = "Dockerfile") {
  const folder = await folderWith({ [dockerfile]: "FROM a\n", ...files });
  const told: string[] = [];
  const finder = new WorldFinder({
    workspaceFolders: [folder],
    packageSizes: async () => undefined,
    log: (sentence) => told.push(sentence.replaceAll(`${folder}/`, "")),
  });
  const world = await finder.worldOf(join(folder, dockerfile), [], { target: "", context: "" });
  return {
    targets: world.targets,
    args: world.buildArguments && Object.fromEntries(world.buildArguments),
    gpu: world.gpu,
    context: world.contextPath?.slice(folder.length),
    images: world.images,
    contexts: world.namedContexts && Object.fromEntries(world.namedContexts),
    told,
  };
}

const nothing = { targets: [], args: undefined, gpu: false, context: undefined, images: [] };

describe("compose files", () => {
  it("say what is built, from where, with what", async () => {
    const services = `services:
  api:
    image: example/api:\${TAG:-latest}
    build: { context: ., target: runtime, args: { DEV: 0, TOKEN: "$TOKEN" } }
  worker:
    build: { context: ., target: worker, args: ["DEV=0", "TOKEN=x"] }
  other:
    build: ./other
`;
    expect(await found({ "compose.yaml": services, "other/Dockerfile": "FROM a" })).toEqual({
      targets: ["runtime", "worker"],
      args: { DEV: "0", TOKEN: undefined },
      gpu: false,
      context: "",
      images: ["example/api:latest"],
    });
  });

  it("are joined with their override, and services with those they extend", async () => {
    const base = "services:\n  api:\n    build:\n      context: .\n      args: { A: 1, B: 1 }\n";
    const over =
      "services:\n  api:\n    extends: { file: more/common.yml, service: gpu }\n    build:\n      target: t\n      args: { B: 2 }\n";
    const common = "services:\n  gpu:\n    runtime: nvidia\n";
    expect(
      await found({
        "docker-compose.yml": base,
        "docker-compose.override.yml": over,
        "more/common.yml": common,
      }),
    ).toMatchObject({ targets: ["t"], args: { A: "1", B: "2" }, gpu: true });
  });

  it.each([
    ["gpus", "    gpus: all\n"],
    [
      "devices",
      "    deploy: { resources: { reservations: { devices: [{ driver: nvidia, count: 1, capabilities: [gpu] }] } } }\n",
    ],
    ["the variable", "    environment: [NVIDIA_VISIBLE_DEVICES=all]\n"],
  ])("reserve a GPU: %s", async (_, lines) => {
    expect(await found({ "compose.yml": `services:\n  a:\n    build: .\n${lines}` })).toMatchObject({
      gpu: true,
    });
  });

  it("that must be named count where the standard ones build nothing", async () => {
    const named = "services:\n  a:\n    build: { context: ., target: dev }\n";
    expect(await found({ "docker-compose.dev.yml": named })).toMatchObject({ targets: ["dev"] });
    const standard = "services:\n  a:\n    build: .\n";
    expect(await found({ "docker-compose.dev.yml": named, "compose.yaml": standard })).toMatchObject({
      targets: [],
    });
  });

  it("take their variables from the .env file, else from the defaults", async () => {
    const compose = `services:
  api:
    image: example/api:\${TAG}
    build:
      context: \${DIR:-.}
      target: \${STAGE:-\${OTHER:-run}}
      args:
        FROM_FILE: \${QUOTED}
        SINGLE: $SINGLE
        PLAIN: "\${PLAIN:?is needed}"
        ABSENT: \${ABSENT}
        IF_SET: \${PLAIN:+set}\${ABSENT:+not}
        EMPTY: "\${EMPTY-x}\${EMPTY:-y}"
        DOLLAR: $$PLAIN
        NAMED:
`;
    const env = `# comment
TAG=1.2 # which
export PLAIN=plain
QUOTED="a \\"b\\" \${PLAIN}"
SINGLE='no \${PLAIN} # here'
EMPTY=
NAMED=by name
`;
    expect(await found({ "compose.yaml": compose, ".env": env })).toMatchObject({
      targets: ["run"],
      images: ["example/api:1.2"],
      args: {
        FROM_FILE: 'a "b" plain',
        SINGLE: "no ${PLAIN} # here",
        PLAIN: "plain",
        ABSENT: undefined,
        IF_SET: "set",
        EMPTY: "y",
        DOLLAR: "$PLAIN",
        NAMED: "by name",
      },
    });
  });

  it("build what no profile guards, where there is such a service", async () => {
    const test = "  test:\n    profiles: [test]\n    build: { context: ., target: test }\n";
    const api = "  api:\n    build: { context: ., target: api }\n";
    expect(await found({ "compose.yaml": `services:\n${test}${api}` })).toMatchObject({ targets: ["api"] });
    expect(await found({ "compose.yaml": `services:\n${test}` })).toMatchObject({ targets: ["test"] });
    const env = "COMPOSE_PROFILES=a,test\n";
    expect(await found({ "compose.yaml": `services:\n${test}${api}`, ".env": env })).toMatchObject({
      targets: ["test", "api"],
    });
  });

  it("are those that COMPOSE_FILE names", async () => {
    const service = (target: string): string =>
      `services:\n  a:\n    build: { context: ., target: ${target} }\n`;
    const files = {
      "compose.yaml": service("standard"),
      "one.yml": service("one"),
      "two.yml": service("two"),
    };
    const env = "COMPOSE_FILE=one.yml,two.yml\nCOMPOSE_PATH_SEPARATOR=,\n";
    expect(await found({ ...files, ".env": env })).toMatchObject({ targets: ["two"] });
  });

  it("give contexts names", async () => {
    const contexts = "[base=docker-image://debian:12, src=../shared, 'docker.io/library/x:latest=service:y']";
    const build = `    build:\n      context: .\n      additional_contexts: ${contexts}\n`;
    const { contexts: named } = await allFound({ "compose.yaml": `services:\n  a:\n${build}` });
    expect(named).toEqual({ base: "debian:12", src: undefined, x: undefined });
  });

  it.each([
    [
      "half a key",
      "services:\n  api:\n    build:\n      context: .\n      target: run\n      dock\n  other:\n",
      6,
    ],
    ["an open bracket", "services:\n  api:\n    build: { context: ., target: run,\n", 4],
    ["an open quote", 'services:\n  api:\n    build: { context: ., target: run }\n    image: "x\n', 5],
    ["a bad indent", "services:\n  api:\n    build: { context: ., target: run }\n   image: x\n", 4],
  ])("that are half typed say what they can, and are told of: %s", async (_, text, line) => {
    expect(await allFound({ "compose.yaml": text })).toMatchObject({
      targets: ["run"],
      told: [`compose.yaml is no valid YAML (line ${line}): what can be read of it says what is built.`],
    });
  });

  it.each([
    ["inline Dockerfiles", "services:\n  a:\n    build: { context: ., dockerfile_inline: FROM x }\n"],
    ["remote contexts", "services:\n  a:\n    build: https://example.org/x.git\n"],
    ["a file that includes itself", "include: [compose.yaml]\nservices: {}\n"],
    ["a service that extends itself", "services:\n  a:\n    extends: a\n"],
    ["no YAML", "services: [\n"],
  ])("that say nothing about a Dockerfile here: %s", async (_, text) => {
    expect(await found({ "compose.yaml": text })).toEqual(nothing);
  });
});

describe("bake files", () => {
  const hcl = `# what is built
variable "TAG" { default = "1.2" }
variable "DIR" { default = join("/", ["a", "b"]) }
group "default" { targets = ["app", "tools"] }
target "_common" {
  context = "."
  args = {
    VERSION = TAG
    DEV     = "0"
  }
}
target "app" {
  inherits = ["_common"]
  target   = "runtime"
  tags     = ["example/app:\${TAG}", "x"]
  args     = { DEV = "1" } // over the common one
}
target "tools" {
  inherits = ["_common"]
  name     = "tools-\${it}"
  matrix   = { it = ["one", "two"] }
  target   = it
  output   = [{ type = "docker" }]
}
target "test" { target = "test" }
`;

  it("are read with groups, inheritance and matrix", async () => {
    expect(await found({ "docker-bake.hcl": hcl })).toEqual({
      targets: ["runtime", "one", "two"],
      args: { VERSION: "1.2", DEV: undefined },
      gpu: false,
      context: "",
      images: ["example/app:1.2"],
    });
  });

  it("in JSON say the same", async () => {
    const json = {
      variable: { STAGE: { default: "runtime" } },
      target: { app: { target: "${STAGE}", args: { A: "1", B: null } } },
    };
    expect(await found({ "docker-bake.json": JSON.stringify(json) })).toMatchObject({
      targets: ["runtime"],
      args: { A: "1" },
    });
  });

  it("give contexts names, too", async () => {
    const text = 'target "a" { contexts = { base = "docker-image://debian:12", other = "target:b" } }';
    const { contexts } = await allFound({ "docker-bake.hcl": text });
    expect(contexts).toEqual({ base: "debian:12", other: undefined });
  });

  it.each([
    ["docker-bake.json", '{"target": ', "docker-bake.json is no valid JSON: nothing of it is known."],
    [
      "docker-bake.hcl",
      'target "a" { target = "t" }\ntarget "b" {\n  target = "u"\n  =',
      "docker-bake.hcl cannot be read from line 4 on: what stands above it says what is built.",
    ],
    [
      "docker-bake.hcl",
      'target "a" { target = "t" }\n}',
      "docker-bake.hcl cannot be read from line 2 on: what stands above it says what is built.",
    ],
  ])("that are broken are told of: %s", async (name, text, sentence) => {
    expect((await allFound({ [name]: text })).told).toEqual([sentence]);
  });

  it.each([
    ["a function", 'target "a" { target = lower("X") }', []],
    ["a condition", 'target "a" {\n target = A == "" ? "b" : "c"\n context = "."\n}', []],
    ["an end in the middle", 'target "a" { target = "x', []],
    ["a circle", 'group "default" { targets = ["default"] }\ntarget "a" { inherits = ["a"] }', [""]],
    ["a here-document", 'target "a" {\n  dockerfile-inline = <<EOT\nFROM x\nEOT\n}', []],
  ])("with what is not known: %s", async (_, text, targets) => {
    const plans = await bakePlans(await FolderNames.of(await folderWith({ "docker-bake.hcl": text })));
    expect(plans.map((it) => it.target)).toEqual(targets);
  });
});

describe("a still disk", () => {
  it("is read once for all Dockerfiles of a folder, until something is told to have changed", async () => {
    const folder = await folderWith({
      "a.Dockerfile": "FROM a\n",
      "b.Dockerfile": "FROM a\n",
      "one/x": "12345",
    });
    const finder = new WorldFinder({
      workspaceFolders: [folder],
      packageSizes: async () => undefined,
      log: () => {},
      still: true,
    });
    const settings = { target: "", context: "" };
    const bytesOf = async (name: string) => {
      const { context } = await finder.worldOf(join(folder, name), ["one"], settings);
      return context?.matches("one")[0]?.taken.bytes;
    };
    expect(await bytesOf("a.Dockerfile")).toBe(5);
    await writeFile(join(folder, "one/x"), "123456789");
    expect(await bytesOf("b.Dockerfile")).toBe(5);
    finder.invalidate();
    expect(await bytesOf("b.Dockerfile")).toBe(9);
  });
});
