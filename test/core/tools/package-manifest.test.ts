import { describe, expect, it } from "vitest";
import { needsDevelopment, readPackageManifest } from "../../../core/tools/package-manifest.ts";

describe("a package.json", () => {
  it.each(["", "[]", "null", "{", '"text"'])("that is %j says nothing", (text) => {
    expect(readPackageManifest(text)).toBeUndefined();
  });

  it.each(['{"devDependencies": 1, "scripts": [1]}', "{}", '{"scripts": {"a": 1}}'])(
    "with odd values has none: %s",
    (text) => {
      expect(readPackageManifest(text)).toEqual({
        development: [],
        scripts: new Map(),
        manager: undefined,
        workspaces: false,
        linked: false,
      });
    },
  );

  it.each([
    ["start", true],
    ["direct", true],
    ["plain", false],
    ["circle", false],
    ["absent", false],
  ])("script %s needs development: %s", (script, expected) => {
    const manifest = readPackageManifest(
      JSON.stringify({
        devDependencies: { typescript: "5", vite: "7" },
        scripts: {
          start: "npm run direct",
          direct: "tsc -p . && node out.js",
          plain: "node vite.js",
          circle: "npm run circle",
        },
      }),
    );
    expect(manifest && needsDevelopment(manifest, script)).toBe(expected);
  });
});
