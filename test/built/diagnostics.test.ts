import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Diagnostic, DocumentDiagnosticReport } from "vscode-languageserver/node";
import { Editor, pulling } from "./support/editor.ts";
import { folderWith, sampleCopy } from "./support/places.ts";

const kept = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n";
const clean = "FROM debian:12\nRUN echo hello\n";
const rulesOf = (it: readonly Diagnostic[]): unknown[] => it.map(({ code }) => code);

describe("pushed diagnostics", () => {
  it("answer an open document with its version", async () => {
    const editor = await Editor.start();
    const document = await editor.open("untitled:Dockerfile", kept);
    const [found, ...others] = await document.diagnostics(1);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: "package-cache-kept", source: "plimsoll" });
    expect(found?.range.start.line).toBe(1);
  });

  it("answer every change with one publish, also when nothing changed", async () => {
    const editor = await Editor.start();
    const document = await editor.open("untitled:Dockerfile", clean);
    await document.diagnostics(1);
    for (let step = 0; step < 20; step += 1) await document.edit({ at: document.text.length, insert: "#" });
    await document.diagnostics();
    await editor.settle();
    expect(editor.published.map((it) => it.version)).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
  });

  it("are the same for a text typed in pieces and a text sent at once", async () => {
    const editor = await Editor.start();
    const pieces = await editor.open("untitled:pieces", "");
    await pieces.diagnostics();
    for (const letter of kept.replaceAll("\n", "\r\n"))
      await pieces.edit({ at: pieces.text.length, insert: letter });
    await pieces.edit({ at: 0, insert: "# ä𝒳\r\n" }, { at: 5, remove: 0, insert: "\r\n" });
    const whole = await editor.open("untitled:whole", pieces.text);
    const [one, other] = [await pieces.diagnostics(), await whole.diagnostics()];
    const bare = (it: Diagnostic): object => ({ ...it, data: null });
    expect(one.map(bare)).toEqual(other.map(bare));
    expect(rulesOf(one)).toEqual(["package-cache-kept"]);
  });

  it("go when the document is closed", async () => {
    const editor = await Editor.start();
    const document = await editor.open("untitled:Dockerfile", kept);
    await document.diagnostics();
    await editor.notify("textDocument/didClose", { textDocument: { uri: document.uri } });
    await editor.settle();
    expect(editor.published.at(-1)).toMatchObject({ uri: document.uri, diagnostics: [] });
  });

  it("have the build context of the sample without being asked again", async () => {
    const folder = await sampleCopy();
    const path = join(folder, "docker", "api.Dockerfile");
    const editor = await Editor.start({ folder });
    const document = await editor.open(pathToFileURL(path).href, await readFile(path, "utf8"));
    const onLine = (found: readonly Diagnostic[], line: number, code: string) =>
      found.find((it) => it.range.start.line + 1 === line && it.code === code);
    const isPriced = (found: readonly Diagnostic[]): boolean =>
      String(onLine(found, 103, "tests-copied")?.message).includes("2.75 MB");
    // The first publish, unless the disk is too slow for it. The core's test of the sample holds the whole list; these
    // need the build context and the prices.
    const { diagnostics: found } = await editor.until(() =>
      editor.published.find((it) => it.uri === document.uri && isPriced(it.diagnostics)),
    );
    expect(onLine(found, 107, "tests-copied")?.message).toContain("980 kB");
    expect(
      onLine(found, 28, "build-tools-shipped")?.relatedInformation?.map(
        (it) => it.location.range.start.line + 1,
      ),
    ).toEqual([29]);
  });

  it("follow the disk", async () => {
    const folder = await folderWith({
      Dockerfile: "FROM debian:12\nCOPY . /app\nCOPY tests /app/tests\n",
      "tests/test_a.py": "x".repeat(1000),
    });
    const path = join(folder, "Dockerfile");
    const editor = await Editor.start({ folder });
    const document = await editor.open(pathToFileURL(path).href, await readFile(path, "utf8"));
    const before = await document.diagnostics(1);
    expect(rulesOf(before)).toContain("tests-copied");
    await (await import("node:fs/promises")).writeFile(join(folder, ".dockerignore"), "tests\n");
    await editor.notify("workspace/didChangeWatchedFiles", {
      changes: [{ uri: pathToFileURL(join(folder, ".dockerignore")).href, type: 1 }],
    });
    const after = await editor.until(() =>
      editor.published.find(
        (it) => it.uri === document.uri && !rulesOf(it.diagnostics).includes("tests-copied"),
      ),
    );
    expect(after.version).toBe(1);
  });

  it("say one thing about a text that is too large", async () => {
    const editor = await Editor.start();
    const document = await editor.open("untitled:Dockerfile", kept + "#".repeat(2_000_001));
    const found = await document.diagnostics();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 3, source: "plimsoll" });
    expect(found[0]?.message).toContain("2 MB");
  });

  it("leave other languages alone", async () => {
    const editor = await Editor.start();
    await editor.open("file:///tmp/a.dockerignore", kept, "ignore");
    await editor.open("file:///tmp/notes.txt", kept, "plaintext");
    const ours = await editor.open("file:///nowhere/API.DOCKERFILE", kept, "plaintext");
    await ours.diagnostics();
    expect(editor.published.map((it) => it.uri)).toEqual([ours.uri]);
  });
});

