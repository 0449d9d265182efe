import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { CodeAction, Hover, InlayHint } from "vscode-languageserver/node";
import { Editor, editing, editsOf } from "./support/editor.ts";
import { folderWith, sampleCopy } from "./support/places.ts";

const kept = "FROM debian:12\nRUN apt-get update \\\r\n && apt-get install -y curl\n";
const uri = "untitled:Dockerfile";

describe("quick fixes", () => {
  it("remove their finding, and say nothing new", async () => {
    const editor = await Editor.start({ capabilities: editing });
    const document = await editor.open(uri, kept);
    const found = await document.diagnostics();
    const actions = await document.actions(found);
    const fixes = actions.filter((it) => it.isPreferred === true);
    expect(fixes).toHaveLength(1);
    expect(fixes[0]).toMatchObject({ kind: "quickfix", diagnostics: found });
    expect(actions[0]).toEqual(fixes[0]);
    await document.replaceAll(document.after(editsOf(fixes[0]?.edit, uri)));
    expect(await document.diagnostics()).toEqual([]);
    expect(document.text).toContain("\\\r\n");
  });

  it("silence a rule at its place", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, kept);
    const actions = await document.actions(await document.diagnostics());
    const ignore = actions.find((it) => it.title === "Ignore package-cache-kept here with a reason");
    await document.replaceAll(document.after(editsOf(ignore?.edit, uri)));
    expect(document.text).toContain("# plimsoll: ignore[package-cache-kept]");
    expect(await document.diagnostics()).toEqual([]);
  });

  it("leave the reason to be typed where the client has snippets", async () => {
    const workspace = { workspaceEdit: { documentChanges: true, snippetEditSupport: true } };
    const editor = await Editor.start({ capabilities: { workspace } });
    const document = await editor.open(uri, kept);
    const actions = await document.actions(await document.diagnostics());
    const ignore = actions.find((it) => it.title.startsWith("Ignore "));
    expect(ignore?.edit?.documentChanges?.[0]).toMatchObject({
      edits: [
        {
          range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
          snippet: { kind: "snippet", value: `# plimsoll: ignore[package-cache-kept] $\{1:reason}\r\n` },
        },
      ],
    });
  });

  it("open the rule's page, and no other file", async () => {
    const capabilities = { window: { showDocument: { support: true } } };
    const editor = await Editor.start({ capabilities });
    const document = await editor.open(uri, kept);
    const actions = await document.actions(await document.diagnostics());
    const open = actions.find((it) => it.title === "Open the rule package-cache-kept");
    expect(open?.kind).toBe("quickfix");
    const run = (argument: unknown): Promise<unknown> =>
      editor.request("workspace/executeCommand", { command: open?.command?.command, arguments: [argument] });
    await run(open?.command?.arguments?.[0]);
    expect(editor.asked.filter((it) => it === "window/showDocument")).toHaveLength(1);
    await run("file:///etc/passwd");
    await run(7);
    expect(editor.asked.filter((it) => it === "window/showDocument")).toHaveLength(1);
  });

  it("are not offered for a text that has changed", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, kept);
    const stale = await document.diagnostics();
    await document.edit({ at: 0, insert: "# moved\n" });
    await document.diagnostics();
    expect(await document.actions(stale, ["quickfix"])).toEqual([]);
  });

  it("are found by place for clients that drop the data, and not for other people's diagnostics", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, kept);
    const found = await document.diagnostics();
    const bare = found.map(({ data: _, ...it }) => it);
    expect(await document.actions(bare, ["quickfix"])).not.toEqual([]);
    const foreign = found.map((it) => ({ ...it, source: "other" }));
    expect(await document.actions(foreign, ["quickfix"])).toEqual([]);
    const forged = found.map((it) => ({ ...it, data: { version: "1", rule: null } }));
    expect(await document.actions(forged, ["quickfix"])).toEqual([]);
  });

  it("come by kind", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, kept);
    const found = await document.diagnostics();
    const kinds = async (only?: string[]): Promise<(string | undefined)[]> => [
      ...new Set((await document.actions(found, only)).map((it) => it.kind)),
    ];
    expect(await kinds(["quickfix"])).toEqual(["quickfix"]);
    expect(await kinds(["source"])).toEqual(["source.fixAll.plimsoll"]);
    expect(await kinds(["source.fixAll.plimsoll"])).toEqual(["source.fixAll.plimsoll"]);
    expect(await kinds(["source.fixAll.other"])).toEqual([]);
    expect(await kinds(["refactor"])).toEqual([]);
    expect(await kinds()).toEqual(["quickfix", "source.fixAll.plimsoll"]);
  });

  it("fix all at once, and there is nothing to do the second time", async () => {
    const editor = await Editor.start({ capabilities: editing });
    const document = await editor.open(uri, `${kept}${kept.slice(kept.indexOf("\n") + 1)}`);
    expect(await document.diagnostics()).toHaveLength(2);
    const fixAll = async (): Promise<CodeAction[]> => document.actions([], ["source.fixAll.plimsoll"]);
    const [all] = await fixAll();
    await document.replaceAll(document.after(editsOf(all?.edit, uri)));
    expect(await document.diagnostics()).toEqual([]);
    expect(await fixAll()).toEqual([]);
  });

  it("that change other files are for clients that can", async () => {
    const files = {
      Dockerfile: "FROM debian:12\nCOPY . /app\n",
      "tests/test_a.py": "x".repeat(100_000),
      "a.py": "",
    };
    for (const capabilities of [editing, {}]) {
      const folder = await folderWith(files);
      const editor = await Editor.start({ folder, capabilities });
      const document = await editor.open(pathToFileURL(join(folder, "Dockerfile")).href, files.Dockerfile);
      const actions = await document.actions(await document.diagnostics());
      const others = actions.filter((it) => JSON.stringify(it.edit ?? {}).includes(".dockerignore"));
      if (capabilities === editing) {
        expect(others[0]?.edit?.documentChanges?.[0]).toEqual({
          kind: "create",
          uri: pathToFileURL(join(folder, ".dockerignore")).href,
        });
      } else expect(others).toEqual([]);
    }
  });
});

