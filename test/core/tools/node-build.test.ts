import { describe, expect, it } from "vitest";
import { outputsOf } from "../../../core/tools/node-outputs.ts";
import { commandsOf, scriptCommands } from "../../../core/tools/node-scripts.ts";
import { opensAtStart } from "../../../core/tools/node-start.ts";
import type { PackageManifest } from "../../../core/tools/package-manifest.ts";
import { readTypeScriptConfig } from "../../../core/tools/tsconfig.ts";

const manifestWith = (
  scripts: Record<string, string>,
  development: readonly string[] = [],
): PackageManifest => ({
  development,
  scripts: new Map(Object.entries(scripts)),
  manager: undefined,
  workspaces: false,
  linked: false,
});

describe("the commands of a script", () => {
  it.each([
    [{ build: "tsc -p . && NODE_ENV=production vite build" }, "tsc -p . | vite build"],
    [{ prebuild: "rimraf dist", build: "npm run a", a: "cross-env X='1 2' tsc" }, "rimraf dist | tsc"],
    [{ build: "run-s a b", a: "yarn b", b: "npx --yes esbuild x" }, "esbuild x | esbuild x"],
    [{ build: "yarn tsc" }, "tsc"],
    [{ build: "npm run build" }, undefined],
    [{ build: "tsc || true" }, undefined],
    [{ build: "FOO=$(date) tsc" }, undefined],
    [{ build: "npm run a -- --watch", a: "tsc" }, undefined],
    [{ build: "npm install && tsc" }, undefined],
    [{}, undefined],
  ])("%j", (scripts: Record<string, string>, expected) => {
    const commands = scriptCommands(manifestWith(scripts), "build");
    expect(commands?.map((it) => it.join(" ")).join(" | ")).toBe(expected);
  });
});

describe("the folders that a build tool fills", () => {
  const configs: Readonly<Record<string, string>> = {
    "tsconfig.json": '{"compilerOptions": {"outDir": "lib",}} // "outDir": "x"',
    "app/tsconfig.json": '{"extends": "../tsconfig", "compilerOptions": {"noEmit": true}}',
    "tsconfig.build.json": '{"extends": "./tsconfig.json"}',
    "here.json": '{"compilerOptions": {"outDir": "./"}}',
  };
  it.each([
    ["tsc", "lib"],
    ["tsc --noEmit", ""],
    ["tsc -p tsconfig.build.json", "lib"],
    ["tsc --project missing.json", undefined],
    ["tsc -p here.json", undefined],
    ["tsc --watch", undefined],
    ["tsc --outDir ./build/server", "build"],
    ["nest build", "lib"],
    ["next build", ".next"],
    ["next dev", undefined],
    ["vite build --outDir=web", "web"],
    ["vite", undefined],
    ["esbuild a.ts --bundle --outfile=out/a.js", "out"],
    ["esbuild a.ts", undefined],
    ["babel src -d build", "build"],
    ["cp -r src/views dist/views", "dist"],
    ["cp a ../b", undefined],
    ["gulp build", undefined],
  ])("%s: %s", (line, expected) => {
    const outputs = outputsOf(line.split(" "), manifestWith({}), (name) => configs[name]);
    expect(outputs?.map(({ folder }) => folder).join(" ")).toBe(expected);
  });
});

describe("what a command opens at the start", () => {
  it.each([
    ["node dist/index.js --port 80", "dist/index.js"],
    ["node --max-old-space-size=512 -r dotenv/config dist", "dist"],
    ["node --import=@otel/auto dist/a.mjs", "dist/a.mjs"],
    ["node -r ts-node/register src/a.ts", undefined],
    ["node --import ./telemetry.js dist/a.js", undefined],
    ["node -e 1", undefined],
    ["node", undefined],
    ["next start -p 80", ".next"],
    ["serve -s build -l 3000", "build"],
    ["prisma migrate deploy", ""],
    ["ts-node src/a.ts", undefined],
    ["./run", undefined],
  ])("%s: %s", (line, expected) => {
    expect(opensAtStart(line.split(" "), manifestWith({}, ["ts-node"]))?.join(" ")).toBe(expected);
  });

  it("is told through scripts", () => {
    const manifest = manifestWith({
      start: "prisma migrate deploy && npm run serve",
      serve: "node out/a.js",
    });
    expect(commandsOf(manifest, "yarn start")?.flatMap((it) => opensAtStart(it, manifest))).toEqual([
      "out/a.js",
    ]);
  });
});

it.each(["", "[]", "{", '{"a": 1 // }'])("a tsconfig.json that is %j says nothing", (text) => {
  expect(readTypeScriptConfig(text)).toBeUndefined();
});

it("a tsconfig.json of many comments is read in no time", () => {
  const text = `{"compilerOptions": ${"// a ".repeat(20_000)}\n{"outDir": "a" /* ${"/ * ".repeat(20_000)} */}}`;
  expect(readTypeScriptConfig(text)?.outDir).toBe("a");
});
