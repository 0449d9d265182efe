// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of compose and bake files
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bakePlans } from "../../../server/engine/context/bake.ts";
import { WorldFinder } from "../../../server/engine/context/find-world.ts";
import { folderWith } from "../../built/support/places.ts";

/** What is found for `Dockerfile` of a folder with these files. */
async function found(files: Readonly<Record<string, string>>, dockerfile = "Dockerfile") {
  const folder = await folderWith({ [dockerfile]: "FROM a\n", ...files });
  const finder = new WorldFinder({
    workspaceFolders: [folder],
    packageSizes: async () => undefined,
    log: () => {},
  });
  const world = await finder.worldOf(join(folder, dockerfile), [], { target: "", context: "" });
  return {
    targets: world.targets,
    args: world.buildArguments && Object.fromEntries(world.buildArguments),
    gpu: world.gpu,
    context: world.contextPath?.slice(folder.length),
    images: world.images,
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

  it.each([
    ["a function", 'target "a" { target = lower("X") }', []],
    ["a condition", 'target "a" {\n target = A == "" ? "b" : "c"\n context = "."\n}', []],
    ["an end in the middle", 'target "a" { target = "x', []],
    ["a circle", 'group "default" { targets = ["default"] }\ntarget "a" { inherits = ["a"] }', [""]],
    ["a here-document", 'target "a" {\n  dockerfile-inline = <<EOT\nFROM x\nEOT\n}', []],
  ])("with what is not known: %s", async (_, text, targets) => {
    const plans = await bakePlans(await folderWith({ "docker-bake.hcl": text }));
    expect(plans.map((it) => it.target)).toEqual(targets);
  });
});