describe("hover and hints", () => {
  it("say how it is known", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, kept);
    const [found] = await document.diagnostics();
    const hover = await editor.request<Hover>("textDocument/hover", {
      textDocument: { uri },
      position: found?.range.start,
    });
    const text = JSON.stringify(hover.contents);
    expect(text).toMatch(/Estimated|Measured|unknown/);
  });

  it("show sizes measured in the build context at the end of lines", async () => {
    const folder = await sampleCopy();
    const path = join(folder, "docker", "api.Dockerfile");
    const editor = await Editor.start({ folder });
    const document = await editor.open(pathToFileURL(path).href, await readFile(path, "utf8"));
    await editor.until(() =>
      editor.published.find((it) => JSON.stringify(it.diagnostics).includes("(2.75 MB)")),
    );
    const hints = await editor.request<InlayHint[]>("textDocument/inlayHint", {
      textDocument: { uri: document.uri },
      range: { start: { line: 102, character: 0 }, end: { line: 103, character: 0 } },
    });
    expect(hints).toHaveLength(1);
    expect(hints[0]?.position.line).toBe(102);
    expect(hints[0]?.label).toMatch(/ [kM]?B/);
  });

  it("say what an instruction is made of, and not the diagnostic again", async () => {
    const folder = await sampleCopy();
    const path = join(folder, "docker", "api.Dockerfile");
    const editor = await Editor.start({ folder });
    const document = await editor.open(pathToFileURL(path).href, await readFile(path, "utf8"));
    const { diagnostics } = await editor.until(() =>
      editor.published.find((it) => JSON.stringify(it.diagnostics).includes("(2.75 MB)")),
    );
    const hoverAt = async (line: number, character: number): Promise<string> => {
      const position = { line, character };
      const textDocument = { uri: document.uri };
      const hover = await editor.request<Hover>("textDocument/hover", { textDocument, position });
      return (hover.contents as { value: string }).value;
    };
    const tests = await hoverAt(102, 6);
    expect(tests).toMatch(/\| tests\/fixtures\/ \| 2\.\d+ MB \|/);
    const message = diagnostics.find((it) => it.range.start.line === 102)?.message ?? "";
    expect(message).toContain("Nothing in the image that ships runs them.");
    expect(tests).not.toContain("Nothing in the image that ships runs them.");
    // On the keyword of the install: its packages, largest first.
    expect(await hoverAt(24, 1)).toMatch(/\| Package \| Goes with it \|\n.*\n\| g\+\+ \|/);
  });

  it("can be turned off", async () => {
    const editor = await Editor.start({ initializationOptions: { inlayHints: { enabled: false } } });
    const document = await editor.open(uri, kept);
    await document.diagnostics();
    const hints = await editor.request("textDocument/inlayHint", {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
    });
    expect(hints).toEqual([]);
  });
});