describe("pulled diagnostics", () => {
  const pull = (editor: Editor, uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> =>
    editor.request("textDocument/diagnostic", { textDocument: { uri }, previousResultId });

  it("are given on request, never pushed", async () => {
    const editor = await Editor.start({ capabilities: pulling });
    const document = await editor.open("untitled:Dockerfile", kept);
    const first = await pull(editor, document.uri);
    expect(first).toMatchObject({ kind: "full", items: [{ code: "package-cache-kept" }] });
    expect(await pull(editor, document.uri, first.resultId)).toEqual({
      kind: "unchanged",
      resultId: first.resultId,
    });
    await document.edit({ at: 0, insert: "# a comment\n" });
    const second = await pull(editor, document.uri, first.resultId);
    expect(second).toMatchObject({ kind: "full", items: [{ range: { start: { line: 2 } } }] });
    await editor.notify("textDocument/didClose", { textDocument: { uri: document.uri } });
    expect(await pull(editor, document.uri)).toEqual({ kind: "full", items: [] });
    expect(editor.published).toEqual([]);
  });

  it("are asked for again when the disk changes", async () => {
    const folder = await folderWith({
      Dockerfile: "FROM debian:12\nCOPY tests /app/tests\n",
      "tests/test_a.py": "x".repeat(1000),
    });
    const uri = pathToFileURL(join(folder, "Dockerfile")).href;
    const editor = await Editor.start({ folder, capabilities: pulling });
    await editor.open(uri, "FROM debian:12\nCOPY tests /app/tests\n");
    expect(await pull(editor, uri)).toMatchObject({ items: [{ code: "tests-copied" }] });
    const refreshes = (): number => editor.asked.filter((it) => it === "workspace/diagnostic/refresh").length;
    const before = refreshes();
    await (await import("node:fs/promises")).writeFile(join(folder, "tests/test_b.py"), "x".repeat(500));
    await editor.notify("workspace/didChangeWatchedFiles", {
      changes: [{ uri: pathToFileURL(join(folder, "tests/test_b.py")).href, type: 1 }],
    });
    // What arrived before may ask for a refresh of its own.
    let report = "";
    for (let seen = before; !report.includes("1.50 kB"); seen = refreshes()) {
      await editor.until(() => (refreshes() > seen ? true : undefined));
      report = JSON.stringify(await pull(editor, uri));
    }
  });
});

describe("settings", () => {
  const off = { rules: { "package-cache-kept": "off" } };
  const asking = { workspace: { configuration: true } };

  it("are the defaults for a client that answers null", async () => {
    const editor = await Editor.start({ capabilities: asking, configuration: null });
    const document = await editor.open("untitled:Dockerfile", kept);
    expect(rulesOf(await document.diagnostics())).toEqual(["package-cache-kept"]);
    expect(editor.asked).toContain("workspace/configuration");
  });

  it("hold for the first publish", async () => {
    const editor = await Editor.start({ capabilities: asking, configuration: off });
    const document = await editor.open("untitled:Dockerfile", kept);
    expect(await document.diagnostics()).toEqual([]);
  });

  it.each([
    ["initialization options", { initializationOptions: off }],
    ["initialization options under their name", { initializationOptions: { plimsoll: off } }],
  ])("come from %s for a client that cannot be asked", async (_, options) => {
    const editor = await Editor.start(options);
    const document = await editor.open("untitled:Dockerfile", kept);
    expect(await document.diagnostics()).toEqual([]);
  });

  it("may change; nonsense is ignored key by key", async () => {
    const editor = await Editor.start();
    const document = await editor.open("untitled:Dockerfile", kept);
    await document.diagnostics();
    await editor.notify("workspace/didChangeConfiguration", {
      settings: { plimsoll: { rules: { "package-cache-kept": "error", other: 7 }, engine: 3, target: [] } },
    });
    const changed = await editor.until(() =>
      editor.published.find((it) => it.diagnostics[0]?.severity === 1),
    );
    expect(changed.version).toBe(1);
  });
});
