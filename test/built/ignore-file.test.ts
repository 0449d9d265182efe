import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "vscode-languageserver/node";
import { plimsoll } from "./support/command-line.ts";
import { Editor } from "./support/editor.ts";
import { folderWith } from "./support/places.ts";

const files = {
  Dockerfile: "FROM scratch\nCOPY . /\n",
  ".dockerignore": ".git\nnode_modules\n",
  "src/a.js": "a",
  "web/node_modules/x.js": "x".repeat(2_000_000),
};

describe("an ignore file", () => {
  it("is told what gets through, in the editor", async () => {
    const folder = await folderWith(files);
    const editor = await Editor.start({ folder });
    const uri = pathToFileURL(join(folder, ".dockerignore")).href;
    const document = await editor.open(uri, files[".dockerignore"], "ignore");
    const found = await latest(editor, uri, (it) => it.length > 0);
    expect(found).toMatchObject([
      {
        code: "dockerignore-ineffective",
        severity: 2,
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 12 } },
      },
    ]);
    expect(found[0]?.message).toContain("web/node_modules is let through (2.00 MB)");
    expect(found[0]?.relatedInformation).toEqual([
      {
        location: {
          uri: pathToFileURL(join(folder, "Dockerfile")).href,
          range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
        },
        message: "Copied here",
      },
    ]);
    const [fix] = await document.actions(found, ["quickfix"]);
    expect(document.after(fix?.edit?.changes?.[uri] ?? [])).toBe(".git\n**/node_modules\n");
  });

  it("has the open Dockerfile judged anew while it is typed", async () => {
    const folder = await folderWith({
      ...files,
      ".dockerignore": ".git\n",
      ".git/objects/one": "x".repeat(2_000_000),
    });
    const editor = await Editor.start({ folder });
    const dockerfile = pathToFileURL(join(folder, "Dockerfile")).href;
    await editor.open(dockerfile, files.Dockerfile);
    await latest(editor, dockerfile, (it) => it.length === 0);
    const uri = pathToFileURL(join(folder, ".dockerignore")).href;
    const ignore = await editor.open(uri, ".git\n", "ignore");
    // Nothing is saved: the text in the editor counts.
    await ignore.replaceAll("# nothing\n");
    const found = await latest(editor, dockerfile, (it) => it.length > 0);
    expect(found[0]).toMatchObject({ code: "context-waste-copied" });
    expect(found[0]?.message).toContain("2.00 MB");
    await ignore.replaceAll("**/.git\n");
    await latest(editor, dockerfile, (it) => it.length === 0);
  });

  it("is one cause, reported once by check", async () => {
    const folder = await folderWith(files);
    for (const path of [".", "Dockerfile", ".dockerignore"]) {
      const { out } = await plimsoll(folder, ["check", path, "--format", "json"]);
      const { documents } = JSON.parse(out);
      const found = documents.flatMap((it: { path: string; findings: { rule: string }[] }) =>
        it.findings.map(({ rule }) => `${it.path} ${rule}`),
      );
      expect(found).toEqual([".dockerignore dockerignore-ineffective"]);
    }
    const fixed = await plimsoll(folder, ["fix", "--review"]);
    expect(fixed.out).toContain("1 fix applied");
    expect(await readFile(join(folder, ".dockerignore"), "utf8")).toBe(".git\n**/node_modules\n");
    const again = JSON.parse((await plimsoll(folder, ["check", "--format", "json"])).out);
    // Without findings it is not listed.
    expect(again.documents.map(({ path }: { path: string }) => path)).toEqual(["Dockerfile"]);
  });

  it("is reported where no build reads it", async () => {
    const compose = "services:\n  api:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n";
    const folder = await folderWith({
      "compose.yaml": compose,
      "docker/Dockerfile": "FROM scratch\nCOPY src /src\n",
      "docker/.dockerignore": "node_modules\n",
      "src/a.js": "a",
    });
    const { out } = await plimsoll(folder, ["check", "."]);
    expect(out).toContain("no build reads this file: Dockerfile has another build context");
  });

  it("alone in a folder, without findings, is a file that was looked at", async () => {
    const folder = await folderWith({ ".dockerignore": ".git\n" });
    const { code, out } = await plimsoll(folder, ["check"]);
    expect({ code, out }).toEqual({ code: 0, out: "No findings in 1 file.\n" });
  });

  it("beside its Dockerfile is judged in that Dockerfile's context", async () => {
    const compose =
      "services:\n  api:\n    build:\n      context: .\n      dockerfile: docker/api.Dockerfile\n";
    const folder = await folderWith({
      "compose.yaml": compose,
      "docker/api.Dockerfile": "FROM scratch\nCOPY . /\n",
      "docker/api.Dockerfile.dockerignore": "../tests\n*.log\n",
      "src/rows.log": "x".repeat(5_000),
    });
    const { out } = await plimsoll(folder, ["check", ".", "--format", "json"]);
    const [, ignore] = JSON.parse(out).documents;
    expect(ignore.path).toBe("docker/api.Dockerfile.dockerignore");
    expect(ignore.findings.map((it: { saving: { bytes: number } }) => it.saving.bytes)).toEqual([0, 5_000]);
  });
});

const latest = (
  editor: Editor,
  uri: string,
  isWanted: (found: readonly Diagnostic[]) => boolean,
): Promise<readonly Diagnostic[]> =>
  editor.until(() => {
    const last = editor.published.findLast((it) => it.uri === uri)?.diagnostics;
    return last !== undefined && isWanted(last) ? last : undefined;
  });
