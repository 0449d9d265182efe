import { describe, expect, it } from "vitest";
import { Editor, pulling } from "./support/editor.ts";

describe("a session's life", () => {
  it("refuses requests before initialize and after shutdown", async () => {
    const editor = Editor.launch();
    const hover = { textDocument: { uri: "untitled:a" }, position: { line: 0, character: 0 } };
    await expect(editor.request("textDocument/hover", hover)).rejects.toMatchObject({ code: -32002 });
    await editor.request("initialize", { processId: null, rootUri: null, capabilities: {} });
    expect(await editor.request("textDocument/hover", hover)).toBeNull();
    await editor.request("shutdown", undefined);
    await expect(editor.request("textDocument/hover", hover)).rejects.toMatchObject({ code: -32600 });
    await editor.notify("exit", undefined);
    expect(await editor.exit).toBe(0);
  });

  it("ends with 1 when it is told to exit without shutdown", async () => {
    const editor = await Editor.start();
    await editor.notify("exit", undefined);
    expect(await editor.exit).toBe(1);
  });

  it("ends when the editor goes away", async () => {
    const editor = await Editor.start();
    editor.process.stdin?.end();
    expect(await editor.exit).toBe(1);
  });

  it("names itself and what it can do", async () => {
    const { answered } = await Editor.start();
    expect(answered.serverInfo?.name).toBe("Plimsoll");
    expect(answered.serverInfo?.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(answered.capabilities).toMatchObject({
      textDocumentSync: { openClose: true, change: 2 },
      hoverProvider: true,
      inlayHintProvider: true,
      codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.plimsoll"] },
    });
  });

  it("offers pulled diagnostics only to clients that pull", async () => {
    expect((await Editor.start()).answered.capabilities.diagnosticProvider).toBeUndefined();
    const { answered } = await Editor.start({ capabilities: pulling });
    expect(answered.capabilities.diagnosticProvider).toMatchObject({
      interFileDependencies: true,
      workspaceDiagnostics: false,
    });
  });
});
