import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writePackage } from "../../scripts/vsix.ts";
import { root } from "./support/places.ts";

/** What users install, and nothing else: no sources, no maps, no tests, no packages. */
const contents = [
  "[Content_Types].xml",
  "extension.vsixmanifest",
  "extension/LICENSE.txt",
  "extension/changelog.md",
  "extension/dist/cli.js",
  "extension/dist/client.js",
  "extension/dist/language.js",
  "extension/dist/data/debian.json.gz",
  "extension/dist/data/python.json.gz",
  "extension/dist/dockerode.js",
  "extension/dist/documents.js",
  "extension/dist/media/treemap.css",
  "extension/dist/media/treemap.js",
  "extension/dist/package.json",
  ...readdirSync(join(root, "docs", "rules")).map((it) => `extension/dist/rules/${it}`),
  "extension/dist/pictures.js",
  "extension/dist/server.js",
  "extension/dist/tree-sitter-bash.wasm",
  "extension/dist/web-tree-sitter.wasm",
  "extension/dist/worker.js",
  "extension/media/icon.png",
  "extension/package.json",
  "extension/readme.md",
];

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

describe("the package", () => {
  it("holds what users need, and stays below 2.5 MB", () => {
    const file = join(root, ".cache", "test.vsix");
    writePackage(file);
    expect(namesIn(readFileSync(file)).sort()).toEqual([...contents].sort());
    expect(statSync(file).size).toBeLessThan(2_500_000);
  }, 60_000);

  it("says where it runs and what an untrusted workspace may not decide", () => {
    expect(manifest.extensionKind).toEqual(["workspace"]);
    expect(manifest.capabilities.untrustedWorkspaces).toMatchObject({
      supported: "limited",
      restrictedConfigurations: expect.arrayContaining(["plimsoll.engine.host"]),
    });
    expect(manifest.contributes.commands.map((it: { command: string }) => it.command)).toContain(
      "plimsoll.analyzeImage",
    );
  });
});

/** The names in a zip file's central directory. */
function namesIn(zip: Buffer): string[] {
  const res: string[] = [];
  for (let at = zip.indexOf("PK\u0001\u0002"); at !== -1; at = zip.indexOf("PK\u0001\u0002", at + 46)) {
    res.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return res;
}
