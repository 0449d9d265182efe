import { describe, expect, it } from "vitest";
import { Editor } from "./support/editor.ts";

const uri = "untitled:Dockerfile";

describe("what no client should send", () => {
  it("is answered with an error, and the server lives on", async () => {
    const editor = await Editor.start();
    for (const params of [null, {}, { textDocument: null }, { textDocument: { uri: 7 } }]) {
      await editor.request("textDocument/codeAction", params).catch((it: { code: number }) => {
        expect([-32602, -32603]).toContain(it.code);
      });
      await editor.notify("textDocument/didOpen", params);
      await editor.notify("textDocument/didChange", params);
      await editor.notify("workspace/didChangeWatchedFiles", params);
    }
    await expect(editor.request("plimsoll/unheardOf", {})).rejects.toMatchObject({ code: -32601 });
    const document = await editor.open(
      uri,
      "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    );
    expect(await document.diagnostics()).toHaveLength(1);
  });

  it("changes of ranges that are not there stay inside the text", async () => {
    const editor = await Editor.start();
    const document = await editor.open(uri, "FROM debian:12\n");
    await document.diagnostics();
    await editor.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [
        {
          range: { start: { line: 900, character: 9 }, end: { line: 901, character: 0 } },
          text: "RUN true\n",
        },
      ],
    });
    expect(await editor.publish(uri, 2)).toEqual([]);
    await editor.notify("textDocument/didChange", {
      textDocument: { uri: "untitled:never-opened", version: 2 },
      contentChanges: [{ text: "FROM x" }],
    });
    await editor.settle();
  });
});

describe("hostile texts", () => {
  it.each([
    ["a comment inside a continuation that breaks a parser", "FROM a\nRUN \\\n# comment\\comment\n"],
    ["nothing but continuations", `FROM a\nRUN ${"\\\n".repeat(5000)}`],
    ["deep nesting", `FROM a\nRUN ${"(".repeat(5000)}${")".repeat(5000)}`],
    ["unfinished heredocs", "FROM a\nRUN <<A <<B <<-C\nx\nB\n"],
    ["binary", `\u0000\uffff\ud800FROM ${"\u0000".repeat(1000)}`],
    ["one long line", `FROM a\nRUN apt-get install -y ${"x ".repeat(100_000)}`],
    ["variables in variables", `FROM a\nARG X=${"$".concat("{X:-").repeat(500)}\nRUN echo \${X}\n`],
  ])("are read in time: %s", async (_, text) => {
    const editor = await Editor.start();
    const document = await editor.open(uri, text);
    await document.diagnostics();
    await document.edit({ at: 0, insert: "#" });
    await document.diagnostics();
  });
});
